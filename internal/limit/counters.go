// Package limit bounds how often a client or a user may do something: a Limiter holds
// requests to a rate, and a Throttle makes people who fail repeatedly wait. Both keep the
// times of what a key did, so both count exactly, and across all replicas when the counters
// are in the database.
package limit

import (
	"context"
	"sync"
	"time"
)

// Counters keeps a few times for each key.
type Counters interface {
	// UpdateCounter replaces the times kept for key, in microseconds since 1970 UTC, by
	// what update makes of them. A key without times has the empty slice. Nobody else
	// updates the key in the meantime, on any replica. The times may be forgotten from
	// expires on, which has the same unit. update may be called again after a failure.
	UpdateCounter(ctx context.Context, key string, expires int64, update func(times []int64) []int64) error
}

// sweepEvery is how often a Memory looks for keys that have expired.
const sweepEvery = time.Minute

// Memory is Counters in the memory of one process, for a server without replicas.
type Memory struct {
	now func() time.Time

	mu      sync.Mutex
	kept    map[string]counter
	sweepAt time.Time
}

type counter struct {
	times   []int64
	expires int64
}

// NewMemory returns a Memory without keys.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, kept: make(map[string]counter)}
}

// UpdateCounter implements Counters; it returns no error.
func (m *Memory) UpdateCounter(_ context.Context, key string, expires int64, update func([]int64) []int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	times := update(m.kept[key].times)
	if len(times) == 0 {
		delete(m.kept, key)
		return nil
	}
	m.kept[key] = counter{times: times, expires: expires}
	return nil
}

// sweep forgets what has expired, so that keys that are used once do not fill the
// memory. It needs mu to be held.
func (m *Memory) sweep() {
	now := m.now()
	if now.Before(m.sweepAt) {
		return
	}
	m.sweepAt = now.Add(sweepEvery)
	for key, c := range m.kept {
		if c.expires <= now.UnixMicro() {
			delete(m.kept, key)
		}
	}
}

// after returns the times after an instant, in a new slice. The times need not be in
// order, because the clocks of replicas differ a little.
func after(times []int64, instant int64) []int64 {
	var kept []int64
	for _, at := range times {
		if at > instant {
			kept = append(kept, at)
		}
	}
	return kept
}
