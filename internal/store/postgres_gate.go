package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

const loginsSQL = `SELECT t.user_id, t.id, u.target_micros FROM unnest($1::bigint[], $2::text[]) AS k (user_id, id)
	JOIN tokens AS t ON t.user_id = k.user_id AND t.id = k.id
	JOIN users AS u ON u.id = t.user_id WHERE u.is_active`

func queueLogins(batch *pgx.Batch, asked []tracker.Login, found *[]tracker.StoredLogin) {
	if len(asked) == 0 {
		return
	}
	users, ids := make([]int64, len(asked)), make([]string, len(asked))
	for i, l := range asked {
		users[i], ids[i] = l.UserID, l.Token
	}
	batch.Queue(loginsSQL, users, ids).Query(func(rows pgx.Rows) error {
		var l tracker.StoredLogin
		_, err := pgx.ForEachRow(rows, []any{&l.UserID, &l.Token, &l.Target}, func() error {
			*found = append(*found, l)
			return nil
		})
		return err
	})
}

// Counters implements database. The counters are in the database, for all replicas.
func (db *postgresDB) Counters(func() time.Time) limit.Counters { return db.counters }

// DeleteExpiredCounters implements database.
func (db *postgresDB) DeleteExpiredCounters(ctx context.Context, before int64) (err error) {
	defer fault.Wrap(&err, "deleting expired counters")
	return db.counters.DeleteExpired(ctx, db.pool, before)
}
