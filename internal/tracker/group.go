package tracker

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// group is one transaction's work: requests of any users, applied in the order
// in which they came, in memory, and written together.
type group struct {
	requests []*request
	now      timeline.Instant
	bounds   bounds
	quota    *limit.Quota
	lock     bool // an earlier try lost a race
	reached  int  // what its requests make it read and fold again: see reach

	lines    map[int64]*line // by user
	sessions map[SessionKey]*work
	order    []*work // the sessions in the order in which they were opened
	recorded map[EventKey]StoredEvent
	logins   map[Login]StoredLogin // that exist
	reshaped map[int64]bool        // users for whom more changed than the newest session
}

func (t *Tracker) newGroup(requests []*request) *group {
	return &group{
		requests: requests, now: timeline.InstantOf(t.now()), bounds: t.bounds, quota: t.quota,
		lines:    make(map[int64]*line, len(requests)),
		sessions: make(map[SessionKey]*work, len(requests)),
		recorded: make(map[EventKey]StoredEvent),
		reshaped: make(map[int64]bool),
	}
}

// run loads what the group needs, applies every request, and writes the result.
func (g *group) run(ctx context.Context, tx Tx) error {
	if err := g.applyAll(ctx, tx); err != nil {
		return err
	}
	if g.requests[0].isPreview { // it is alone
		return errPreviewed
	}
	changes := g.changes()
	if changes.Empty() && g.vouches() {
		changes.Probe = newID()
	}
	if changes.Empty() { // at most the counters of the transaction have changed
		return nil
	}
	if err := tx.Write(ctx, changes); err != nil {
		return fmt.Errorf("writing %d events: %w", len(changes.Events), err)
	}
	return nil
}

// applyAll loads what the group needs and applies every request, in memory.
func (g *group) applyAll(ctx context.Context, tx Tx) error {
	need := g.need()
	loaded, err := tx.Load(ctx, need)
	if err != nil {
		return fmt.Errorf("loading the newest sessions: %w", err)
	}
	for _, userID := range need.Users {
		g.lines[userID] = newLine(userID, nil)
	}
	for _, s := range loaded.Newest {
		g.lines[s.UserID] = newLine(s.UserID, g.open(s))
	}
	for _, e := range loaded.Recorded {
		g.recorded[e.Key()] = e
	}
	g.logins = byLogin(loaded.Logins)
	for _, r := range g.requests {
		isIn, err := g.letIn(ctx, tx, r)
		if err == nil && isIn {
			err = g.apply(ctx, tx, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *group) need() Need {
	need := Need{Lock: g.lock}
	for _, r := range g.requests {
		if r.probe {
			continue
		}
		need.Users = append(need.Users, r.rater.ID)
		if r.sender != nil {
			r.sender.needOf(&need)
		}
		if r.change != nil {
			need.Events = append(need.Events, r.change.lookUp(r.rater.ID)...)
		}
		for _, p := range r.presses {
			need.Events = append(need.Events, EventKey{UserID: r.rater.ID, ID: p.ID})
		}
	}
	slices.Sort(need.Users)
	need.Users = slices.Compact(need.Users)
	need.nameGateOnce()
	return need
}

// open returns the session as this group has left it so far, given how it is stored.
func (g *group) open(s StoredSession) *work {
	if w, ok := g.sessions[s.SessionKey]; ok {
		return w
	}
	w := &work{key: s.SessionKey, base: s.Version, state: s.State, most: g.bounds.entries, ahead: g.requests[0].ahead}
	g.sessions[w.key] = w
	g.order = append(g.order, w)
	return w
}

// find returns the session as this group has left it so far.
func (g *group) find(ctx context.Context, tx Tx, key SessionKey) (*work, error) {
	if w, ok := g.sessions[key]; ok {
		return w, nil
	}
	s, err := tx.Session(ctx, key)
	if err != nil {
		return nil, err
	}
	return g.open(s), nil
}

func (g *group) apply(ctx context.Context, tx Tx, r *request) error {
	if r.isPutOff = !g.hasHistoryFor(r); r.isPutOff {
		return nil
	}
	r.outcomes, r.refolded, r.entries = make([]Outcome, 0, len(r.presses)), 0, 0
	if r.change != nil {
		return g.change(ctx, tx, r)
	}
	for _, p := range r.presses {
		if err := r.note(g.record(ctx, tx, r, p)); err != nil {
			return err
		}
	}
	return nil
}

// change makes the change of a request.
func (g *group) change(ctx context.Context, tx Tx, r *request) error {
	corrected, err := r.change.apply(ctx, tx, g, r)
	if err != nil && !isRefusal(err) {
		return err
	}
	r.corrected, r.refused = corrected, err
	for _, w := range g.order { // the change is alone
		r.entries += len(w.added)
	}
	return nil
}

// note adds the outcome of one press. It returns err if that concerns more than this one.
func (r *request) note(answer Answer, err error) error {
	if err != nil && !isRefusal(err) {
		return err
	}
	r.outcomes = append(r.outcomes, Outcome{Answer: answer, Err: err})
	return nil
}

func (g *group) record(ctx context.Context, tx Tx, r *request, p timed) (Answer, error) {
	if known, ok := g.recorded[EventKey{UserID: r.rater.ID, ID: p.ID}]; ok {
		return g.repeat(ctx, tx, known, p)
	}
	if p.refused != nil { // only now: a repeat is answered even if its time is no longer acceptable
		return Answer{}, p.refused
	}
	if r.entries >= r.grant.N {
		return Answer{}, g.quota.Exceeded()
	}
	answer, err := g.press(ctx, tx, r, p)
	if err == nil {
		r.entries++
	}
	return answer, err
}

// press records one press that is not recorded yet, in the session in whose span its time
// falls. Where it falls into none, or into one that is full, a NEXT starts one.
func (g *group) press(ctx context.Context, tx Tx, r *request, p timed) (Answer, error) {
	line := g.lines[r.rater.ID]
	if p.at == 0 {
		p.at = line.serverTime(g.now)
	}
	w, err := line.home(ctx, tx, g, p.at)
	if err != nil {
		return Answer{}, err
	}
	if w == nil && p.Type != timeline.Next {
		return Answer{}, ErrNoSession
	}
	stored, target := p.stored(r.received), r.rater.Target
	var ended *timeline.Question
	if w != nil && w.isCutBy(p.Type, p.at) {
		if ended, err = g.end(ctx, tx, r, w, stored); err != nil {
			return Answer{}, err
		}
		w, target = nil, w.state.Target
	}
	if w == nil {
		w, stored.Target = line.start(g, p.at), target
	}
	closed, err := w.apply(ctx, tx, stored, &r.refolded)
	if err != nil {
		return Answer{}, err
	}
	if w.version() == 1 || w != line.newest {
		g.reshaped[r.rater.ID] = true
	}
	answer := g.answer(w, cmp.Or(ended, closed))
	answer.HasCut = ended != nil
	return answer, nil
}

// end ends a full session for the NEXT that begins the next one, and returns the question that
// the NEXT closed.
func (g *group) end(ctx context.Context, tx Tx, r *request, w *work, next StoredEvent) (closed *timeline.Question, err error) {
	exit := next
	// A new ID for each try: only one of them is written, together with the NEXT.
	exit.Event = timeline.Event{ID: newID(), Type: timeline.Exit, At: next.At, Outcome: next.Outcome}
	if closed, err = w.apply(ctx, tx, exit, &r.refolded); err == nil {
		g.answer(w, closed)
	}
	return closed, err
}

// answer returns what the client is told about the newest event of w, and stores it with
// that event.
func (g *group) answer(w *work, closed *timeline.Question) Answer {
	e := &w.added[len(w.added)-1]
	e.Answered = Answered{Index: w.state.Closed}
	if closed != nil {
		e.Answered.Closed, e.Answered.Raw, e.Answered.Active = true, closed.Raw(), closed.Active()
	}
	g.recorded[e.Key()] = *e
	return Answer{
		EventID: e.ID, Type: e.Type, SessionID: w.key.ID,
		State: g.seen(w), Answered: e.Answered, At: g.now,
	}
}

// repeat answers a press that is recorded already: with what was answered then, and the
// state of its session now.
func (g *group) repeat(ctx context.Context, tx Tx, known StoredEvent, p timed) (Answer, error) {
	if known.Type != p.Type || known.ClientAt != p.At {
		return Answer{}, ErrIDReused
	}
	w, err := g.find(ctx, tx, known.Session)
	if err != nil {
		return Answer{}, fmt.Errorf("session of recorded event %s: %w", known.ID, err)
	}
	return Answer{
		EventID: known.ID, Type: known.Type, Duplicate: true, SessionID: w.key.ID,
		State: g.seen(w), Answered: known.Answered, At: g.now,
	}, nil
}

// seen returns the state of a session as people see it: see line.seen.
func (g *group) seen(w *work) timeline.State { return g.lines[w.key.UserID].seen(w) }
