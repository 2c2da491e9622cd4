package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// postgresTx writes a group of presses in two round trips: BEGIN travels with
// Load, and COMMIT with all that Write queued. All its reads are of one instant
// (REPEATABLE READ): what is refused because of them, and so writes nothing, is
// refused rightly, and what another process has changed since fails the write.
type postgresTx struct {
	conn  *pgxpool.Conn
	begun bool
	lock  bool // the users' locks are asked for, and rows that are read are locked
	queue pgx.Batch
}

var (
	activeSQL = `SELECT ` + sessionNames + ` FROM sessions WHERE user_id = ANY ($1) AND phase < 3 AND NOT deleted`
	// lockSQL makes processes wait that do not ask for the users' locks.
	lockSQL = ` ORDER BY user_id FOR NO KEY UPDATE`
	// lockUsersSQL waits in the order of users, as every process does. It comes
	// before the transaction, whose reads must not be older than the lock.
	lockUsersSQL   = `SELECT pg_advisory_lock(u) FROM unnest($1::bigint[]) AS u`
	unlockUsersSQL = `SELECT pg_advisory_unlock_all()`
	recordedSQL    = `SELECT ` + of("e", eventNames) + ` FROM unnest($1::bigint[], $2::text[]) AS k (user_id, id)
		JOIN events AS e ON e.user_id = k.user_id AND e.id = k.id`
	sessionSQL = `SELECT ` + sessionNames + ` FROM sessions WHERE user_id = $1 AND id = $2`
	logSQL     = `SELECT ` + eventNames + ` FROM events WHERE user_id = $1 AND session_id = $2`

	insertEventsSQL    = insertUnnest("events", eventNames, eventColumns(tracker.StoredEvent{}))
	putSessionsSQL     = insertUnnest("sessions", sessionNames, sessionColumns(tracker.StoredSession{})) + sessionUpsert
	insertQuestionsSQL = insertUnnest("questions", questionNames, questionColumns(tracker.StoredQuestion{}))
	dropQuestionsSQL   = `DELETE FROM questions AS q USING unnest(` +
		arrayParameters(questionKeyColumns(tracker.StoredQuestion{})) + `) AS k (user_id, started_at, id)
		WHERE q.user_id = k.user_id AND q.started_at = k.started_at AND q.id = k.id`
)

// InTx implements tracker.Store.
func (db *postgresDB) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	conn, err := db.ingest.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting to write: %w", err)
	}
	defer conn.Release()
	tx := &postgresTx{conn: conn}
	if err = do(tx); err == nil {
		err = tx.commit(ctx)
	}
	if err != nil {
		// Without a connection the server rolls back by itself.
		_, _ = conn.Exec(ctx, "ROLLBACK")
	}
	if tx.lock {
		if _, unlockErr := conn.Exec(ctx, unlockUsersSQL); unlockErr != nil {
			_ = conn.Conn().Close(ctx) // the locks end with their connection
		}
	}
	switch {
	case hasCode(err, uniqueViolation, serializationFailure, deadlockDetected):
		return errors.Join(tracker.ErrLostRace, err)
	case hasCode(err, dataClasses...):
		return errors.Join(tracker.ErrRejected, err)
	}
	return err
}

// dataClasses are the classes of errors that the data is to blame for.
var dataClasses = []string{"22", "23", "54"}

func (t *postgresTx) begin(batch *pgx.Batch) {
	if !t.begun {
		batch.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ")
		t.begun = true
	}
}

func (t *postgresTx) commit(ctx context.Context) error {
	if !t.begun {
		return nil
	}
	t.queue.Queue("COMMIT")
	return wrapped(t.conn.SendBatch(ctx, &t.queue).Close(), "writing and committing")
}

// Load implements tracker.Tx.
func (t *postgresTx) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	var loaded tracker.Loaded
	var batch pgx.Batch
	active := activeSQL
	if t.lock = need.Lock; t.lock {
		if _, err := t.conn.Exec(ctx, lockUsersSQL, need.Users); err != nil {
			return loaded, fmt.Errorf("locking users: %w", err)
		}
		active += lockSQL
	}
	t.begin(&batch)
	users, ids := make([]int64, len(need.Events)), make([]string, len(need.Events))
	for i, k := range need.Events {
		users[i], ids[i] = k.UserID, k.ID
	}
	batch.Queue(active, need.Users).Query(collect(&loaded.Active, sessionFields, sessionOf))
	batch.Queue(recordedSQL, users, ids).Query(collect(&loaded.Recorded, eventFields, eventOf))
	return loaded, wrapped(t.conn.SendBatch(ctx, &batch).Close(), "beginning to write")
}

// collect reads rows into a slice.
func collect[Row, Out any](to *[]Out, fields func(*Row) []any, convert func(Row) Out) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var row Row
		_, err := pgx.ForEachRow(rows, fields(&row), func() error {
			*to = append(*to, convert(row))
			return nil
		})
		return err
	}
}

// Session implements tracker.Tx.
func (t *postgresTx) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	statement := sessionSQL
	if t.lock {
		statement += lockSQL
	}
	found, err := query(ctx, t, sessionFields, sessionOf, statement, key.UserID, key.ID)
	if err == nil && len(found) == 0 {
		return tracker.StoredSession{}, tracker.ErrUnknown
	}
	if err != nil {
		return tracker.StoredSession{}, fmt.Errorf("reading a session: %w", err)
	}
	return found[0], nil
}

// Log implements tracker.Tx.
func (t *postgresTx) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	log, err := query(ctx, t, eventFields, eventOf, logSQL, key.UserID, key.ID)
	return log, wrapped(err, "reading a log")
}

func query[Row, Out any](ctx context.Context, t *postgresTx, fields func(*Row) []any, convert func(Row) Out, sql string, arguments ...any) ([]Out, error) {
	var out []Out
	var batch pgx.Batch
	t.begin(&batch)
	batch.Queue(sql, arguments...).Query(collect(&out, fields, convert))
	err := t.conn.SendBatch(ctx, &batch).Close()
	return out, err
}

// Write implements tracker.Tx. What it queues travels with COMMIT.
func (t *postgresTx) Write(_ context.Context, c tracker.Changes) error {
	t.begin(&t.queue)
	t.insert(putSessionsSQL, each(c.Sessions, sessionColumns)) // first: the others refer to them
	t.insert(insertEventsSQL, each(c.Events, eventColumns))
	t.insert(dropQuestionsSQL, each(c.Drop, questionKeyColumns))
	t.insert(insertQuestionsSQL, each(c.Put, questionColumns))
	if c.Probe == "" {
		return nil
	}
	for _, statement := range probeSQL {
		t.queue.Queue(statement, c.Probe)
	}
	return nil
}

func (t *postgresTx) insert(sql string, rows [][]any) {
	if len(rows) > 0 {
		t.queue.Queue(sql, arrays(rows)...)
	}
}
