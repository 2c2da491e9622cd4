package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/storetest"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Groups of all replicas, and whoever counts beside them, share one limit.
func TestPostgresReplicasAdmitTogether(t *testing.T) {
	t.Parallel()
	stores := openAtOnce(t, postgres.Database(t), 3)
	if t.Failed() {
		return
	}
	replicas := make([]storetest.Store, len(stores))
	for i, s := range stores {
		replicas[i] = s
	}
	storetest.Admit(t, "shared", replicas...)
}

// A group that is not written counts nothing. An update that changes nothing writes nothing,
// so a refused request loses no race; and one that counts loses it.
func TestPostgresGroupCountsWithItsTransaction(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Database(t))
	counters := s.Counters(time.Now)
	add := func(at int64) func([]int64) []int64 {
		return func(times []int64) []int64 { return append(times, at) }
	}
	same := func(times []int64) []int64 { return times }
	group := func(update func([]int64) []int64, then func() error) error {
		return s.InTx(t.Context(), func(tx tracker.Tx) error {
			if _, err := tx.Load(t.Context(), tracker.Need{Counters: []string{"key"}}); err != nil {
				return err
			}
			return errors.Join(tx.UpdateCounter(t.Context(), "key", 100, update), then())
		})
	}
	meanwhile := func(at int64) func() error {
		return func() error { return counters.UpdateCounter(t.Context(), "key", 100, add(at)) }
	}
	nothing := func() error { return nil }
	refused := errors.New("refused")
	for _, step := range []struct {
		name   string
		update func([]int64) []int64
		then   func() error
		want   error
		kept   []int64
	}{
		{"the first is counted", add(1), nothing, nil, []int64{1}},
		{"a failure is not", add(2), func() error { return refused }, refused, []int64{1}},
		{"another one came first", add(3), meanwhile(4), tracker.ErrLostRace, []int64{1, 4}},
		{"a refusal loses no race", same, meanwhile(5), nil, []int64{1, 4, 5}},
	} {
		if err := group(step.update, step.then); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
		err := counters.UpdateCounter(t.Context(), "key", 100, func(times []int64) []int64 {
			if !slices.Equal(times, step.kept) {
				t.Errorf("%s: kept %v, want %v", step.name, times, step.kept)
			}
			return times
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := s.InTx(t.Context(), func(tx tracker.Tx) error { return tx.UpdateCounter(t.Context(), "key", 100, add(6)) })
	if err == nil {
		t.Error("counted what was not loaded")
	}
}
