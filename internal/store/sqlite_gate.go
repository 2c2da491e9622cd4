package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// mostLogins bounds the memory of sqliteLogins.
const mostLogins = 50_000

// sqliteLogins keeps the logins of those who press. It is used in transactions that write,
// of which there is one at a time.
//
// Whatever may end a login, in this process or in another one, changes login_changes in the
// same transaction (a trigger of the schema): while that number stays the same, so do the
// logins that are kept.
type sqliteLogins struct {
	changes int64
	kept    map[tracker.Login]tracker.StoredLogin
}

// logins returns those of asked that exist.
func (t *sqliteTx) logins(ctx context.Context, asked []tracker.Login) (found []tracker.StoredLogin, err error) {
	defer fault.Wrap(&err, "reading logins")
	if len(asked) == 0 {
		return nil, nil
	}
	l := &t.db.logins
	var changes int64
	if err := t.tx.StmtContext(localFile(ctx), t.db.loginChanges).QueryRowContext(localFile(ctx)).Scan(&changes); err != nil {
		return nil, err
	}
	if l.kept == nil || changes != l.changes || len(l.kept) > mostLogins {
		l.kept, l.changes = make(map[tracker.Login]tracker.StoredLogin, len(asked)), changes
	}
	var unknown [][]any
	for _, login := range asked {
		if stored, ok := l.kept[login]; ok {
			found = append(found, stored)
		} else {
			unknown = append(unknown, []any{login.UserID, login.Token})
		}
	}
	err = t.query(ctx, &t.db.ingest.logins, unknown, func(rows *sql.Rows) error {
		var stored tracker.StoredLogin
		if err := rows.Scan(&stored.UserID, &stored.Token, &stored.Target); err != nil {
			return err
		}
		found, l.kept[stored.Login] = append(found, stored), stored
		return nil
	})
	return found, err
}

// Counters implements database. The counters are in memory, because one server process uses
// the file. The first caller's clock is theirs.
func (db *sqliteDB) Counters(now func() time.Time) limit.Counters {
	db.countersOnce.Do(func() { db.counters = limit.NewMemory(now) })
	return db.counters
}

// UpdateCounter implements tracker.Tx. It counts at once: what is counted in a group that
// cannot be written stays counted.
func (t *sqliteTx) UpdateCounter(ctx context.Context, key string, expires int64, update func([]int64) []int64) error {
	if t.db.counters == nil {
		return errors.New("counting without counters")
	}
	return t.db.counters.UpdateCounter(ctx, key, expires, update)
}
