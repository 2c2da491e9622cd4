package tracker

import (
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Press is an event that a person made, as a client sends it.
type Press struct {
	ID         string           // canonical UUID; "" lets the server give one
	Type       timeline.Type    // one of the four presses
	At         timeline.Instant // by the client's clock; 0 means the server's time
	SentAt     timeline.Instant // the client's clock when sending; 0 means the sentAt of Record
	WantPaused *bool            // of a PAUSE: the state it asks for
	Task       timeline.Task    // of a NEXT: the question it opens
	Outcome    timeline.Outcome // of a NEXT or EXIT: what became of the question it closes
}

const (
	// skewTolerance is how far the client's clock may be off before it is corrected.
	skewTolerance = 2 * timeline.Second
	// futureTolerance is how far ahead of the server a press may lie.
	futureTolerance = 2 * timeline.Minute
)

// earliest is the first instant that a press may have. An older one comes from a broken
// clock.
var earliest = timeline.InstantOf(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))

// timed is a press with the instant at which it counts.
type timed struct {
	Press
	at timeline.Instant // 0 means the server's time when it is recorded
	// refused says why its time cannot be right. A repeat of a recorded press is answered
	// anyway.
	refused error
}

// timedBy corrects the time of a press by the skew of the client's clock, which SentAt
// shows, and refuses a time that cannot be right.
func timedBy(p Press, received timeline.Instant) timed {
	if p.At == 0 {
		return timed{Press: p}
	}
	at := p.At
	if p.SentAt != 0 {
		if skew := timeline.Micros(received - p.SentAt); skew > skewTolerance || skew < -skewTolerance {
			at = at.Add(skew)
		}
	}
	switch {
	case p.At < earliest || at < earliest:
		return timed{Press: p, refused: fault.Field("timestamp", "must not be before 2000-01-01")}
	case at > received.Add(futureTolerance):
		return timed{Press: p, refused: fault.Field("timestamp", "must not be more than 2 minutes in the future")}
	}
	return timed{Press: p, at: at}
}

// stored returns the press as it is kept. Its time is known by now.
func (p timed) stored(received timeline.Instant) StoredEvent {
	return StoredEvent{
		Event: timeline.Event{
			ID: p.ID, Type: p.Type, At: p.at,
			WantPaused: p.WantPaused, Task: p.Task, Outcome: p.Outcome,
		},
		ReceivedAt: received, ClientAt: p.At, SentAt: p.SentAt,
	}
}

// newID returns a UUID of version 7, so that new rows of one user lie side by side.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
