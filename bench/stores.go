package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// store is a database that the program can run on.
type store interface {
	name() string
	// newDatabase creates an empty database and returns its DATABASE_URL.
	newDatabase(ctx context.Context) (url string, err error)
	// version returns "" for a store that is part of the program.
	version(ctx context.Context) (string, error)
	// isShared reports whether more than one program may use a database at once.
	isShared() bool
	// commitPeers returns what else can commit events on the same disk.
	commitPeers() []peer
	// pid returns the first process of the store's server; 0 for a store without one.
	pid() int
	// close stops the store's server, if it has one, and removes its data.
	close()
}

// peer is a measurement to compare the program with, made in the same run.
type peer struct {
	what string
	run  func(ctx context.Context, connections int, length time.Duration) (samples, error)
}

// storeNames returns the names that openStore knows.
func storeNames() []string { return []string{"sqlite", "postgres"} }

// openStore opens a store. SQLite keeps its files in dir, PostgreSQL in the temporary
// directory.
func openStore(ctx context.Context, name, dir string) (store, error) {
	switch name {
	case "sqlite":
		return sqliteStore{dir}, nil
	case "postgres":
		server, err := pgtest.Start(ctx, pgtest.Options{}) // durable: fsync is on
		if err != nil {
			return nil, fmt.Errorf("starting PostgreSQL: %w", err)
		}
		first, err := firstProcess(ctx, server.DSN("postgres"))
		if err != nil {
			return nil, err
		}
		return postgresStore{server, dir, first}, nil
	}
	return nil, fmt.Errorf("unknown store %q", name)
}

type sqliteStore struct{ dir string }

func (s sqliteStore) name() string { return "sqlite" }

func (s sqliteStore) newDatabase(context.Context) (string, error) {
	dir, err := os.MkdirTemp(s.dir, "sqlite-")
	if err != nil {
		return "", fmt.Errorf("making a directory for SQLite: %w", err)
	}
	return "sqlite:///" + filepath.Join(dir, "app.db"), nil // an absolute path: four slashes
}

func (s sqliteStore) version(context.Context) (string, error) { return "", nil }

func (s sqliteStore) commitPeers() []peer {
	// SQLite has one writer, however many connections there are.
	oneWriter := func(ctx context.Context, _ int, length time.Duration) (samples, error) {
		return measureSync(ctx, s.dir, length)
	}
	return []peer{{"write + fsync, one writer", oneWriter}}
}

func (s sqliteStore) isShared() bool { return false }

func (s sqliteStore) pid() int { return 0 }

func (s sqliteStore) close() {}

type postgresStore struct {
	server *pgtest.Server
	dir    string
	first  int
}

// firstProcess returns the process of PostgreSQL that starts one for each connection.
func firstProcess(ctx context.Context, dsn string) (pid int, err error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return 0, fmt.Errorf("looking for PostgreSQL's processes: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return 0, fmt.Errorf("looking for PostgreSQL's processes: %w", err)
	}
	return parentOf(pid), nil
}

func (s postgresStore) name() string { return "postgres" }

func (s postgresStore) newDatabase(ctx context.Context) (string, error) {
	return s.server.NewDatabase(ctx)
}

func (s postgresStore) version(ctx context.Context) (version string, err error) {
	conn, err := pgx.Connect(ctx, s.server.DSN("postgres"))
	if err != nil {
		return "", fmt.Errorf("asking PostgreSQL for its version: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return "", fmt.Errorf("asking PostgreSQL for its version: %w", err)
	}
	return "PostgreSQL " + version, nil
}

func (s postgresStore) commitPeers() []peer {
	return []peer{
		{"pgbench, 3 statements", pgbenchPeer{"transaction.sql", s.newDatabase, s.dir}.run},
		{"pgbench, 1 statement", pgbenchPeer{"statement.sql", s.newDatabase, s.dir}.run},
	}
}

func (s postgresStore) isShared() bool { return true }

func (s postgresStore) pid() int { return s.first }

func (s postgresStore) close() { s.server.Stop() }
