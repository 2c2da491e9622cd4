package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/journal"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Write implements tracker.Tx. Presses go into the journal, everything else into the tables.
func (t *sqliteTx) Write(ctx context.Context, c tracker.Changes) error {
	for _, id := range t.notJournaled(c) {
		t.isDirect[id] = true
	}
	later, now := splitChanges(c, func(userID int64) bool { return !t.isDirect[userID] })
	if err := t.settle(ctx, usersOf(now)); err != nil {
		return err
	}
	if err := t.writeRows(ctx, now); err != nil {
		return err
	}
	if err := t.writeJournal(ctx, later); err != nil {
		return err
	}
	return t.probe(ctx, c.Probe)
}

// notJournaled returns the users whose changes are not those of presses that follow the
// newest press that was loaded. Only of those is it known, without the constraints of the
// tables, that no other is in the same place, and that they come once.
func (t *sqliteTx) notJournaled(c tracker.Changes) (users []int64) {
	next := make(map[tracker.SessionKey]int64, len(c.Sessions)) // number of the session's next event
	for _, s := range c.Sessions {
		newest, isLoaded := t.newest[s.UserID]
		isNewest := newest.ID == s.ID
		isNext := newest.ID == "" || journal.ByStart(s, newest) > 0
		if !isLoaded || s.State.Deleted || !isNewest && !isNext || t.db.waiting.IsAside(s.UserID) {
			users = append(users, s.UserID)
		}
		next[s.SessionKey] = 1
		if isNewest {
			next[s.SessionKey] = newest.Version + 1
		}
	}
	for _, e := range c.Events {
		isKnown, isAsked := t.asked[e.Key()]
		if !isAsked || isKnown || !table.IsPlainPress(e) || e.Seq != next[e.Session] {
			users = append(users, e.Session.UserID)
		}
		next[e.Session]++
		t.asked[e.Key()] = true
	}
	for _, q := range c.Drop {
		users = append(users, q.UserID)
	}
	return users
}

// splitChanges returns the changes of those users for whom is holds, and those of the others.
func splitChanges(c tracker.Changes, is func(userID int64) bool) (those, others tracker.Changes) {
	those.Sessions, others.Sessions = split(c.Sessions, func(s tracker.StoredSession) bool { return is(s.UserID) })
	those.Events, others.Events = split(c.Events, func(e tracker.StoredEvent) bool { return is(e.Session.UserID) })
	those.Drop, others.Drop = split(c.Drop, func(q tracker.StoredQuestion) bool { return is(q.UserID) })
	those.Put, others.Put = split(c.Put, func(q tracker.StoredQuestion) bool { return is(q.UserID) })
	return those, others
}

// usersOf returns the users whose sessions or events change.
func usersOf(c tracker.Changes) []int64 {
	users := each(c.Sessions, func(s tracker.StoredSession) int64 { return s.UserID })
	users = append(users, each(c.Events, func(e tracker.StoredEvent) int64 { return e.Session.UserID })...)
	slices.Sort(users)
	return slices.Compact(users)
}

// writeJournal adds a row to the journal, and writes those users into the tables whose turn it is.
func (t *sqliteTx) writeJournal(ctx context.Context, c tracker.Changes) error {
	if len(c.Sessions) == 0 {
		return nil
	}
	w := &t.db.waiting
	if err := t.settle(ctx, w.Due(len(c.Events))); err != nil {
		return err
	}
	var carried []int64
	t.added, carried = w.Next(c)
	t.settled = append(t.settled, carried...)
	_, err := t.statement(ctx, t.db.addToJournal).ExecContext(localFile(ctx), t.added.N, journal.Encode(t.added.Changes))
	return wrapped(err, "writing into the journal")
}

// writeRows writes changes into the tables, with a few statements a table (rowStatement).
func (t *sqliteTx) writeRows(ctx context.Context, c tracker.Changes) error {
	ingest := &t.db.ingest
	presses, events := split(c.Events, table.IsPlainPress)
	measured, questions := split(c.Put, table.IsMeasured)
	for _, w := range []struct {
		operation string
		statement *rowStatement
		rows      [][]any
	}{
		{"writing sessions", &ingest.putSessions, table.Sessions.Rows(c.Sessions)}, // first: the others refer to them
		{"writing presses", &ingest.insertPresses, table.Presses.Rows(presses)},
		{"writing events", &ingest.insertEvents, table.Events.Rows(events)},
		{"dropping questions", &ingest.dropQuestions, table.QuestionKeys.Rows(c.Drop)},
		{"writing questions", &ingest.insertMeasured, table.Measured.Rows(measured)},
		{"writing adjusted questions", &ingest.insertQuestions, table.Questions.Rows(questions)},
	} {
		err := w.statement.each(w.rows, func(statement *sql.Stmt, arguments []any) error {
			_, err := t.statement(ctx, statement).ExecContext(localFile(ctx), arguments...)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", w.operation, err)
		}
	}
	return nil
}

func (t *sqliteTx) probe(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	for _, statement := range probeSQL {
		if _, err := t.tx.ExecContext(localFile(ctx), statement, id); err != nil {
			return fmt.Errorf("probing: %w", err)
		}
	}
	return nil
}
