package limit

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// day is one of UTC, the same on all replicas. All have the same length.
const day = 24 * time.Hour

// Quota holds each key to an amount for each day of UTC, never more, on all replicas together.
//
// It takes the amount from the counters in portions, so that most takers cost nothing. A
// replica may thus keep up to a portion, which others cannot take: with several replicas a
// key may be refused when that much is left.
type Quota struct {
	name     string
	perDay   int
	portion  int
	counters Counters
	now      func() time.Time

	mu   sync.Mutex
	day  int64           // of kept and done
	kept map[string]int  // what was taken from the counters and not used; negative for what was used beyond
	done map[string]bool // keys for which the counters have no more
}

// Grant is an amount that a key may use on a day.
type Grant struct {
	N   int
	key string
	day int64 // days since 1970
}

// portions is in how many portions a day's amount is taken.
const portions = 100

// NewQuota returns a Quota. perDay 0 means that everybody gets as much as they want. Quotas
// with the same name and counters count together.
func NewQuota(name string, perDay int, counters Counters, now func() time.Time) *Quota {
	return &Quota{name: name, perDay: perDay, portion: max(1, perDay/portions), counters: counters, now: now}
}

// Take grants up to n, and at least 1 unless n is 0. It returns Exceeded if nothing is left.
// Other errors are those of the counters. The caller settles the grant.
func (q *Quota) Take(ctx context.Context, key string, n int) (Grant, error) {
	now := q.now()
	g := Grant{N: n, key: key, day: now.UnixMicro() / day.Microseconds()}
	if q.perDay == 0 || n == 0 {
		return g, nil
	}
	had := q.takeKept(g)
	if had >= n {
		q.keep(g, had-n)
		return g, nil
	}
	got, err := q.takeCounted(ctx, g, max(n-had, q.portion))
	if err != nil {
		q.keep(g, had)
		return Grant{}, fmt.Errorf("counting for the day: %w", err)
	}
	g.N = max(0, min(n, had+got))
	if q.keep(g, had+got-g.N); g.N == 0 {
		return Grant{}, q.Exceeded()
	}
	return g, nil
}

// Settle tells how much of a grant was used. It may be more than was granted.
func (q *Quota) Settle(g Grant, used int) {
	if q.perDay > 0 && g.key != "" {
		q.keep(g, g.N-used)
	}
}

// Exceeded returns the *fault.Throttled of a key with nothing left.
func (q *Quota) Exceeded() error {
	now := q.now()
	return &fault.Throttled{
		RetryAfter: now.UTC().Truncate(day).Add(day).Sub(now),
		Text: fmt.Sprintf("today's %d entries are used up: nothing that you do now is recorded before 00:00 UTC. "+
			"The widget keeps what you press and sends it then", q.perDay),
	}
}

// takeKept takes all that is kept for the key of a grant.
func (q *Quota) takeKept(g Grant) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.day < g.day {
		q.day, q.kept, q.done = g.day, make(map[string]int), make(map[string]bool)
	}
	if q.day != g.day {
		return 0
	}
	kept := q.kept[g.key]
	delete(q.kept, g.key)
	return kept
}

// keep keeps an amount for the next taker of the same day.
func (q *Quota) keep(g Grant, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.day != g.day || n == 0 {
		return
	}
	if q.kept[g.key] += n; q.kept[g.key] == 0 {
		delete(q.kept, g.key)
	}
}

// isDone reports whether the counters have no more for the key of a grant.
func (q *Quota) isDone(g Grant) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.day == g.day && q.done[g.key]
}

// setDone notes that the counters have no more for the key of a grant.
func (q *Quota) setDone(g Grant) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.day == g.day {
		q.done[g.key] = true
	}
}

// takeCounted takes up to n from the counters.
func (q *Quota) takeCounted(ctx context.Context, g Grant, n int) (got int, err error) {
	if q.isDone(g) {
		return 0, nil
	}
	counter := q.name + ":" + g.key + ":" + strconv.FormatInt(g.day, 10)
	err = q.counters.UpdateCounter(ctx, counter, (g.day+1)*day.Microseconds(), func(used []int64) []int64 {
		before := int64(0)
		if len(used) > 0 {
			before = used[0]
		}
		got = max(0, min(n, q.perDay-int(before)))
		return []int64{before + int64(got)}
	})
	if err == nil && got < n {
		q.setDone(g)
	}
	return got, err
}
