package httpx

import (
	"context"
	"errors"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/meter"
)

const (
	// readsAtOnce is how many reads of one user are worked on at once. All open pages of a
	// user are drawn anew after a press, so others wait: as many as pages may be open, and some.
	readsAtOnce  = 3
	readsWaiting = 27
	// readPatience is how long a read waits for its slot.
	readPatience = 10 * time.Second
)

// Reads bounds the reads that take longer the more a user has stored: summaries, logs and
// reports. Both faces use the same one.
type Reads struct {
	Long  *LongReads
	rate  *limit.Limiter
	slots *Slots
}

func newReads(rate *limit.Limiter, now func() time.Time) *Reads {
	return &Reads{Long: newLongReads(now), rate: rate, slots: NewSlots(readsAtOnce, readsWaiting, time.Second)}
}

// Begin takes a read of a user into account, and waits until it may be worked on. The caller
// reads with the context that Begin returns, and calls end when all is answered. Begin returns a
// *fault.Throttled after too many.
func (r *Reads) Begin(ctx context.Context, userID int64) (reading context.Context, end func(), err error) {
	if err := r.rate.Take(ctx, UserKey(userID)); err != nil {
		return nil, nil, err
	}
	patient, cancel := context.WithTimeout(ctx, readPatience)
	defer cancel()
	leave, err := r.wait(patient, userID)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = &fault.Throttled{RetryAfter: readPatience}
	}
	if err != nil {
		return nil, nil, err
	}
	reading, rows := meter.With(ctx)
	return reading, func() {
		r.Long.note(userID, rows.Rows())
		leave()
	}, nil
}

// wait waits for a slot of the user and, if the user's reads are long, for a turn.
func (r *Reads) wait(ctx context.Context, userID int64) (end func(), err error) {
	leave, err := r.slots.Take(ctx, userID)
	if err != nil {
		return nil, err
	}
	giveBack, err := r.Long.takeIfLong(ctx, userID)
	if err != nil {
		leave()
		return nil, err
	}
	return func() {
		giveBack()
		leave()
	}, nil
}
