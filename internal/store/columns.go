package store

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// The columns of the tables that ingest writes, in the order of their insert
// statements on both databases.

func eventColumns(e tracker.StoredEvent) []any {
	return append([]any{
		e.Session.UserID, e.Session.ID, e.Seq, e.ID, string(e.Type),
		int64(e.At), int64(e.ReceivedAt), int64(e.ClientAt), int64(e.SentAt), wanted(e.WantPaused),
		int64(e.Target), e.QuestionID,
		int64(e.Answered.Index), e.Answered.Closed, int64(e.Answered.Raw), int64(e.Answered.Active),
		e.Adjustment.Set, int64(e.Adjustment.Active),
	}, taskColumns(e.Task)...)
}

func sessionColumns(s tracker.StoredSession) []any {
	state := s.State
	return append([]any{
		s.UserID, s.ID, s.Version, int64(state.Phase), state.Deleted,
		int64(state.StartedAt), int64(state.EndedAt), int64(state.Target),
		int64(state.Closed), int64(state.Counted), int64(state.LastAt),
		int64(state.Current.StartedAt), int64(state.Current.Paused), int64(state.Current.PausedAt),
	}, taskColumns(state.Current.Task)...)
}

func questionColumns(q tracker.StoredQuestion) []any {
	return append([]any{
		q.UserID, int64(q.StartedAt), q.Question.ID, q.SessionKey.ID, q.Seq,
		int64(q.EndedAt), int64(q.Paused), q.Adjustment.Set, int64(q.Adjustment.Active),
	}, taskColumns(q.Task)...)
}

func questionKeyColumns(q tracker.StoredQuestion) []any {
	return []any{q.UserID, int64(q.StartedAt), q.Question.ID}
}

func taskColumns(t timeline.Task) []any {
	return []any{int64(t.AETLow), int64(t.AETHigh), t.AETText, t.ID, t.Type}
}

const (
	taskNames     = `aet_low, aet_high, aet_text, task_id, task_type`
	eventNames    = `user_id, session_id, seq, id, type, at, received_at, client_at, sent_at, wanted, target_micros, question_id, answered_index, answered_closed, answered_raw, answered_active, adjusted, adjusted_active, ` + taskNames
	sessionNames  = `user_id, id, version, phase, deleted, started_at, ended_at, target_micros, closed, counted, last_at, current_started_at, current_paused, current_paused_at, ` + taskNames
	questionNames = `user_id, started_at, id, session_id, seq, ended_at, paused, adjusted, adjusted_active, ` + taskNames
	// sessionUpsert replaces the session that is there: all that may change.
	sessionUpsert = ` ON CONFLICT (user_id, id) DO UPDATE SET
  version = excluded.version, phase = excluded.phase, deleted = excluded.deleted,
  started_at = excluded.started_at, ended_at = excluded.ended_at,
  target_micros = excluded.target_micros, closed = excluded.closed, counted = excluded.counted,
  last_at = excluded.last_at, current_started_at = excluded.current_started_at,
  current_paused = excluded.current_paused, current_paused_at = excluded.current_paused_at,
  aet_low = excluded.aet_low, aet_high = excluded.aet_high, aet_text = excluded.aet_text,
  task_id = excluded.task_id, task_type = excluded.task_type`
)
