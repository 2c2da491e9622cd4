package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNoPgbench is returned when the machine does not have pgbench, PostgreSQL's own load
// generator.
var errNoPgbench = errors.New("no pgbench in PATH or /usr/lib/postgresql/*/bin")

// pgbenchScripts has the scripts, each of which writes the rows of one event in its own
// way.
//
//go:embed pgbench/*.sql
var pgbenchScripts embed.FS

// pgbenchPeer measures how many events per second pgbench writes with a script, on a new
// database of the same server, with as many clients as the program has connections.
type pgbenchPeer struct {
	script      string // a name in pgbenchScripts
	newDatabase func(context.Context) (dsn string, err error)
	dir         string // for scripts and logs
}

// run measures one window after the warm-up. It returns errNoPgbench when the
// machine has no pgbench.
func (p pgbenchPeer) run(ctx context.Context, connections int, length time.Duration) (samples, error) {
	binary, err := findPgbench()
	if err != nil {
		return samples{}, err
	}
	dir, err := os.MkdirTemp(p.dir, "pgbench-")
	if err != nil {
		return samples{}, fmt.Errorf("pgbench: making a directory: %w", err)
	}
	if err := os.CopyFS(dir, pgbenchScripts); err != nil {
		return samples{}, fmt.Errorf("pgbench: writing the scripts: %w", err)
	}
	dsn, err := p.newDatabase(ctx)
	if err != nil {
		return samples{}, fmt.Errorf("pgbench: %w", err)
	}
	if err := createPgbenchTables(ctx, dsn); err != nil {
		return samples{}, fmt.Errorf("pgbench: creating the tables: %w", err)
	}
	command := exec.CommandContext(ctx, binary,
		"--no-vacuum", "--protocol=prepared", "--jobs=2",
		"--client="+strconv.Itoa(connections),
		"--time="+strconv.Itoa(int((warmUp+length)/time.Second)),
		"--file="+filepath.Join(dir, "pgbench", p.script),
		"--log", "--log-prefix="+filepath.Join(dir, "log"), dsn)
	if output, err := command.CombinedOutput(); err != nil {
		return samples{}, fmt.Errorf("pgbench: %w: %s", err, output)
	}
	transactions, err := readPgbenchLogs(os.DirFS(dir))
	if err != nil {
		return samples{}, fmt.Errorf("pgbench: reading its log: %w", err)
	}
	return samplesOf(transactions, length), nil
}

func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if err != nil || len(installed) == 0 {
		return "", errNoPgbench
	}
	return installed[len(installed)-1], nil
}

func createPgbenchTables(ctx context.Context, dsn string) (err error) {
	schema, err := pgbenchScripts.ReadFile("pgbench/schema.sql")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, string(schema))
	return err
}

// transaction is one line of pgbench's log.
type transaction struct {
	began, ended time.Time
	failed       bool // ended with an error; began is not known then
}

// readPgbenchLogs reads the log of each thread of pgbench. The order is not defined.
func readPgbenchLogs(dir fs.FS) ([]transaction, error) {
	names, err := fs.Glob(dir, "log.*")
	if err != nil {
		return nil, err
	}
	var all []transaction
	for _, name := range names {
		file, err := dir.Open(name)
		if err != nil {
			return nil, err
		}
		part, err := parsePgbenchLog(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// parsePgbenchLog reads the log that pgbench --log writes. The columns of a line are: client,
// number, latency in microseconds or a word that says how it failed, script, end in Unix
// seconds, microseconds of that second. Further columns are ignored.
func parsePgbenchLog(log io.Reader) ([]transaction, error) {
	var all []transaction
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		columns := strings.Fields(lines.Text())
		if len(columns) < 6 {
			return nil, fmt.Errorf("line %d: %q has %d columns, not 6", len(all)+1, lines.Text(), len(columns))
		}
		seconds, secondsErr := strconv.ParseInt(columns[4], 10, 64)
		micros, microsErr := strconv.ParseInt(columns[5], 10, 64)
		if err := errors.Join(secondsErr, microsErr); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(all)+1, err)
		}
		ended := time.Unix(seconds, micros*1000)
		latency, err := strconv.ParseInt(columns[2], 10, 64)
		all = append(all, transaction{
			began:  ended.Add(-time.Duration(latency) * time.Microsecond),
			ended:  ended,
			failed: err != nil, // a word such as "failed" or "deadlock"
		})
	}
	return all, lines.Err()
}

// samplesOf counts transactions as load.run counts requests. The warm-up begins with the
// first transaction.
func samplesOf(transactions []transaction, length time.Duration) samples {
	var s samples
	if len(transactions) == 0 {
		return s
	}
	first := slices.MinFunc(transactions, func(a, b transaction) int { return a.began.Compare(b.began) })
	w := newWindow(first.began, warmUp, length)
	for _, t := range transactions {
		if t.failed {
			s.failure("a transaction of pgbench failed")
		} else {
			s.success(w, t.began, t.ended)
		}
	}
	return s
}
