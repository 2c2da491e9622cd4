package replicas

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// logSQL reads the logs themselves, because the API shows none of a deleted session.
const logSQL = `SELECT session_id::text, seq, id::text, type, at, client_at, wanted, target_micros, aet_high, outcome,
	by_hand, question_id::text, press_id::text, moved_to, adjusted, adjusted_active
	FROM events WHERE user_id = $1 ORDER BY session_id, seq`

// logsOf reads the logs of all sessions of a user.
func logsOf(ctx context.Context, db *pgx.Conn, userID string) (map[string][]entry, error) {
	rows, err := db.Query(ctx, logSQL, userID)
	if err != nil {
		return nil, fmt.Errorf("reading the logs: %w", err)
	}
	defer rows.Close()
	logs := map[string][]entry{}
	for rows.Next() {
		var id string
		var e entry
		err := rows.Scan(&id, &e.seq, &e.id, &e.kind, &e.at, &e.clientAt, &e.wants, &e.target, &e.estimate, &e.outcome,
			&e.byHand, &e.question, &e.press, &e.movedTo, &e.adjusted, &e.activeFor)
		if err != nil {
			return nil, fmt.Errorf("reading a log: %w", err)
		}
		logs[id] = append(logs[id], e)
		if len(logs[id]) != e.seq {
			return nil, fmt.Errorf("session %s: entry %d has the number %d", id, len(logs[id]), e.seq)
		}
	}
	return logs, rows.Err()
}
