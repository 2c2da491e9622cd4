package tracker_test

import (
	"context"
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// notedTx notes whether its transaction writes.
type notedTx struct {
	tracker.Tx
	writes *int
}

func (t notedTx) Write(ctx context.Context, c tracker.Changes) error {
	*t.writes++
	return t.Tx.Write(ctx, c)
}

// An answer that says "recorded" about something that was found waits for a commit of its own: the
// commit that recorded it may not be on disk, or at the standby, yet. An answer that says nothing
// of the kind writes nothing.
func TestAnswersThatVouchForWhatTheyFound(t *testing.T) {
	t.Parallel()
	var writes int
	f, _ := newFaulty(t, func(_ int64, next inTx, ctx context.Context, do func(tracker.Tx) error) error {
		return next(ctx, func(tx tracker.Tx) error { return do(notedTx{tx, &writes}) })
	})
	rater := f.newRater(t)
	session := f.record(t, rater, id("a", next(0)), next(60))[0].SessionID
	for _, c := range []struct {
		name string
		do   func() error
		want int
	}{
		{"a repeated press", func() error {
			_, err := f.Record(t.Context(), rater, []tracker.Press{id("a", next(0))}, 0)
			return err
		}, 1},
		{"a repeated correction", func() error {
			_, err := f.RestoreSession(t.Context(), rater, session)
			return err
		}, 1},
		{"a refused press", func() error {
			p := tracker.Press{Type: timeline.Pause, At: at(-60)}
			outcomes, err := f.Record(t.Context(), rater, []tracker.Press{p}, 0)
			if err == nil && !errors.Is(outcomes[0].Err, tracker.ErrNoSession) {
				t.Errorf("%+v", outcomes[0])
			}
			return err
		}, 0},
		{"a refused correction", func() error {
			if err := f.DeleteSession(t.Context(), rater, "none"); !errors.Is(err, tracker.ErrUnknownSession) {
				return err
			}
			return nil
		}, 0},
	} {
		writes = 0
		if err := c.do(); err != nil || writes != c.want {
			t.Errorf("%s: %d writes, want %d; %v", c.name, writes, c.want, err)
		}
	}
}
