package replicas

import (
	"fmt"
	"net/http"
)

// tally says what the work was.
type tally struct {
	requests, events, refused, duplicates, corrections, unknown, sessions int
}

func (t *tally) count(ops []*op) {
	for _, o := range ops {
		t.requests++
		switch {
		case !o.answered():
			t.unknown++
		case o.status != http.StatusOK:
			t.refused++
		}
		switch o.does.(type) {
		case press, batch:
			t.duplicates += o.duplicates()
		case correction, work, resume:
			if got, err := decoded[correctionAnswer](o); err == nil && got.Changed {
				t.corrections++
			}
		}
	}
}

func (o *op) duplicates() (n int) {
	if got, err := decoded[pressAnswer](o); err == nil && got.Duplicate {
		n++
	}
	got, err := decoded[batchAnswer](o)
	if err != nil {
		return n
	}
	for _, r := range got.Results {
		if r.Result == "duplicate" {
			n++
		}
	}
	return n
}

func (t *tally) add(u *user) {
	t.requests += u.requests
	t.refused += u.refused
	t.duplicates += u.duplicates
	t.corrections += u.corrections
	t.unknown += u.unknown
	for _, s := range u.m.sessions {
		t.sessions++
		t.events += s.n
	}
}

func (t tally) String() string {
	return fmt.Sprintf("%d requests, of which %d were refused and %d had no answer; %d sessions with %d entries; %d duplicates answered, %d corrections",
		t.requests, t.refused, t.unknown, t.sessions, t.events, t.duplicates, t.corrections)
}
