package store

import (
	"cmp"
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

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/counters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/foreign"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/link"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// The most connections that one replica opens: 15 in all. Six replicas use 90 of the 97
// that PostgreSQL leaves to programs by default. A press uses connections of ingest and
// urgent only, so it never waits for a read.
const (
	// ingestConnections is one for the recorder and one to replace it when it breaks.
	ingestConnections = 2
	// urgentConnections are for token look-ups and counters of whatever is not a single press,
	// for users' locks and for signals. Each
	// of these uses one connection at a time.
	urgentConnections = 4
	// readConnections are for everything else. pool_max_conns in the URL replaces it.
	readConnections = 8
	// listenConnections is the one that listens for signals.
	listenConnections = 1
)

// errPooled is returned when the URL leads to a pooler and there is no session URL.
var errPooled = errors.New("DATABASE_URL leads to a connection pooler such as PgBouncer: " +
	"set DATABASE_SESSION_URL to a URL of the same database that keeps one session for each connection, " +
	"which is the server itself or a pool in session mode")

// postgresSettings say how to connect.
type postgresSettings struct {
	config  *pgxpool.Config
	session *pgx.ConnConfig // keeps a session for each connection: for migrations and LISTEN
	pooled  bool            // config leads to a pooler, which keeps none
}

// openPostgres connects to a database. sessionURL is "" unless url leads to a pooler.
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
	link.ReplaceBroken(s.config)
	s.session = s.config.ConnConfig.Copy()
	if s.pooled {
		if s.session, err = pgx.ParseConfig(sessionURL); err != nil {
			return s, fmt.Errorf("DATABASE_SESSION_URL: %w", err)
		}
		setDefault(s.session.RuntimeParams, "application_name", "raterhub-tracker")
		s.session.ConnectTimeout = cmp.Or(s.session.ConnectTimeout, link.ConnectWithin)
	}
	link.EndSilent(s.config.ConnConfig)
	return s, nil
}

func setDefault(params map[string]string, name, value string) {
	if params[name] == "" {
		params[name] = value
	}
}

// requireSession returns errPooled if a pooler answers. PostgreSQL tells a new connection
// the number of its server process; a pooler tells a number of its own.
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

// migratePostgres uses connections of its own, because the lock that makes other replicas
// wait belongs to a session.
func migratePostgres(ctx context.Context, session *pgx.ConnConfig) (err error) {
	db := stdlib.OpenDB(*session)
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := migrationsOf("postgres")
	if err != nil {
		return err
	}
	if err := foreign.RequireOurPostgres(ctx, db, files, append(userTables(), table.Users.Name)); err != nil {
		return err
	}
	// A replica that waits for another to migrate asks again each second.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	return migrate(ctx, db, goose.DialectPostgres, "postgres", locker)
}

// connect opens the pools. Whatever the server's default is, a commit is on disk when it
// returns: the program asks for that when it connects, or, behind a pooler, in each
// transaction.
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
	db.counters = counters.New(db.urgent)
	ingest := sized(s.config, ingestConnections)
	if !s.pooled {
		maps.Copy(ingest.ConnConfig.RuntimeParams, ingestSettings())
	}
	if db.ingest, err = pgxpool.NewWithConfig(ctx, ingest); err != nil {
		return err
	}
	return db.pool.Ping(ctx)
}

// unpreparedMode sends the text of each statement with its parameters, in one round trip.
// A prepared statement would exist on one of the pooler's connections only.
const unpreparedMode = pgx.QueryExecModeExec

func sized(config *pgxpool.Config, connections int32) *pgxpool.Config {
	config = config.Copy()
	config.MaxConns, config.MinConns = connections, min(config.MinConns, connections)
	return config
}

// ingestSettings make the statements of a group use the rows that are handed over as the
// outer loop, and find other rows by index. Without them PostgreSQL would keep a plan that
// it made while the tables were small. Behind a pooler it keeps no plan, so they are not
// needed there.
func ingestSettings() map[string]string {
	return map[string]string{
		"plan_cache_mode": "force_generic_plan",
		"enable_seqscan":  "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
		// A replica that stops in the middle of a group lets go of its users' rows.
		"idle_in_transaction_session_timeout": silentInTransaction,
	}
}

// silentInTransaction is how long the server waits for the next statement of a transaction. A group
// folds in that time; its replica may also be gone, and then nobody should wait for long.
const silentInTransaction = "5s"

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
