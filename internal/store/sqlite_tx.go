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
	err := t.scan(ctx, t.db.ingest.active, users.String(), func(rows *sql.Rows) error {
		var s queries.Session
		err := rows.Scan(sessionFields(&s)...)
		loaded.Active = append(loaded.Active, sessionOf(s))
		return err
	})
	if err != nil || len(need.Events) == 0 {
		return loaded, err
	}
	keys := jsonRows{}
	for _, k := range need.Events {
		keys.row(k.UserID, k.ID)
	}
	err = t.scan(ctx, t.db.ingest.recorded, keys.String(), func(rows *sql.Rows) error {
		var e queries.Event
		err := rows.Scan(eventFields(&e)...)
		loaded.Recorded = append(loaded.Recorded, eventOf(e))
		return err
	})
	return loaded, err
}

func (t *sqliteTx) scan(ctx context.Context, statement *sql.Stmt, parameter string, row func(*sql.Rows) error) error {
	rows, err := t.tx.StmtContext(ctx, statement).QueryContext(ctx, parameter)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
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
	ingest := t.db.ingest
	var sessions, events, drop, put jsonRows
	for _, s := range c.Sessions {
		sessions.row(sessionColumns(s)...)
	}
	for _, e := range c.Events {
		events.row(eventColumns(e)...)
	}
	for _, q := range c.Drop {
		drop.row(questionKeyColumns(q)...)
	}
	for _, q := range c.Put {
		put.row(questionColumns(q)...)
	}
	for _, w := range []struct {
		table     string
		statement *sql.Stmt
		rows      jsonRows
	}{
		{"sessions", ingest.putSessions, sessions}, // first: the others refer to them
		{"events", ingest.insertEvents, events},
		{"questions", ingest.dropQuestions, drop},
		{"questions", ingest.insertQuestions, put},
	} {
		if w.rows.empty() {
			continue
		}
		if _, err := t.tx.StmtContext(ctx, w.statement).ExecContext(ctx, w.rows.String()); err != nil {
			return fmt.Errorf("writing %s: %w", w.table, err)
		}
	}
	return nil
}
