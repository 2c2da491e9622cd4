package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/counters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/link"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// postgresTx writes a group of presses in two round trips: BEGIN travels with Load, and
// COMMIT with all that Write queued. All its reads are of one instant (REPEATABLE READ). So
// a refused press, which writes nothing, was refused for a reason that was true at that
// instant; and a write fails if another replica has changed the same rows since.
type postgresTx struct {
	db       *postgresDB
	conn     *pgxpool.Conn
	begun    bool
	locks    *userLocks // if they are held, rows that are read are locked too
	counters counters.Tx
	queue    pgx.Batch
	rows     int // in queue
}

var (
	newestSQL       = newestOf("")
	lockedNewestSQL = newestOf(lockSQL)
	// lockSQL makes transactions wait that do not ask for the users' locks.
	lockSQL     = ` FOR NO KEY UPDATE`
	recordedSQL = `SELECT ` + table.Events.NamesOf("e.") + ` FROM unnest($1::bigint[], $2::text[]) AS k (user_id, id)
		JOIN events AS e ON e.user_id = k.user_id AND e.id = k.id`

	insertPressesSQL   = insertUnnest(table.Presses)
	insertEventsSQL    = insertUnnest(table.Events)
	putSessionsSQL     = insertUnnest(table.Sessions) + table.Sessions.Upsert()
	insertMeasuredSQL  = insertUnnest(table.Measured)
	insertQuestionsSQL = insertUnnest(table.Questions)
	dropQuestionsSQL   = `DELETE FROM questions AS q USING unnest(` +
		arrayParameters(table.QuestionKeys) + `) AS k (` + table.QuestionKeys.Names() + `)
		WHERE q.user_id = k.user_id AND q.started_at = k.started_at AND q.id = k.id`
	// changeTimelinesSQL fails for a user whose timeline another replica has changed since
	// this transaction began.
	changeTimelinesSQL = `INSERT INTO timelines (user_id, changes) SELECT u, 1 FROM unnest($1::bigint[]) AS u
		ON CONFLICT (user_id) DO UPDATE SET changes = timelines.changes + 1`
)

func newestOf(lock string) string {
	return `SELECT s.* FROM unnest($1::bigint[]) AS u CROSS JOIN LATERAL (` +
		table.Sessions.Selected(`WHERE user_id = u AND NOT deleted `+newestFirst+` LIMIT 1`) + lock + `) AS s`
}

// InTx implements tracker.Store.
func (db *postgresDB) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	conn, err := db.ingest.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting to write: %w", err)
	}
	defer conn.Release()
	tx := &postgresTx{db: db, conn: conn}
	if err = do(tx); err == nil {
		err = tx.commit(ctx)
	}
	if err != nil {
		link.RollBack(ctx, conn.Conn())
	}
	if tx.locks != nil {
		tx.locks.release(ctx)
	}
	switch {
	case hasCode(err, uniqueViolation, serializationFailure, deadlockDetected):
		return errors.Join(tracker.ErrLostRace, err)
	case hasCode(err, dataClasses...):
		return errors.Join(tracker.ErrRejected, err)
	}
	return err
}

// dataClasses are the classes of errors that the data causes.
var dataClasses = []string{"22", "23", "54"}

func (t *postgresTx) begin(batch *pgx.Batch) {
	if !t.begun {
		batch.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ")
		if t.db.pooled {
			batch.Queue(durableSQL)
		}
		t.begun = true
	}
}

func (t *postgresTx) commit(ctx context.Context) error {
	if !t.begun {
		return nil
	}
	t.counters.Write(&t.queue)
	t.queue.Queue("COMMIT")
	return wrapped(link.Send(ctx, t.conn.Conn(), &t.queue, link.SilentFor+time.Duration(t.rows)*link.SilentForRow), "writing and committing")
}

// Load implements tracker.Tx.
func (t *postgresTx) Load(ctx context.Context, need tracker.Need) (_ tracker.Loaded, err error) {
	defer fault.Wrap(&err, "beginning to write")
	var loaded tracker.Loaded
	var batch pgx.Batch
	newest, lock := newestSQL, ""
	if need.Lock {
		var err error
		if t.locks, err = lockUsers(ctx, t.db.urgent, need.Users); err != nil {
			return loaded, err
		}
		newest, lock = lockedNewestSQL, lockSQL
	}
	t.begin(&batch)
	users, ids := make([]int64, len(need.Events)), make([]string, len(need.Events))
	for i, k := range need.Events {
		users[i], ids[i] = k.UserID, k.ID
	}
	batch.Queue(newest, need.Users).Query(collect(&loaded.Newest, table.Sessions))
	batch.Queue(recordedSQL, users, ids).Query(collect(&loaded.Recorded, table.Events))
	queueLogins(&batch, need.Logins, &loaded.Logins)
	t.counters.Read(&batch, need.Counters, lock)
	return loaded, link.Send(ctx, t.conn.Conn(), &batch, link.SilentFor)
}

// UpdateCounter implements tracker.Tx.
func (t *postgresTx) UpdateCounter(ctx context.Context, key string, expires int64, update func([]int64) []int64) error {
	return t.counters.UpdateCounter(ctx, key, expires, update)
}

// Session implements tracker.Tx.
func (t *postgresTx) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	statement := sharedReads["Session"]
	if t.locks != nil {
		statement += lockSQL
	}
	found, err := query(ctx, t, table.Sessions, statement, key.UserID, key.ID)
	if err == nil && len(found) == 0 {
		return tracker.StoredSession{}, tracker.ErrUnknown
	}
	if err != nil {
		return tracker.StoredSession{}, fmt.Errorf("reading a session: %w", err)
	}
	return found[0], nil
}

// SessionsBefore implements tracker.Tx.
func (t *postgresTx) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading the sessions before a time")
	return query(ctx, t, table.Sessions, sharedReads["SessionsBefore"], userID, int64(before), limit)
}

// SessionsFrom implements tracker.Tx.
func (t *postgresTx) SessionsFrom(ctx context.Context, userID int64, from timeline.Instant, limit int) (_ []tracker.StoredSession, err error) {
	defer fault.Wrap(&err, "reading the sessions from a time on")
	return query(ctx, t, table.Sessions, sharedReads["SessionsFrom"], userID, int64(from), limit)
}

// Log implements tracker.Tx.
func (t *postgresTx) Log(ctx context.Context, key tracker.SessionKey) (_ []tracker.StoredEvent, err error) {
	defer fault.Wrap(&err, "reading a log")
	log, err := query(ctx, t, table.Events, sharedReads["SessionLog"], key.UserID, key.ID)
	return log, err
}

// Write implements tracker.Tx. What it queues travels with COMMIT.
func (t *postgresTx) Write(_ context.Context, c tracker.Changes) error {
	t.begin(&t.queue)
	t.rows += len(c.Sessions) + len(c.Events) + len(c.Drop) + len(c.Put)
	queueRows(&t.queue, putSessionsSQL, table.Sessions, c.Sessions) // first: the others refer to them
	presses, events := split(c.Events, table.IsPlainPress)
	queueRows(&t.queue, insertPressesSQL, table.Presses, presses)
	queueRows(&t.queue, insertEventsSQL, table.Events, events)
	queueRows(&t.queue, dropQuestionsSQL, table.QuestionKeys, c.Drop)
	measured, questions := split(c.Put, table.IsMeasured)
	queueRows(&t.queue, insertMeasuredSQL, table.Measured, measured)
	queueRows(&t.queue, insertQuestionsSQL, table.Questions, questions)
	if len(c.Timelines) > 0 {
		t.queue.Queue(changeTimelinesSQL, c.Timelines)
	}
	if c.Probe == "" {
		return nil
	}
	for _, statement := range probeSQL {
		t.queue.Queue(statement, c.Probe)
	}
	return nil
}

func queueRows[Row any](batch *pgx.Batch, sql string, t table.Table[Row], rows []Row) {
	if len(rows) > 0 {
		batch.Queue(sql, arrays(t, rows)...)
	}
}
