package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/journal"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// sqliteTx is a transaction beside which nobody changes what waits in the journal.
type sqliteTx struct {
	tx *sql.Tx
	db *sqliteDB

	newest   map[int64]tracker.StoredSession // of the users that were loaded; the zero one if there is none
	asked    map[tracker.EventKey]bool       // events that were looked up: whether they are recorded
	isDirect map[int64]bool                  // users whose rows were read, and so are written at once

	added   journal.Row // to the journal
	settled []int64     // users whose waiting rows are in the tables now
}

func newSQLiteTx(tx *sql.Tx, db *sqliteDB) *sqliteTx {
	return &sqliteTx{
		tx: tx, db: db,
		newest:   make(map[int64]tracker.StoredSession),
		asked:    make(map[tracker.EventKey]bool),
		isDirect: make(map[int64]bool),
	}
}

// localFile removes a context's deadline: a file answers within busy_timeout anyway, and
// for a deadline the driver would start a goroutine for each statement.
func localFile(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// Load implements tracker.Tx.
func (t *sqliteTx) Load(ctx context.Context, need tracker.Need) (loaded tracker.Loaded, err error) {
	if loaded.Newest, err = t.newestOf(ctx, need.Users); err != nil {
		return loaded, fmt.Errorf("reading the newest sessions: %w", err)
	}
	if loaded.Recorded, err = t.recorded(ctx, need.Events); err != nil {
		return loaded, fmt.Errorf("reading recorded events: %w", err)
	}
	loaded.Logins, err = t.logins(ctx, need.Logins)
	return loaded, err
}

// newestOf returns the newest session of each user who has one.
func (t *sqliteTx) newestOf(ctx context.Context, users []int64) (found []tracker.StoredSession, err error) {
	var inTables [][]any
	for _, id := range users {
		if newest, waits := t.db.waiting.Newest(id); waits {
			found = append(found, newest)
		} else {
			inTables = append(inTables, []any{id})
		}
		t.newest[id] = tracker.StoredSession{}
	}
	err = t.query(ctx, &t.db.ingest.newest, inTables, func(rows *sql.Rows) error {
		session, err := table.Sessions.Scan(rows)
		found = append(found, session)
		return err
	})
	for _, s := range found {
		t.newest[s.UserID] = s
	}
	return found, err
}

// recorded returns those events that exist.
func (t *sqliteTx) recorded(ctx context.Context, asked []tracker.EventKey) (found []tracker.StoredEvent, err error) {
	var inTables [][]any
	for _, k := range asked {
		t.asked[k] = false
		if e, waits := t.db.waiting.Recorded(k); waits {
			found = append(found, e)
			continue
		}
		inTables = append(inTables, []any{k.UserID, table.ID(k.ID).Stored()})
	}
	err = t.query(ctx, &t.db.ingest.recorded, inTables, func(rows *sql.Rows) error {
		event, err := table.Events.Scan(rows)
		found = append(found, event)
		return err
	})
	for _, e := range found {
		t.asked[e.Key()] = true
	}
	return found, err
}

func (t *sqliteTx) query(ctx context.Context, statement *rowStatement, rows [][]any, row func(*sql.Rows) error) error {
	return statement.each(rows, func(statement *sql.Stmt, arguments []any) error {
		return scan(localFile(ctx), t.statement(ctx, statement), arguments, row)
	})
}

// statement returns one that is prepared on the writer, in the transaction.
func (t *sqliteTx) statement(ctx context.Context, prepared *sql.Stmt) *sql.Stmt {
	return t.tx.StmtContext(localFile(ctx), prepared)
}

// read reads rows of a user, who is settled before.
func (t *sqliteTx) read(userID int64) reader {
	return func(ctx context.Context, name string, arguments ...any) (*sql.Rows, error) {
		t.isDirect[userID] = true
		if err := t.settle(ctx, []int64{userID}); err != nil {
			return nil, err
		}
		return t.db.writerRows.in(t.tx)(localFile(ctx), name, arguments...)
	}
}

// Session implements tracker.Tx.
func (t *sqliteTx) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	return session(ctx, t.read(key.UserID), key)
}

// SessionsBefore implements tracker.Tx.
func (t *sqliteTx) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return sessionsBefore(ctx, t.read(userID), userID, before, limit)
}

// SessionsFrom implements tracker.Tx.
func (t *sqliteTx) SessionsFrom(ctx context.Context, userID int64, from timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return all(ctx, t.read(userID), table.Sessions, "SessionsFrom", userID, int64(from), limit)
}

// Log implements tracker.Tx.
func (t *sqliteTx) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	return sessionLog(ctx, t.read(key.UserID), key)
}
