package tracker

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ErrLoggedOut is returned when the access token of a Sender has ended, or its user is
// disabled.
var ErrLoggedOut = fault.New(fault.Unauthenticated, "the access token has ended: log in again")

// Sender sends presses and has not been let in yet. The group that records the presses does
// that in its own transaction: so most presses need no query and no count of their own.
type Sender struct {
	Rater Rater // only ID counts, and Target for a user who has chosen none
	Login Login
	Rate  *limit.Limiter // of requests
	Key   string         // of the user, for Rate
}

// Login names an access token of a user.
type Login struct {
	UserID int64
	Token  string
}

// StoredLogin is an access token that exists, of a user who is not disabled.
type StoredLogin struct {
	Login
	Target timeline.Micros // the user's own target per question; 0 when none is chosen
}

// RecordFrom is Record for a Sender. It returns ErrLoggedOut or a *fault.Throttled if the
// sender is not let in: then none of the presses is recorded, and the request is not counted.
func (t *Tracker) RecordFrom(ctx context.Context, from Sender, presses []Press, sentAt timeline.Instant) ([]Outcome, error) {
	r := t.recording(from.Rater, presses, sentAt)
	r.sender = &from
	return t.recorded(ctx, r)
}

func byLogin(stored []StoredLogin) map[Login]StoredLogin {
	logins := make(map[Login]StoredLogin, len(stored))
	for _, l := range stored {
		logins[l.Login] = l
	}
	return logins
}

// letIn decides whether a request is recorded: its login must exist, and then it must be
// within its rate. If it is not, r.refused says why.
func (g *group) letIn(ctx context.Context, tx Tx, r *request) (bool, error) {
	r.refused, r.isPutOff, r.entries = nil, false, 0
	if r.sender == nil { // somebody has looked before
		return true, nil
	}
	stored, ok := g.logins[r.sender.Login]
	if !ok {
		r.refused = ErrLoggedOut
		return false, nil
	}
	if stored.Target != 0 {
		r.rater.Target = stored.Target
	}
	if r.isApart { // the group that put it off has counted it
		return true, nil
	}
	err := r.sender.Rate.TakeFrom(ctx, tx, r.sender.Key)
	if _, throttled := errors.AsType[*fault.Throttled](err); throttled {
		r.refused = err
		return false, nil
	}
	return err == nil, err
}

// nameGateOnce removes what requests of the same user asked for twice: a flood of one user makes
// its group read one login and one counter.
func (n *Need) nameGateOnce() {
	slices.SortFunc(n.Logins, func(a, b Login) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.Token, b.Token))
	})
	n.Logins = slices.Compact(n.Logins)
	slices.Sort(n.Counters)
	n.Counters = slices.Compact(n.Counters)
}

// needOf adds what letIn asks for.
func (s *Sender) needOf(need *Need) {
	need.Logins = append(need.Logins, s.Login)
	if counter := s.Rate.Counter(s.Key); counter != "" {
		need.Counters = append(need.Counters, counter)
	}
}
