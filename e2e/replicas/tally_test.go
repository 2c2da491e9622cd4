package replicas

import (
	"fmt"
	"net/http"
)

// tally says what the work was.
type tally struct {
	requests, events, duplicates, corrections, unknown, sessions int
	refused                                                      map[int]int    // requests and presses of batches, by status
	kinds                                                        map[string]int // entries of logs
}

func newTally() tally { return tally{refused: map[int]int{}, kinds: map[string]int{}} }

func (t *tally) count(ops []*op) {
	for _, o := range ops {
		t.requests++
		switch {
		case !o.answered():
			t.unknown++
		case o.status != http.StatusOK:
			t.refused[o.status]++
		}
		switch o.does.(type) {
		case press, batch:
			t.countPresses(o)
		case correction, work, resume:
			if got, err := decoded[correctionAnswer](o); err == nil && got.Changed {
				t.corrections++
			}
		}
	}
}

func (t *tally) countPresses(o *op) {
	if got, err := decoded[pressAnswer](o); err == nil && got.Duplicate {
		t.duplicates++
	}
	got, err := decoded[batchAnswer](o)
	if err != nil {
		return
	}
	for _, r := range got.Results {
		switch r.Result {
		case "duplicate":
			t.duplicates++
		case "rejected":
			t.refused[r.Status]++
		}
	}
}

func (t *tally) add(u *user) {
	t.requests += u.requests
	for status, n := range u.refused {
		t.refused[status] += n
	}
	t.duplicates += u.duplicates
	t.corrections += u.corrections
	t.unknown += u.unknown
	for _, s := range u.m.sessions {
		t.sessions++
		t.events += s.n
		for _, e := range s.log {
			t.kinds[e.kind]++
		}
	}
}

func (t tally) String() string {
	return fmt.Sprintf("%d requests, %d without an answer; refused by status: %v; %d duplicates answered; %d corrections; %d sessions with %d entries: %v",
		t.requests, t.unknown, t.refused, t.duplicates, t.corrections, t.sessions, t.events, t.kinds)
}
