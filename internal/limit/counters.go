// Package limit holds what a stranger may repeat to a number of times: requests of
// a client or a user (SPEC section 6, rate limits) and failed logins (login
// throttling). Both keep, for a key, the times of what was done, so both count
// exactly, and on every replica alike when the counters are in the database.
package limit

import (
	"context"
	"sync"
	"time"
)

// Counters keeps a few times for each key.
type Counters interface {
	// UpdateCounter replaces the times kept for key, microseconds since 1970 UTC, by
	// what update makes of them. Nobody else updates the key meanwhile, on any
	// replica. A key without times is the empty slice, and they may be forgotten
	// from expires on, of the same unit. update may be called again after a failure.
	UpdateCounter(ctx context.Context, key string, expires int64, update func(times []int64) []int64) error
}

// sweepEvery is how often a Memory looks for keys that have expired.
const sweepEvery = time.Minute

// Memory is Counters of one process, for a server without replicas.
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

// NewMemory is a Memory without keys.
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

// sweep forgets what has expired, so that keys which come once do not fill the
// memory; it holds mu.
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

// after is the times that lie after an instant, in a slice of their own: replicas'
// clocks differ a little, so they need not be in order.
func after(times []int64, instant int64) []int64 {
	var kept []int64
	for _, at := range times {
		if at > instant {
			kept = append(kept, at)
		}
	}
	return kept
}
