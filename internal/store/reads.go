package store

import (
	"context"
	"database/sql"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/meter"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// sharedReads are the queries of whole rows that both databases run, by name. They must be
// portable, as those in queries/*.sql.
var sharedReads = map[string]string{
	"Session": table.Sessions.Selected(`WHERE user_id = $1 AND id = $2`),
	"RecentSessions": table.Sessions.Selected(`WHERE user_id = $1 AND NOT deleted
		ORDER BY started_at DESC, id DESC LIMIT $2`),
	// By their own start, or by that of a question.
	"SessionsIn": table.Sessions.Selected(`WHERE user_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT deleted
		UNION ALL
		SELECT ` + table.Sessions.NamesOf("s.") + ` FROM (
			SELECT DISTINCT session_id FROM questions
			WHERE user_id = $1 AND started_at >= $2 AND started_at < $3
		) AS k JOIN sessions AS s ON s.user_id = $1 AND s.id = k.session_id
		WHERE NOT s.deleted AND (s.started_at < $2 OR s.started_at >= $3)
		ORDER BY started_at, id`),
	"SessionsBefore": table.Sessions.Selected(`WHERE user_id = $1 AND NOT deleted AND started_at < $2 ` + newestFirst + ` LIMIT $3`),
	"SessionsFrom": table.Sessions.Selected(`WHERE user_id = $1 AND NOT deleted AND started_at >= $2
		ORDER BY started_at, id LIMIT $3`),
	"NextSessions": table.Sessions.Selected(`WHERE (user_id, id) > ($1, $2)
		ORDER BY user_id, id LIMIT $3`),
	"NextSessionsOf": table.Sessions.Selected(`WHERE user_id = $1 AND id > $2
		ORDER BY id LIMIT $3`),
	// The questions of a session, and so of a time, close in the order in which they start. By
	// that order they are read as they lie, and are not sorted as a whole.
	"QuestionsIn": table.Questions.Selected(`WHERE user_id = $1 AND started_at >= $2 AND started_at < $3
		ORDER BY started_at, ended_at, seq`),
	"TimingsIn": table.Timings.Selected(`WHERE user_id = $1 AND started_at >= $2 AND started_at < $3
		ORDER BY started_at, ended_at, seq`),
	"SessionQuestions": table.Questions.Selected(`WHERE user_id = $1 AND started_at >= $2 AND started_at <= $3 AND session_id = $4
		ORDER BY started_at, ended_at, seq`),
	"QuestionsBefore": table.Questions.Selected(`WHERE user_id = $1 AND started_at >= $2 AND started_at < $3 AND session_id = $4
		ORDER BY started_at DESC, ended_at DESC, seq DESC LIMIT $5`),
	"SessionLog": table.Events.Selected(`WHERE user_id = $1 AND session_id = $2`),
	"LogAfter":   table.Events.Selected(`WHERE user_id = $1 AND session_id = $2 AND seq > $3 ORDER BY seq LIMIT $4`),
	"Event":      table.Events.Selected(`WHERE user_id = $1 AND id = $2`),
	// The address as it is comes first, then the key, then an address that is the key and
	// has none yet. One query for all, so that it tells nobody which of them there is.
	"UserByEmail": table.Users.Selected(`WHERE (email = $1 OR email_key = $2 AND email_key <> '' OR email = $2) AND deleted_at = 0
		ORDER BY email = $1 DESC, email_key DESC LIMIT 1`),
	"UserByID": table.Users.Selected(`WHERE id = $1 AND deleted_at = 0`),
	"UserOfIdentity": table.Users.Selected(`WHERE id = (
		SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2)`),
	"UsersAfter":  table.Users.Selected(`WHERE email > $1` + listedUsers + ` ORDER BY email LIMIT $7`),
	"UsersBefore": table.Users.Selected(`WHERE email < $1` + listedUsers + ` ORDER BY email DESC LIMIT $7`),
}

// newestFirst orders sessions of one user by start, the newest first. Of those that started
// at one instant, the first has no EXIT or ended last: the others have no length.
const newestFirst = `ORDER BY started_at DESC, phase, ended_at DESC, id DESC`

// listedUsers are what CountUsers counts.
const listedUsers = ` AND deleted_at = 0
	AND lower(email || ' ' || first_name || ' ' || last_name) LIKE lower(CAST($2 AS text)) ESCAPE '\'
	AND (CAST($3 AS boolean) OR role = $4)
	AND (CAST($5 AS boolean) OR is_active = $6)`

// reader runs one of sharedReads, on a pool or in a transaction.
type reader func(ctx context.Context, name string, arguments ...any) (*sql.Rows, error)

// stream calls do with each row that one of sharedReads finds, until do returns false. Only one row
// at a time is in memory. do must not read from the database: it would wait for a connection
// while it holds one.
func stream[Row any](ctx context.Context, read reader, t table.Table[Row], do func(Row) bool, name string, arguments ...any) error {
	rows, err := read(ctx, name, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := 0
	defer func() { meter.Count(ctx, found) }()
	for rows.Next() {
		found++
		row, err := t.Scan(rows)
		if err != nil {
			return err
		}
		if !do(row) {
			return nil
		}
	}
	return rows.Err()
}

// all returns the rows that one of sharedReads finds.
func all[Row any](ctx context.Context, read reader, t table.Table[Row], name string, arguments ...any) ([]Row, error) {
	var found []Row
	err := stream(ctx, read, t, func(row Row) bool {
		found = append(found, row)
		return true
	}, name, arguments...)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// one returns the row that one of sharedReads finds, or sql.ErrNoRows.
func one[Row any](ctx context.Context, read reader, t table.Table[Row], name string, arguments ...any) (Row, error) {
	found, err := all(ctx, read, t, name, arguments...)
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		var none Row
		return none, err
	}
	return found[0], nil
}

// user runs one of the reads of a user. It returns account.ErrUnknownUser if there is none.
func user(ctx context.Context, read reader, name string, arguments ...any) (account.User, error) {
	u, err := one(ctx, read, table.Users, name, arguments...)
	return u, found(err, account.ErrUnknownUser, "reading a user")
}

// each converts every element of a slice.
func each[Row, Out any](rows []Row, convert func(Row) Out) []Out {
	out := make([]Out, len(rows))
	for i, r := range rows {
		out[i] = convert(r)
	}
	return out
}
