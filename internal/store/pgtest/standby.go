package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// replicationSettings are those that a primary and its standby need to change places.
var replicationSettings = map[string]string{
	"wal_log_hints":                "on",    // pg_rewind asks for it
	"wal_keep_size":                "256MB", // what the other server has not yet read
	"wal_retrieve_retry_interval":  "100ms",
	"hot_standby":                  "on",
	"max_standby_streaming_delay":  "0",
	"wal_receiver_status_interval": "1s",
}

// StartPair runs a primary and its standby until each of them is stopped. Commits of the primary
// wait until the standby has them on disk. ctx limits the start only.
func StartPair(ctx context.Context, options Options) (primary, standby *Server, err error) {
	settings := maps.Clone(replicationSettings)
	maps.Copy(settings, options.Settings)
	options.Settings = settings
	if primary, err = Start(ctx, options); err != nil {
		return nil, nil, err
	}
	if standby, err = primary.startStandby(ctx); err == nil {
		err = primary.WaitFor(ctx, standby)
	}
	if err == nil {
		return primary, standby, nil
	}
	primary.Stop()
	if standby != nil {
		standby.Stop()
	}
	return nil, nil, err
}

// startStandby runs a copy of the server that follows it.
func (s *Server) startStandby(ctx context.Context) (_ *Server, err error) {
	standby := &Server{binaries: s.binaries, owner: s.owner, options: s.options}
	defer func() {
		if err != nil {
			standby.Stop()
			err = fmt.Errorf("pgtest: start a standby: %w", err)
		}
	}()
	if standby.dir, err = makeDir(s.owner); err != nil {
		return nil, err
	}
	if standby.port, err = freePort(); err != nil {
		return nil, err
	}
	err = standby.tool(ctx, "pg_basebackup", "--pgdata="+standby.path("data"), "--dbname="+s.DSN("postgres"),
		"--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	if err != nil {
		return nil, err
	}
	return standby, standby.run(ctx)
}

// Promote makes a standby a primary, as an operator does. The primary that it followed is left as
// it is, alive or not.
func (s *Server) Promote(ctx context.Context) error {
	if err := s.tool(ctx, "pg_ctl", "promote", "--wait", "--pgdata="+s.path("data")); err != nil {
		return fmt.Errorf("pgtest: promote: %w", err)
	}
	return nil
}

// Follow makes a killed primary the standby of the one that was promoted instead, and runs it.
// What it has and the new primary has not is thrown away.
func (s *Server) Follow(ctx context.Context, primary *Server) (err error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	defer func() {
		if err != nil {
			err = fmt.Errorf("pgtest: follow: %w", err)
		}
	}()
	// pg_rewind reads the number of the new timeline where the first checkpoint writes it.
	if err := primary.exec(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	for {
		err := s.tool(ctx, "pg_rewind", "--target-pgdata="+s.path("data"), "--source-server="+primary.DSN("postgres"),
			"--write-recovery-conf", "--no-sync")
		if err == nil {
			break
		}
		// It begins by recovering the data, which fails while children of the killed server run.
		if !strings.Contains(err.Error(), "single-user mode") || ctx.Err() != nil {
			return err
		}
	}
	return s.Restart(ctx)
}

// WaitFor makes commits of a primary wait for its standby from now on, and returns when the standby
// has everything that was committed before. When the standby is promoted, its commits wait for a
// standby too, and so for ever while there is none.
func (s *Server) WaitFor(ctx context.Context, standby *Server) error {
	if err := standby.setStandbyNames(ctx, "*"); err != nil {
		return err
	}
	return s.require(ctx, "*", "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'")
}

// GoOnAlone makes commits of a primary wait for no standby.
func (s *Server) GoOnAlone(ctx context.Context) error {
	return s.require(ctx, "", "SELECT current_setting('synchronous_standby_names') = ''")
}

// require sets for which standbys commits wait, and returns when they do.
func (s *Server) require(ctx context.Context, names, until string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	err := s.setStandbyNames(ctx, names)
	if err == nil {
		err = s.Await(ctx, until)
	}
	// The checkpointer tells the others, and reads its settings before it makes a checkpoint.
	for _, statement := range []string{"CHECKPOINT", commitSQL} {
		if err == nil {
			err = s.exec(ctx, statement)
		}
	}
	return err
}

// commitSQL commits something that leaves nothing behind.
const commitSQL = `SELECT pg_logical_emit_message(true, '', '')`

func (s *Server) setStandbyNames(ctx context.Context, names string) error {
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + names + "'", "SELECT pg_reload_conf()"} {
		if err := s.exec(ctx, statement); err != nil {
			return fmt.Errorf("pgtest: %s: %w", statement, err)
		}
	}
	return nil
}

// Await waits until a query of one truth value answers true.
func (s *Server) Await(ctx context.Context, question string) error {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		var yes bool
		err := s.ask(ctx, question, &yes)
		if err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", question, ctx.Err())
		case <-poll.C:
		}
	}
}

func (s *Server) exec(ctx context.Context, statement string) error {
	return execute(ctx, s.DSN("postgres"), statement)
}

func execute(ctx context.Context, dsn, statement string) error {
	return connected(ctx, dsn, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		return err
	})
}

func (s *Server) ask(ctx context.Context, question string, answer any) error {
	return connected(ctx, s.DSN("postgres"), func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, question).Scan(answer)
	})
}

func connected(ctx context.Context, dsn string, do func(*pgx.Conn) error) (err error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	return do(conn)
}

// tool runs one of PostgreSQL's programs as the server's user.
func (s *Server) tool(ctx context.Context, name string, arguments ...string) error {
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(s.binaries.folder(), name), arguments...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &output, &output
	if err := runOwned(cmd, s.owner); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, output.Bytes())
	}
	return nil
}
