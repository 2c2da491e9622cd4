package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
)

// The connections of one process, at most: 15 with the one that listens. So six replicas
// use 90 of the 97 that PostgreSQL leaves to programs by default. A press never waits
// for a read: it uses those of ingest and urgent alone.
const (
	// ingestConnections is one for the committer and one to replace it when it breaks.
	ingestConnections = 2
	// urgentConnections are for what is made by one caller at a time, and must not
	// queue: token look-ups, counters, users' locks, signals.
	urgentConnections = 4
	// readConnections are for everything else. pool_max_conns in the URL replaces it.
	readConnections = 8

	listenConnections = 1
)

// errPooled is returned for a pooler when nothing says how to reach a session.
var errPooled = errors.New("DATABASE_URL leads to a connection pooler such as PgBouncer: " +
	"set DATABASE_SESSION_URL to a URL of the same database that keeps one session for each connection, " +
	"which is the server itself or a pool in session mode")

// postgresSettings say how to connect.
type postgresSettings struct {
	config  *pgxpool.Config
	session *pgx.ConnConfig // keeps a session for each connection: for migrations and LISTEN
	pooled  bool            // config leads to a pooler, which keeps none
}

// openPostgres connects to a database. sessionURL is needed, and only then given, when
// url leads to a pooler.
func openPostgres(ctx context.Context, url, sessionURL string) (_ *Store, err error) {
	db := &postgresDB{}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("opening PostgreSQL: %w", err), db.Close())
		}
	}()
	settings, err := postgresSettingsOf(url, sessionURL)
	if err != nil {
		return nil, err
	}
	if !settings.pooled {
		if err := requireSession(ctx, settings.session); err != nil {
			return nil, err
		}
	}
	if err := migratePostgres(ctx, settings.session); err != nil {
		return nil, err
	}
	if err := db.connect(ctx, settings); err != nil {
		return nil, err
	}
	shared := queries.New(db.sqlDB)
	write := shared
	if db.pooled {
		write = queries.New(durable{db.sqlDB})
	}
	return &Store{database: db, read: shared, rows: unprepared(db.sqlDB.QueryContext), write: write}, nil
}

func postgresSettingsOf(url, sessionURL string) (postgresSettings, error) {
	s := postgresSettings{pooled: sessionURL != ""}
	var err error
	if s.config, err = pgxpool.ParseConfig(url); err != nil {
		return s, err
	}
	if !strings.Contains(url, "pool_max_conns") {
		s.config.MaxConns = readConnections
	}
	setDefault(s.config.ConnConfig.RuntimeParams, "application_name", "raterhub-tracker")
	s.session = s.config.ConnConfig.Copy()
	if s.pooled {
		if s.session, err = pgx.ParseConfig(sessionURL); err != nil {
			return s, fmt.Errorf("DATABASE_SESSION_URL: %w", err)
		}
		setDefault(s.session.RuntimeParams, "application_name", "raterhub-tracker")
	}
	return s, nil
}

func setDefault(params map[string]string, name, value string) {
	if params[name] == "" {
		params[name] = value
	}
}

// requireSession returns errPooled unless the process that greets a new connection is
// the one that answers: a pooler greets by itself.
func requireSession(ctx context.Context, config *pgx.ConnConfig) (err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	var pid uint32
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeExec).Scan(&pid); err != nil {
		return err
	}
	if pid != conn.PgConn().PID() {
		return errPooled
	}
	return nil
}

// migratePostgres uses connections of its own: the lock that replicas wait for is one of
// a session.
func migratePostgres(ctx context.Context, session *pgx.ConnConfig) (err error) {
	db := stdlib.OpenDB(*session)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := requireOurPostgres(ctx, db); err != nil {
		return err
	}
	// A replica that waits for another to migrate asks again each second.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	return migrate(ctx, db, goose.DialectPostgres, "postgres", locker)
}

// connect opens the pools. A commit is on disk when it returns, whatever the server's
// default is: that is asked for at connect, or behind a pooler in each transaction.
func (db *postgresDB) connect(ctx context.Context, s postgresSettings) (err error) {
	db.pooled, db.session = s.pooled, s.session
	connection := s.config.ConnConfig
	if s.pooled {
		connection.DefaultQueryExecMode = unpreparedMode
	} else {
		connection.RuntimeParams["synchronous_commit"] = "on"
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, s.config); err != nil {
		return err
	}
	db.sqlDB = stdlib.OpenDBFromPool(db.pool)
	if db.urgent, err = pgxpool.NewWithConfig(ctx, sized(s.config, urgentConnections)); err != nil {
		return err
	}
	db.counters = newPostgresCounters(db.urgent)
	ingest := sized(s.config, ingestConnections)
	if !s.pooled {
		maps.Copy(ingest.ConnConfig.RuntimeParams, ingestSettings())
	}
	if db.ingest, err = pgxpool.NewWithConfig(ctx, ingest); err != nil {
		return err
	}
	return db.pool.Ping(ctx)
}

// unpreparedMode sends each statement whole, with its parameters, in one round trip. A
// prepared one would be known to one of the pooler's connections only.
const unpreparedMode = pgx.QueryExecModeExec

func sized(config *pgxpool.Config, connections int32) *pgxpool.Config {
	config = config.Copy()
	config.MaxConns, config.MinConns = connections, min(config.MinConns, connections)
	return config
}

// ingestSettings are for the statements of a group: each takes the rows handed over
// as the outer loop and finds the others by index. A plan made while the tables
// were small would otherwise be kept when they have grown. Behind a pooler no plan is
// kept, so none is needed there.
func ingestSettings() map[string]string {
	return map[string]string{
		"plan_cache_mode": "force_generic_plan",
		"enable_seqscan":  "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
	}
}

// durableSQL makes the commit of a transaction wait for the disk.
const durableSQL = `SET LOCAL synchronous_commit = on`

// durable runs each single statement in a transaction that is on disk when it returns:
// behind a pooler no setting outlives a transaction. A statement that writes and
// returns rows needs a transaction of its own (Store.writes).
type durable struct{ *sql.DB }

// ExecContext implements queries.DBTX.
func (d durable) ExecContext(ctx context.Context, statement string, arguments ...any) (sql.Result, error) {
	tx, err := beginDurable(ctx, d.DB)
	if err != nil {
		return nil, err
	}
	result, err := tx.ExecContext(ctx, statement, arguments...)
	if err != nil {
		return nil, errors.Join(err, rolledBack(tx))
	}
	return result, tx.Commit()
}

func beginDurable(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, durableSQL); err != nil {
		return nil, errors.Join(err, rolledBack(tx))
	}
	return tx, nil
}
