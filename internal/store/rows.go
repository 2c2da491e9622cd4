package store

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// What a PAUSE asked for, in events.wanted.
const (
	wantToggle = iota
	wantRunning
	wantPaused
)

func wanted(paused *bool) int64 {
	switch {
	case paused == nil:
		return wantToggle
	case *paused:
		return wantPaused
	}
	return wantRunning
}

func wantedState(wanted int64) *bool {
	if wanted == wantToggle {
		return nil
	}
	paused := wanted == wantPaused
	return &paused
}

func taskOf(low, high int64, text, id, kind string) timeline.Task {
	return timeline.Task{
		AETLow: timeline.Micros(low), AETHigh: timeline.Micros(high), AETText: text, ID: id, Type: kind,
	}
}

func adjustmentOf(set bool, active int64) timeline.Adjustment {
	return timeline.Adjustment{Set: set, Active: timeline.Micros(active)}
}

func sessionOf(r queries.Session) tracker.StoredSession {
	return tracker.StoredSession{
		SessionKey: tracker.SessionKey{UserID: r.UserID, ID: r.ID},
		Version:    r.Version,
		State: timeline.State{
			Phase: timeline.Phase(r.Phase), Deleted: r.Deleted,
			StartedAt: timeline.Instant(r.StartedAt), EndedAt: timeline.Instant(r.EndedAt),
			Target: timeline.Micros(r.TargetMicros), Closed: int(r.Closed), Counted: int(r.Counted),
			Current: timeline.Current{
				StartedAt: timeline.Instant(r.CurrentStartedAt),
				Paused:    timeline.Micros(r.CurrentPaused),
				PausedAt:  timeline.Instant(r.CurrentPausedAt),
				Task:      taskOf(r.AetLow, r.AetHigh, r.AetText, r.TaskID, r.TaskType),
			},
			LastAt: timeline.Instant(r.LastAt),
		},
	}
}

func eventOf(r queries.Event) tracker.StoredEvent {
	return tracker.StoredEvent{
		Session: tracker.SessionKey{UserID: r.UserID, ID: r.SessionID},
		Event: timeline.Event{
			ID: r.ID, Seq: r.Seq, Type: timeline.Type(r.Type), At: timeline.Instant(r.At),
			WantPaused: wantedState(r.Wanted),
			Task:       taskOf(r.AetLow, r.AetHigh, r.AetText, r.TaskID, r.TaskType),
			Target:     timeline.Micros(r.TargetMicros), QuestionID: r.QuestionID,
			Adjustment: adjustmentOf(r.Adjusted, r.AdjustedActive),
		},
		ReceivedAt: timeline.Instant(r.ReceivedAt),
		ClientAt:   timeline.Instant(r.ClientAt),
		SentAt:     timeline.Instant(r.SentAt),
		Answered: tracker.Answered{
			Index: int(r.AnsweredIndex), Closed: r.AnsweredClosed,
			Raw: timeline.Micros(r.AnsweredRaw), Active: timeline.Micros(r.AnsweredActive),
		},
	}
}

func questionOf(r queries.Question) tracker.StoredQuestion {
	return tracker.StoredQuestion{
		SessionKey: tracker.SessionKey{UserID: r.UserID, ID: r.SessionID},
		Question: timeline.Question{
			ID: r.ID, Seq: r.Seq,
			StartedAt: timeline.Instant(r.StartedAt), EndedAt: timeline.Instant(r.EndedAt),
			Paused:     timeline.Micros(r.Paused),
			Adjustment: adjustmentOf(r.Adjusted, r.AdjustedActive),
			Task:       taskOf(r.AetLow, r.AetHigh, r.AetText, r.TaskID, r.TaskType),
		},
	}
}

// each converts a result set.
func each[Row, Out any](rows []Row, convert func(Row) Out) []Out {
	out := make([]Out, len(rows))
	for i, r := range rows {
		out[i] = convert(r)
	}
	return out
}
