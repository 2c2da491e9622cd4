package replicas

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// work is a session that was worked without the clock.
type work struct {
	from, to  int64
	questions int
}

func (w work) request() (method, path string, body any) {
	shown := func(at int64) string { return time.UnixMicro(at).UTC().Format(time.RFC3339Nano) }
	return http.MethodPost, "/sessions", map[string]any{
		"started_at": shown(w.from), "ended_at": shown(w.to), "questions": w.questions,
	}
}

func (w work) owns(o *op) []string { return correction{}.owns(o) }

// presses returns what somebody with a clock would have pressed.
func (w work) presses(target int64) []entry {
	presses := []entry{{kind: "NEXT", at: w.from, target: target}}
	for i := range w.questions - 1 {
		done := w.from + (w.to-w.from)*int64(i+1)/int64(w.questions)
		presses = append(presses, entry{kind: "NEXT", at: done})
	}
	presses = append(presses, entry{kind: "EXIT", at: w.to})
	for i := range presses {
		presses[i].byHand, presses[i].seq = true, i+1
	}
	return presses
}

func (w work) try(m *model, o *op) error {
	got, err := decoded[correctionAnswer](o)
	if err != nil {
		return err
	}
	presses := w.presses(m.target)
	if w.to <= w.from {
		return o.ifAnswered(http.StatusUnprocessableEntity, nil, nil)
	}
	if m.overlaps(&session{}, fold(presses)) {
		return o.ifAnswered(http.StatusConflict, nil, nil)
	}
	var s *session
	for i, p := range presses {
		if i == 0 {
			p.id = got.EventID
		}
		if s, err = m.write(o, s, p, 0); err != nil {
			return fmt.Errorf("entered press %d: %w", i+1, err)
		}
	}
	if !o.answered() {
		return nil
	}
	return o.compare(http.StatusOK, got, changed(s.log[0].id, s.id, m.seen(s)))
}

// resume takes back the EXIT of the newest session.
type resume struct{ exit string }

func (r resume) request() (method, path string, body any) {
	return http.MethodPost, "/events/resume", map[string]any{"event_id": r.exit}
}

func (resume) owns(*op) []string { return nil }

func (r resume) try(m *model, o *op) error {
	got, err := decoded[pressAnswer](o)
	if err != nil {
		return err
	}
	exit, ok := m.recorded(r.exit)
	status := http.StatusOK
	switch {
	case !ok || exit.session.log[exit.at].kind != "EXIT" || exit.session.state().deleted:
		status = http.StatusNotFound
	case newest(m.line(nil, nil)) != exit.session:
		status = http.StatusConflict
	}
	if status != http.StatusOK {
		return o.ifAnswered(status, nil, nil)
	}
	status, removed, err := correction{session: exit.session.id, kind: "REMOVE_PRESS", press: r.exit}.record(m, o, "")
	if err != nil || status != http.StatusOK {
		return cmp.Or(err, o.ifAnswered(status, nil, nil))
	}
	if !removed.Changed || o.answered() {
		return o.ifAnswered(status, got, m.answerAbout(exit, !removed.Changed))
	}
	return nil
}
