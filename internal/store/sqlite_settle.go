package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/journal"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// settledAtOnce is how many users Settle writes into the tables.
const settledAtOnce = 16

// InTx implements tracker.Store.
func (db *sqliteDB) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	db.journaling.Lock()
	defer db.journaling.Unlock()
	tx, err := db.writer.BeginTx(localFile(ctx), nil)
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	err = db.inJournal(ctx, tx, func(t *sqliteTx) error { return do(t) })
	if db.setAside(ctx, err) {
		return errors.Join(tracker.ErrLostRace, err) // the next try goes without them
	}
	switch {
	case isRefused(err):
		return errors.Join(tracker.ErrRejected, err)
	case db.isTaken(err):
		return errors.Join(tracker.ErrLostRace, err)
	case isDataError(err):
		return errors.Join(tracker.ErrRejected, err)
	}
	return err
}

// inJournal runs do in a transaction, and notes what waits after it. The caller holds the
// journal.
func (db *sqliteDB) inJournal(ctx context.Context, tx *sql.Tx, do func(*sqliteTx) error) error {
	t := newSQLiteTx(tx, db)
	err := t.refresh(ctx)
	if err == nil {
		err = do(t)
	}
	if err == nil {
		err = t.trim(ctx)
	}
	if err != nil {
		return errors.Join(err, rolledBack(tx))
	}
	if err := tx.Commit(); err != nil {
		db.dataVersion = 0 // nobody knows what is on disk: the next transaction looks
		return fmt.Errorf("committing: %w", err)
	}
	db.waiting.Commit(t.settled, t.added)
	return nil
}

// Settle implements tracker.Store.
func (db *sqliteDB) Settle(ctx context.Context) (more bool, err error) {
	if !db.waiting.Has(journal.Everybody, 0) {
		return false, nil
	}
	err = db.settling(ctx, journal.Everybody, settledAtOnce)
	return db.waiting.Has(journal.Everybody, 0), err
}

// settle makes the tables hold everything that was recorded of a user, or of everybody.
func (db *sqliteDB) settle(ctx context.Context, userID int64) (err error) {
	defer fault.Wrap(&err, "settling the journal")
	var newest int64
	if err := db.newestRow.QueryRowContext(ctx).Scan(&newest); err != nil {
		return err
	}
	if !db.waiting.Has(userID, newest) {
		return nil
	}
	return db.settling(ctx, userID, math.MaxInt)
}

// settling writes what waits of a user or of everybody into the tables, of at most so many
// users. Of everybody it leaves out those whom the tables refuse.
func (db *sqliteDB) settling(ctx context.Context, userID int64, most int) error {
	db.journaling.Lock()
	defer db.journaling.Unlock()
	for {
		err := db.unsynced(ctx, func(t *sqliteTx) error {
			users := db.waiting.Users(userID)
			return t.settle(ctx, users[:min(len(users), most)])
		})
		if !db.setAside(ctx, err) || userID != journal.Everybody {
			return err
		}
	}
}

// unsynced runs do in a transaction that does not wait for the disk: until a later commit does,
// the journal still has everything.
func (db *sqliteDB) unsynced(ctx context.Context, do func(*sqliteTx) error) (err error) {
	ctx = localFile(ctx)
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if _, fullErr := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); fullErr != nil {
			// A connection that stayed so would not be durable: the pool opens another one.
			err = errors.Join(err, fullErr, conn.Raw(func(any) error { return driver.ErrBadConn }))
		}
		err = errors.Join(err, conn.Close())
	}()
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return db.inJournal(ctx, tx, do)
}

// refresh reads the journal anew if another process has written to the file.
func (t *sqliteTx) refresh(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "reading the journal")
	var version int64
	if err := t.statement(ctx, t.db.dataVersionOf).QueryRowContext(localFile(ctx)).Scan(&version); err != nil {
		return fmt.Errorf("looking for other processes: %w", err)
	}
	if version == t.db.dataVersion {
		return nil
	}
	rows, err := t.journalRows(ctx)
	if err != nil {
		return err
	}
	versions, err := t.versionsOf(ctx, rows)
	if err != nil {
		return fmt.Errorf("reading the versions of its sessions: %w", err)
	}
	t.db.waiting.Reload(rows, versions)
	t.db.dataVersion = version
	return nil
}

func (t *sqliteTx) journalRows(ctx context.Context) (found []journal.Row, err error) {
	rows, err := t.tx.QueryContext(localFile(ctx), `SELECT n, body FROM journal ORDER BY n`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r journal.Row
		var body []byte
		if err := rows.Scan(&r.N, &body); err != nil {
			return nil, err
		}
		if r.Changes, err = journal.Decode(body); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, rows.Err()
}

// versionsOf returns the versions in the tables of the sessions that occur in the journal.
func (t *sqliteTx) versionsOf(ctx context.Context, journaled []journal.Row) (map[tracker.SessionKey]int64, error) {
	versions := make(map[tracker.SessionKey]int64)
	var keys [][]any
	for _, r := range journaled {
		for _, s := range r.Changes.Sessions {
			if _, isAsked := versions[s.SessionKey]; !isAsked {
				versions[s.SessionKey] = 0
				keys = append(keys, []any{s.UserID, table.ID(s.ID).Stored()})
			}
		}
	}
	err := t.query(ctx, &t.db.ingest.versions, keys, func(rows *sql.Rows) error {
		var key tracker.SessionKey
		var version int64
		err := rows.Scan(&key.UserID, (*table.ID)(&key.ID), &version)
		versions[key] = version
		return err
	})
	return versions, err
}

// settle writes what waits of some users into the tables. What waits of a user who has been
// deleted meanwhile is forgotten.
func (t *sqliteTx) settle(ctx context.Context, users []int64) error {
	users = slices.DeleteFunc(t.db.waiting.Users(users...), func(id int64) bool { return slices.Contains(t.settled, id) })
	if len(users) == 0 {
		return nil
	}
	var left []int64
	err := t.query(ctx, &t.db.ingest.existing, each(users, func(id int64) []any { return []any{id} }), func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		left = append(left, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for users who wait: %w", err)
	}
	if err := t.writeRows(ctx, t.db.waiting.Changes(left)); err != nil {
		if isDataError(err) {
			return &refusedUsers{left, err}
		}
		return err
	}
	t.settled = append(t.settled, users...)
	return nil
}

// trimmedAtOnce is how many rows of the journal a group removes at least: each removal writes two
// more pages.
const trimmedAtOnce = 16

// trim removes the rows of the journal that nobody waits in any more. The newest row stays,
// empty, so that the numbers of rows only grow.
func (t *sqliteTx) trim(ctx context.Context) error {
	if len(t.settled) == 0 {
		return nil
	}
	oldest := cmp.Or(t.db.waiting.Oldest(t.settled), t.added.N)
	switch {
	case oldest == 0:
		oldest = t.db.waiting.Last()
		if _, err := t.tx.ExecContext(localFile(ctx), `UPDATE journal SET body = x'' WHERE n = ?`, oldest); err != nil {
			return fmt.Errorf("emptying the journal: %w", err)
		}
	case oldest < t.db.trimmed+trimmedAtOnce:
		return nil
	}
	t.db.trimmed = oldest
	_, err := t.statement(ctx, t.db.trimJournal).ExecContext(localFile(ctx), oldest)
	return wrapped(err, "trimming the journal")
}

// settledRead runs one of sharedReads on data that is settled.
func (db *sqliteDB) settledRead(ctx context.Context, name string, arguments ...any) (*sql.Rows, error) {
	if reads, userID := readsLogsOf(name, arguments); reads {
		if err := db.settle(ctx, userID); err != nil {
			return nil, err
		}
	}
	return db.readRows.read(ctx, name, arguments...)
}

// readsLogsOf reports whether one of sharedReads reads what was recorded, and of whom.
func readsLogsOf(name string, arguments []any) (reads bool, userID int64) {
	switch name {
	case "UserByEmail", "UserByID", "UserOfIdentity", "UsersAfter", "UsersBefore":
		return false, 0
	case "NextSessions":
		return true, journal.Everybody
	}
	return true, arguments[0].(int64)
}
