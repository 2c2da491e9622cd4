package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/counters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// postgresDB is a PostgreSQL database. Presses have connections that no read can take.
type postgresDB struct {
	ingest  *pgxpool.Pool   // groups of presses
	urgent  *pgxpool.Pool   // what else a press waits for
	pool    *pgxpool.Pool   // everything else
	sqlDB   *sql.DB         // pool, for the shared queries
	session *pgx.ConnConfig // for what needs a session
	pooled  bool            // the pools lead to a pooler: no setting or prepared statement outlives a transaction

	counters *counters.Counters
}

func (db *postgresDB) begin(ctx context.Context) (writeTx, error) {
	begin := func() (*sql.Tx, error) { return db.sqlDB.BeginTx(ctx, nil) }
	if db.pooled {
		begin = func() (*sql.Tx, error) { return beginDurable(ctx, db.sqlDB) }
	}
	tx, err := begin()
	if err != nil {
		return writeTx{}, err
	}
	return writeTx{queries.New(tx), tx, unprepared(tx.QueryContext)}, nil
}

// unprepared returns a reader that leaves preparing to pgx.
func unprepared(query func(context.Context, string, ...any) (*sql.Rows, error)) reader {
	return func(ctx context.Context, name string, arguments ...any) (*sql.Rows, error) {
		return query(ctx, sharedReads[name], arguments...)
	}
}

// adminsLock is an advisory lock. Those of users have the users' IDs, which start at 1.
const adminsLock = -1

func (db *postgresDB) holdAdmins(ctx context.Context, tx *sql.Tx) (err error) {
	defer fault.Wrap(&err, "waiting for other changes of admins")
	_, err = tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, adminsLock)
	return err
}

// Codes of PostgreSQL's errors (Appendix A of its manual).
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

func (db *postgresDB) isTaken(err error) bool { return hasCode(err, uniqueViolation) }

func hasCode(err error, codes ...string) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if strings.HasPrefix(e.Code, code) {
			return true
		}
	}
	return false
}

// UsersOfTokens implements account.Store.
func (db *postgresDB) UsersOfTokens(ctx context.Context, refs []account.TokenRef) (map[account.TokenRef]account.User, error) {
	userIDs, ids := make([]int64, len(refs)), make([]string, len(refs))
	for i, r := range refs {
		userIDs[i], ids[i] = r.UserID, r.ID
	}
	rows, err := db.urgent.Query(ctx, `SELECT t.id, `+table.Users.NamesOf("u.")+` FROM unnest($1::bigint[], $2::text[]) AS k (user_id, id)
		JOIN tokens AS t ON t.user_id = k.user_id AND t.id = k.id
		JOIN users AS u ON u.id = t.user_id`, userIDs, ids)
	if err != nil {
		return nil, fmt.Errorf("reading the users of tokens: %w", err)
	}
	users := make(map[account.TokenRef]account.User, len(refs))
	var id string
	var u account.User
	_, err = pgx.ForEachRow(rows, append([]any{&id}, table.Users.Fields(&u)...), func() error {
		users[account.TokenRef{UserID: u.ID, ID: id}] = u
		return nil
	})
	return users, wrapped(err, "reading the users of tokens")
}

// Settle implements tracker.Store: groups are written into the tables at once.
func (db *postgresDB) Settle(context.Context) (more bool, err error) { return false, nil }

// Ping reports whether the database answers.
func (db *postgresDB) Ping(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "asking the database")
	return db.pool.Ping(ctx)
}

// Close ends all connections.
func (db *postgresDB) Close() error {
	var err error
	if db.sqlDB != nil {
		err = db.sqlDB.Close()
	}
	for _, pool := range []*pgxpool.Pool{db.ingest, db.urgent, db.pool} {
		if pool != nil {
			pool.Close()
		}
	}
	return err
}
