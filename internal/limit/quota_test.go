package limit_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// asked counts how often counters are asked.
type asked struct {
	limit.Counters
	times atomic.Int64
}

func (a *asked) UpdateCounter(ctx context.Context, key string, expires int64, update func([]int64) []int64) error {
	a.times.Add(1)
	return a.Counters.UpdateCounter(ctx, key, expires, update)
}

// Replicas together grant a key never more than the day's amount, whatever is used of each
// grant; and one replica alone grants all of it.
func TestQuota(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		perDay := rapid.IntRange(1, 500).Draw(t, "per day")
		counters := limit.NewMemory(clock)
		replicas := make([]*limit.Quota, rapid.IntRange(1, 3).Draw(t, "replicas"))
		for i := range replicas {
			replicas[i] = limit.NewQuota("test", perDay, counters, clock)
		}
		used := 0
		take := func(q *limit.Quota, n int) error {
			grant, err := q.Take(context.Background(), "ann", n)
			if err != nil {
				return err
			}
			if grant.N < 1 || grant.N > n {
				t.Fatalf("granted %d of %d", grant.N, n)
			}
			uses := rapid.IntRange(0, grant.N).Draw(t, "used")
			q.Settle(grant, uses)
			used += uses
			return nil
		}
		for range rapid.IntRange(0, 30).Draw(t, "takes") {
			q := replicas[rapid.IntRange(0, len(replicas)-1).Draw(t, "replica")]
			err := take(q, rapid.IntRange(1, 100).Draw(t, "n"))
			if _, throttled := errors.AsType[*fault.Throttled](err); err != nil && !throttled {
				t.Fatal(err)
			}
		}
		if used > perDay {
			t.Errorf("%d were used, want at most %d", used, perDay)
		}
		for len(replicas) == 1 && used < perDay {
			if err := take(replicas[0], 1); err != nil {
				t.Fatalf("refused when %d of %d are left: %v", perDay-used, perDay, err)
			}
		}
	})
}

// Most takers cost no count, and neither does somebody who has used up the day.
func TestQuotaAsksRarely(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	counters := &asked{Counters: limit.NewMemory(clock)}
	q := limit.NewQuota("test", 1000, counters, clock)
	for i := range 1000 {
		g, err := q.Take(t.Context(), "ann", 1)
		if err != nil {
			t.Fatalf("press %d: %v", i+1, err)
		}
		q.Settle(g, 1)
	}
	for range 50 {
		_, err := q.Take(t.Context(), "ann", 1)
		throttled, ok := errors.AsType[*fault.Throttled](err)
		if !ok || throttled.Seconds() != 12*60*60 {
			t.Fatalf("got %v, want that it goes on in 12 hours", err)
		}
	}
	if n := counters.times.Load(); n > 101 {
		t.Errorf("the counters were asked %d times, want at most 101", n)
	}
	if _, err := q.Take(t.Context(), "bob", 1); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	now = now.Add(12 * time.Hour)
	if _, err := q.Take(t.Context(), "ann", 1); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// What was used beyond a grant is missing afterwards, and a grant of yesterday gives nothing
// back today.
func TestQuotaDebts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	q := limit.NewQuota("test", 10, limit.NewMemory(clock), clock)
	g, _ := q.Take(t.Context(), "ann", 5)
	q.Settle(g, 7)
	if g, _ = q.Take(t.Context(), "ann", 5); g.N != 3 {
		t.Errorf("granted %d of the last 3", g.N)
	}
	now = now.Add(24 * time.Hour)
	today, _ := q.Take(t.Context(), "ann", 10)
	q.Settle(g, 0)
	if more, err := q.Take(t.Context(), "ann", 1); today.N != 10 || err == nil {
		t.Errorf("granted %d, and %d more", today.N, more.N)
	}
	off := limit.NewQuota("test", 0, nil, clock)
	if g, err := off.Take(t.Context(), "ann", 1_000_000); err != nil || g.N != 1_000_000 {
		t.Errorf("without a limit: %d, %v", g.N, err)
	}
}
