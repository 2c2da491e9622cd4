package replicas

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// op is one request with what became of it.
type op struct {
	does       action
	from       string // which client sent it and how, for messages
	call, back time.Time
	status     int // 0: nobody waited for the answer
	body       []byte
	retryAfter time.Duration // that a 503 asks for
}

// answered reports whether the client knows what became of it. An op without an answer, or with
// one that promises nothing, may have happened, may happen later, or never.
func (o *op) answered() bool { return o.status != 0 && o.status != http.StatusServiceUnavailable }

// action is what a request asks for.
type action interface {
	request() (method, path string, body any)
	// try lets the model do it next. It returns an error unless the answer and the log are
	// then as they are. What it has done by then must be taken back.
	try(m *model, o *op) error
	// owns returns the entries of which the answer tells that they come from this op.
	owns(o *op) []string
}

var errNoEffect = errors.New("it would change nothing")

// press is one event as a client sends it.
type press struct {
	id       string // "" lets the server give one
	kind     string
	at       int64 // 0 lets the server give it
	wants    int
	estimate int64
	outcome  string
}

func (p press) body() map[string]any {
	body := map[string]any{"type": p.kind}
	if p.id != "" {
		body["id"] = p.id
	}
	if p.at != 0 {
		body["timestamp"] = time.UnixMicro(p.at).UTC().Format(time.RFC3339Nano)
	}
	if p.wants != 0 {
		body["paused"] = p.wants == wantsPause
	}
	if p.estimate != 0 {
		body["aet_high_minutes"] = float64(p.estimate) / float64(time.Minute.Microseconds())
	}
	if p.outcome != "" {
		body["outcome"] = p.outcome
	}
	return body
}

func (p press) request() (method, path string, body any) {
	return http.MethodPost, "/events", p.body()
}

// earliest and furthest bound the times of presses: docs/contract.md#clocks.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

const furthest = 2 * time.Minute

// record lets the model record the press. id is what the server called it, "" if nobody knows.
func (p press) record(m *model, o *op, id string) (status int, _ *pressAnswer, _ error) {
	if at, ok := m.recorded(p.id); ok && p.id != "" {
		known := at.session.log[at.at]
		if known.kind != p.kind || known.clientAt != p.at || known.byHand {
			return http.StatusConflict, nil, nil
		}
		return http.StatusOK, m.answerAbout(at, true), nil
	}
	e := entry{id: id, kind: p.kind, at: p.at, clientAt: p.at, wants: p.wants, estimate: p.estimate, outcome: p.outcome}
	home, notBefore := m.home(p.at), int64(0)
	switch {
	case p.at == 0:
		notBefore = m.serverTime()
		if home = newest(m.line(nil, nil)); home != nil && !home.state().active() {
			home = nil
		}
	case p.at < earliest, p.at > o.call.Add(furthest).UnixMicro():
		return http.StatusUnprocessableEntity, nil, nil
	}
	if home == nil && p.kind != "NEXT" {
		return http.StatusBadRequest, nil, nil
	}
	if home == nil {
		e.target = m.target
	}
	home, err := m.write(o, home, e, notBefore)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, m.answerAbout(place{home, home.n - 1}, false), nil
}

// slack is how far the clocks of client and server may differ: they are the same clock, unless
// somebody sets it meanwhile.
const slack = time.Second

// write moves the model past the next entry of a session, or of one that begins if s is nil. It
// returns an error unless that entry is e. An id and a time that e lacks are the server's; the
// time is that of the request, but at least notBefore.
func (m *model) write(o *op, s *session, e entry, notBefore int64) (*session, error) {
	candidates := m.sessions
	if s != nil {
		candidates = []*session{s}
	}
	err := fmt.Errorf("no log has %+v next", e)
	for _, c := range candidates {
		if c.n == len(c.log) || s == nil && c.n > 0 {
			continue
		}
		if wrong := m.same(o, e, c.log[c.n], notBefore); wrong != nil {
			err = fmt.Errorf("next in session %s: %w", c.id, wrong)
			continue
		}
		c.n++
		m.trail = append(m.trail, c)
		return c, nil
	}
	return nil, err
}

// same returns an error unless an entry of the log is the one that was expected.
func (m *model) same(o *op, want, got entry, notBefore int64) error {
	if want.id == "" {
		want.id = got.id
		if m.claimed[got.id] {
			return fmt.Errorf("%s %s comes from another request", got.kind, got.id)
		}
	}
	want.seq = got.seq
	if want.at == 0 {
		want.at = got.at
		early, late := o.call.Add(-slack).UnixMicro(), o.back.Add(slack).UnixMicro()
		if got.at < notBefore || got.at != notBefore && (got.at < early || o.answered() && got.at > late) {
			return fmt.Errorf("%s has the time %d, want that of the request, and at least %d", got.kind, got.at, notBefore)
		}
	}
	if want != got {
		return fmt.Errorf("got %+v, want %+v", got, want)
	}
	return nil
}

func (p press) try(m *model, o *op) error {
	if !o.answered() {
		return pressWithoutAnswer(m, o, p)
	}
	got, err := decoded[pressAnswer](o)
	if err != nil {
		return err
	}
	status, want, err := p.record(m, o, cmp.Or(p.id, got.EventID))
	if err != nil {
		return err
	}
	return o.compare(status, got, want)
}

// pressWithoutAnswer lets presses of which nothing is known be recorded.
func pressWithoutAnswer(m *model, o *op, presses ...press) error {
	before := m.mark()
	for _, p := range presses {
		if _, _, err := p.record(m, o, p.id); err != nil {
			return err
		}
	}
	if m.mark() == before {
		return errNoEffect
	}
	return nil
}

func (p press) owns(o *op) []string {
	if p.id != "" {
		return []string{p.id}
	}
	got, err := decoded[pressAnswer](o)
	if err != nil || got == nil || got.EventID == "" {
		return nil
	}
	return []string{got.EventID}
}

// batch is several events in one request.
type batch []press

func (b batch) request() (method, path string, body any) {
	events := make([]any, len(b))
	for i, p := range b {
		events[i] = p.body()
	}
	return http.MethodPost, "/events/batch", map[string]any{"events": events}
}

func (b batch) try(m *model, o *op) error {
	if !o.answered() {
		return pressWithoutAnswer(m, o, b...)
	}
	got, err := decoded[batchAnswer](o)
	if err != nil {
		return err
	}
	if o.status != http.StatusOK || len(got.Results) != len(b) {
		return fmt.Errorf("got %d with %d results, want 200 with %d", o.status, len(got.Results), len(b))
	}
	for i, result := range got.Results {
		status, want, err := b[i].record(m, o, cmp.Or(b[i].id, result.EventID))
		if err != nil {
			return fmt.Errorf("press %d: %w", i+1, err)
		}
		one := op{does: b[i], status: result.Status}
		if err := one.compare(status, result.Answer, want); err != nil {
			return fmt.Errorf("press %d: %w", i+1, err)
		}
		if called := resultOf(status, want); result.Result != called {
			return fmt.Errorf("press %d is called %s, want %s", i+1, result.Result, called)
		}
	}
	return nil
}

func resultOf(status int, a *pressAnswer) string {
	switch {
	case status != http.StatusOK:
		return "rejected"
	case a.Duplicate:
		return "duplicate"
	}
	return "accepted"
}

func (b batch) owns(o *op) (ids []string) {
	got, err := decoded[batchAnswer](o)
	for i, p := range b {
		switch {
		case p.id != "":
			ids = append(ids, p.id)
		case err == nil && got != nil && i < len(got.Results):
			ids = append(ids, got.Results[i].EventID)
		}
	}
	return ids
}
