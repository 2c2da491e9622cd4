package httpx

import (
	"context"
	"maps"
	"runtime"
	"sync"
	"time"
)

const (
	// longRead is from how many rows on a read is long: a month of a diligent rater is not, and
	// the pages that somebody reads while working are a tenth of it. It takes some 10 ms.
	longRead = 2000
	// longFor is how long the reads of a user count as long after one that was.
	longFor = time.Minute
)

// LongReads are a share of the processors for all long reads together, of all users, so that the
// other processors answer at once those who press and look at their day. How long a read will
// take is not known before, so a user's reads count as long for a while after one that was.
type LongReads struct {
	now   func() time.Time
	turns chan struct{} // holds one for each read that is worked on; who waits gets it in order

	mu    sync.Mutex
	until map[int64]time.Time // of users whose reads are long
}

func newLongReads(now func() time.Time) *LongReads {
	turns := max(1, runtime.GOMAXPROCS(0)/2)
	return &LongReads{now: now, turns: make(chan struct{}, turns), until: map[int64]time.Time{}}
}

// Take waits for a turn, until ctx ends. The caller gives it back.
func (l *LongReads) Take(ctx context.Context) (giveBack func(), err error) {
	select {
	case l.turns <- struct{}{}:
		return func() { <-l.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// takeIfLong does the same for a user whose reads are long, and nothing for any other.
func (l *LongReads) takeIfLong(ctx context.Context, userID int64) (giveBack func(), err error) {
	l.mu.Lock()
	isLong := l.now().Before(l.until[userID])
	l.mu.Unlock()
	if !isLong {
		return func() {}, nil
	}
	return l.Take(ctx)
}

// note learns how many rows a read of a user took.
func (l *LongReads) note(userID int64, rows int) {
	if rows < longRead {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	maps.DeleteFunc(l.until, func(_ int64, until time.Time) bool { return !now.Before(until) })
	l.until[userID] = now.Add(longFor)
}
