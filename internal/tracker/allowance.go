package tracker

import (
	"context"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// allow takes what a request would add to its user's logs from the quota of the day. A change
// gets all that it needs, or nothing; of presses at least the first. What was not used is given
// back when the request is done, so repeats, refused presses and failures cost nothing. Only a
// caller who gives up before it is done pays for it.
//
// The EXIT that ends a full session is not counted: there is one for 10,000 events.
func (t *Tracker) allow(ctx context.Context, r *request) (limit.Grant, error) {
	if r.isPreview || r.probe {
		return limit.Grant{}, nil
	}
	n := len(r.presses)
	if r.change != nil {
		n = r.change.entries()
	}
	grant, err := t.quota.Take(ctx, strconv.FormatInt(r.rater.ID, 10), n)
	if err == nil && r.change != nil && grant.N < n {
		t.quota.Settle(grant, 0)
		err = t.quota.Exceeded()
	}
	return grant, err
}

// settle gives back what a request that is done did not use.
func (t *Tracker) settle(r *request) {
	switch {
	case r.isPutOff:
	case r.err != nil:
		t.quota.Settle(r.grant, 0)
	default:
		t.quota.Settle(r.grant, r.entries)
	}
}
