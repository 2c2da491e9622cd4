package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// sqliteTx writes a group of presses: a statement per table for all of them,
// their rows handed over as one JSON parameter.
type sqliteTx struct {
	tx *sql.Tx
	db *sqliteDB
}

// Load implements tracker.Tx.
func (t *sqliteTx) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	users := jsonRows{}
	for _, id := range need.Users {
		users.value(id)
	}
	var loaded tracker.Loaded
	err := scan(ctx, t.tx.StmtContext(ctx, t.db.ingest.active), []any{users.String()}, func(rows *sql.Rows) error {
		var s queries.Session
		err := rows.Scan(sessionFields(&s)...)
		loaded.Active = append(loaded.Active, sessionOf(s))
		return err
	})
	if err != nil {
		return loaded, err
	}
	keys := each(need.Events, func(k tracker.EventKey) []any { return []any{k.UserID, k.ID} })
	err = t.db.ingest.recorded.each(keys, func(statement *sql.Stmt, arguments []any) error {
		return scan(ctx, t.tx.StmtContext(ctx, statement), arguments, func(rows *sql.Rows) error {
			var e queries.Event
			err := rows.Scan(eventFields(&e)...)
			loaded.Recorded = append(loaded.Recorded, eventOf(e))
			return err
		})
	})
	return loaded, err
}

// Session implements tracker.Tx.
func (t *sqliteTx) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	return session(ctx, t.db.writesTo.WithTx(t.tx), key)
}

// Log implements tracker.Tx.
func (t *sqliteTx) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	return sessionLog(ctx, t.db.writesTo.WithTx(t.tx), key)
}

// Write implements tracker.Tx.
func (t *sqliteTx) Write(ctx context.Context, c tracker.Changes) error {
	ingest := &t.db.ingest
	for _, w := range []struct {
		operation string
		statement *rowStatement
		rows      [][]any
	}{
		{"writing sessions", &ingest.putSessions, each(c.Sessions, sessionColumns)}, // first: the others refer to them
		{"writing events", &ingest.insertEvents, each(c.Events, eventColumns)},
		{"dropping questions", &ingest.dropQuestions, each(c.Drop, questionKeyColumns)},
		{"writing questions", &ingest.insertQuestions, each(c.Put, questionColumns)},
	} {
		err := w.statement.each(w.rows, func(statement *sql.Stmt, arguments []any) error {
			_, err := t.tx.StmtContext(ctx, statement).ExecContext(ctx, arguments...)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", w.operation, err)
		}
	}
	return nil
}
