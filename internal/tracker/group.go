package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// group is one transaction's work: requests of any users, applied in the order
// in which they came, in memory, and written together.
type group struct {
	requests []*request
	now      timeline.Instant
	lock     bool // an earlier try lost a race

	active   map[int64]*work // by user
	sessions map[SessionKey]*work
	// order has the sessions in the order in which they were opened, the stored active ones
	// first. So a session that ends is written before its successor, or before an older one
	// that is restored.
	order    []*work
	recorded map[EventKey]StoredEvent
}

func newGroup(requests []*request, now timeline.Instant) *group {
	return &group{
		requests: requests, now: now,
		active:   make(map[int64]*work, len(requests)),
		sessions: make(map[SessionKey]*work, len(requests)),
		recorded: make(map[EventKey]StoredEvent),
	}
}

// run loads what the group needs, applies every request, and writes the result.
func (g *group) run(ctx context.Context, tx Tx) error {
	loaded, err := tx.Load(ctx, g.need())
	if err != nil {
		return fmt.Errorf("loading active sessions: %w", err)
	}
	for _, s := range loaded.Newest {
		if w := g.open(s); s.State.Active() {
			g.active[s.UserID] = w
		}
	}
	for _, e := range loaded.Recorded {
		g.recorded[e.Key()] = e
	}
	for _, r := range g.requests {
		if err := g.apply(ctx, tx, r); err != nil {
			return err
		}
	}
	changes := g.changes()
	if changes.Empty() {
		return nil
	}
	if err := tx.Write(ctx, changes); err != nil {
		return fmt.Errorf("writing %d events: %w", len(changes.Events), err)
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
		for _, p := range r.presses {
			need.Events = append(need.Events, EventKey{UserID: r.rater.ID, ID: p.ID})
		}
	}
	slices.Sort(need.Users)
	need.Users = slices.Compact(need.Users)
	return need
}

func (g *group) open(s StoredSession) *work {
	w := &work{key: s.SessionKey, base: s.Version, state: s.State}
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
	r.outcomes, r.refolded = make([]Outcome, 0, len(r.presses)), 0
	if r.correction != nil {
		return r.note(g.correct(ctx, tx, r))
	}
	for _, p := range r.presses {
		if err := r.note(g.record(ctx, tx, r, p)); err != nil {
			return err
		}
	}
	return nil
}

// note adds the outcome of one press or correction. It returns err if that concerns more
// than this one.
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
	return g.press(ctx, tx, r, p)
}

// press records one press that is not recorded yet.
func (g *group) press(ctx context.Context, tx Tx, r *request, p timed) (Answer, error) {
	if p.at == 0 {
		p.at = g.serverTime(r.rater.ID)
	}
	w, err := g.sessionFor(r.rater, p)
	if err != nil {
		return Answer{}, err
	}
	stored := StoredEvent{
		Event: timeline.Event{
			ID: p.ID, Type: p.Type, At: p.at,
			WantPaused: p.WantPaused, Task: p.Task, Outcome: p.Outcome,
		},
		ReceivedAt: r.received, ClientAt: p.At, SentAt: p.SentAt,
	}
	if w.version() == 0 {
		stored.Target = r.rater.Target
	}
	closed, err := w.apply(ctx, tx, stored, &r.refolded)
	if err != nil {
		return Answer{}, err
	}
	return g.answer(w, closed), nil
}

// serverTime returns the time of a press that has none: now, but never before the newest
// event of its session, which a replica with a fast clock may have recorded.
func (g *group) serverTime(userID int64) timeline.Instant {
	if w := g.active[userID]; w != nil && w.state.Active() {
		return max(g.now, w.state.LastAt)
	}
	return g.now
}

// sessionFor returns the session that a press belongs to. A NEXT without an active session
// starts one.
func (g *group) sessionFor(rater Rater, p timed) (*work, error) {
	w := g.active[rater.ID]
	switch {
	case w != nil && w.state.Active():
		if p.at < w.state.StartedAt {
			return nil, ErrBeforeSession
		}
		return w, nil
	case p.Type != timeline.Next:
		return nil, ErrNoSession
	}
	w = g.open(StoredSession{SessionKey: SessionKey{UserID: rater.ID, ID: newID()}})
	g.active[rater.ID] = w
	return w, nil
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
		State: w.state, Answered: e.Answered, At: g.now,
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
		State: w.state, Answered: known.Answered, At: g.now,
	}, nil
}

// correct records a correction. The Answer is empty if it would change nothing.
func (g *group) correct(ctx context.Context, tx Tx, r *request) (Answer, error) {
	c := r.correction
	w, err := g.find(ctx, tx, SessionKey{UserID: r.rater.ID, ID: c.sessionID})
	if errors.Is(err, ErrUnknown) {
		return Answer{}, ErrUnknownSession
	}
	if err != nil {
		return Answer{}, err
	}
	if needed, err := c.isNeeded(ctx, tx, w, g.active[r.rater.ID]); err != nil || !needed {
		return Answer{}, err
	}
	e := c.event
	// Never before what it corrects, even when a client's clock runs ahead.
	e.ID, e.At = newID(), max(g.now, w.state.LastAt)
	if _, err = w.apply(ctx, tx, StoredEvent{Event: e, ReceivedAt: r.received}, &r.refolded); err != nil {
		return Answer{}, err
	}
	if w.state.Active() {
		g.active[r.rater.ID] = w // if it was deleted, it takes presses again
	}
	return Answer{EventID: e.ID, Type: e.Type, SessionID: w.key.ID, State: w.state, At: g.now}, nil
}

// changes returns what the group writes, ordered by user, so that all replicas lock in the
// same order.
func (g *group) changes() Changes {
	slices.SortStableFunc(g.order, func(a, b *work) int { return cmp.Compare(a.key.UserID, b.key.UserID) })
	var c Changes
	if slices.ContainsFunc(g.requests, func(r *request) bool { return r.probe }) {
		c.Probe = newID()
	}
	for _, w := range g.order {
		if len(w.added) == 0 {
			continue
		}
		c.Events = append(c.Events, w.added...)
		c.Sessions = append(c.Sessions, StoredSession{SessionKey: w.key, Version: w.version(), State: w.state})
		drop, put := w.questions()
		c.Drop = appendStored(c.Drop, w.key, drop)
		c.Put = appendStored(c.Put, w.key, put)
	}
	return c
}

// changed returns the users whose logs the group changed. Call it after changes.
func (g *group) changed() []int64 {
	users := make([]int64, 0, len(g.order))
	for _, w := range g.order {
		if len(w.added) > 0 {
			users = append(users, w.key.UserID)
		}
	}
	return users
}

func appendStored(to []StoredQuestion, key SessionKey, questions []timeline.Question) []StoredQuestion {
	for _, q := range questions {
		to = append(to, StoredQuestion{SessionKey: key, Question: q})
	}
	return to
}
