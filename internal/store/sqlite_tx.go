package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// sqliteTx writes a group of presses with a few statements a table (rowStatement).
type sqliteTx struct {
	tx *sql.Tx
	db *sqliteDB
}

// localFile removes a context's deadline: a file answers within busy_timeout anyway, and
// for a deadline the driver would start a goroutine for each statement.
func localFile(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// Load implements tracker.Tx.
func (t *sqliteTx) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	var loaded tracker.Loaded
	users := each(need.Users, func(id int64) []any { return []any{id} })
	err := t.query(ctx, &t.db.ingest.newest, users, func(rows *sql.Rows) error {
		session, err := sessionTable.scan(rows)
		loaded.Newest = append(loaded.Newest, session)
		return err
	})
	if err != nil {
		return loaded, fmt.Errorf("reading the newest sessions: %w", err)
	}
	keys := each(need.Events, func(k tracker.EventKey) []any { return []any{k.UserID, id(k.ID).stored()} })
	err = t.query(ctx, &t.db.ingest.recorded, keys, func(rows *sql.Rows) error {
		event, err := eventTable.scan(rows)
		loaded.Recorded = append(loaded.Recorded, event)
		return err
	})
	if err != nil {
		return loaded, fmt.Errorf("reading recorded events: %w", err)
	}
	loaded.Logins, err = t.logins(ctx, need.Logins)
	return loaded, err
}

func (t *sqliteTx) query(ctx context.Context, statement *rowStatement, rows [][]any, row func(*sql.Rows) error) error {
	return statement.each(rows, func(statement *sql.Stmt, arguments []any) error {
		return scan(localFile(ctx), t.tx.StmtContext(localFile(ctx), statement), arguments, row)
	})
}

// Session implements tracker.Tx.
func (t *sqliteTx) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	return session(localFile(ctx), t.db.writerRows.in(t.tx), key)
}

// SessionsBefore implements tracker.Tx.
func (t *sqliteTx) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return sessionsBefore(localFile(ctx), t.db.writerRows.in(t.tx), userID, before, limit)
}

// SessionsFrom implements tracker.Tx.
func (t *sqliteTx) SessionsFrom(ctx context.Context, userID int64, from timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return all(localFile(ctx), t.db.writerRows.in(t.tx), sessionTable, "SessionsFrom", userID, int64(from), limit)
}

// Log implements tracker.Tx.
func (t *sqliteTx) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	return sessionLog(localFile(ctx), t.db.writerRows.in(t.tx), key)
}

// Write implements tracker.Tx.
func (t *sqliteTx) Write(ctx context.Context, c tracker.Changes) error {
	ingest := &t.db.ingest
	presses, events := split(c.Events, isPlainPress)
	measured, questions := split(c.Put, isMeasured)
	for _, w := range []struct {
		operation string
		statement *rowStatement
		rows      [][]any
	}{
		{"writing sessions", &ingest.putSessions, sessionTable.rows(c.Sessions)}, // first: the others refer to them
		{"writing presses", &ingest.insertPresses, pressTable.rows(presses)},
		{"writing events", &ingest.insertEvents, eventTable.rows(events)},
		{"dropping questions", &ingest.dropQuestions, questionKeys.rows(c.Drop)},
		{"writing questions", &ingest.insertMeasured, measuredTable.rows(measured)},
		{"writing adjusted questions", &ingest.insertQuestions, questionTable.rows(questions)},
	} {
		err := w.statement.each(w.rows, func(statement *sql.Stmt, arguments []any) error {
			_, err := t.tx.StmtContext(localFile(ctx), statement).ExecContext(localFile(ctx), arguments...)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", w.operation, err)
		}
	}
	if c.Probe == "" {
		return nil
	}
	for _, statement := range probeSQL {
		if _, err := t.tx.ExecContext(localFile(ctx), statement, c.Probe); err != nil {
			return fmt.Errorf("probing: %w", err)
		}
	}
	return nil
}
