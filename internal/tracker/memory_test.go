package tracker_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// memory is a Store of one user without a database, so that a fuzzer tries thousands of logs in a
// second. It has the methods that the fuzzers need; the others fail.
type memory struct {
	tracker.Store
	mu        sync.Mutex
	sessions  map[string]tracker.StoredSession
	logs      map[string][]tracker.StoredEvent
	questions map[string]tracker.StoredQuestion
}

func newMemory() *memory {
	return &memory{
		sessions: map[string]tracker.StoredSession{}, logs: map[string][]tracker.StoredEvent{}, questions: map[string]tracker.StoredQuestion{},
	}
}

// memoryTx is a transaction of memory: nobody else is in it.
type memoryTx struct {
	*memory
	changes []tracker.Changes
}

func (m *memory) InTx(_ context.Context, do func(tracker.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx := &memoryTx{memory: &memory{sessions: m.sessions, logs: m.logs, questions: m.questions}}
	if err := do(tx); err != nil {
		return err
	}
	for _, c := range tx.changes {
		m.apply(c)
	}
	return nil
}

func (m *memory) apply(c tracker.Changes) {
	for _, s := range c.Sessions {
		m.sessions[s.ID] = s
	}
	for _, e := range c.Events {
		m.logs[e.Session.ID] = append(m.logs[e.Session.ID], e)
	}
	for _, q := range c.Drop {
		delete(m.questions, q.Question.ID)
	}
	for _, q := range c.Put {
		m.questions[q.Question.ID] = q
	}
}

func (tx *memoryTx) UpdateCounter(_ context.Context, _ string, _ int64, update func([]int64) []int64) error {
	update(nil)
	return nil
}

func (tx *memoryTx) Write(_ context.Context, c tracker.Changes) error {
	tx.changes = append(tx.changes, c)
	return nil
}

func (tx *memoryTx) Load(ctx context.Context, need tracker.Need) (loaded tracker.Loaded, err error) {
	if loaded.Newest, err = tx.SessionsBefore(ctx, 0, forever, 1); err != nil {
		return loaded, err
	}
	for _, log := range tx.logs {
		for _, e := range log {
			if slices.Contains(need.Events, e.Key()) {
				loaded.Recorded = append(loaded.Recorded, e)
			}
		}
	}
	return loaded, nil
}

func (m *memory) Settle(context.Context) (bool, error) { return false, nil }

func (m *memory) HasUser(context.Context, int64) (bool, error) { return true, nil }

func (m *memory) Session(_ context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.sessions[key.ID]; ok {
		return s, nil
	}
	return tracker.StoredSession{}, tracker.ErrUnknown
}

func (m *memory) Log(_ context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.logs[key.ID]), nil
}

// find returns up to limit sessions that are wanted and not deleted, in an order.
func (m *memory) find(limit int, wanted func(tracker.StoredSession) bool, order func(a, b tracker.StoredSession) int) []tracker.StoredSession {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := slices.SortedFunc(maps.Values(m.sessions), order)
	found = slices.DeleteFunc(found, func(s tracker.StoredSession) bool { return s.State.Deleted || !wanted(s) })
	return found[:min(limit, len(found))]
}

func oldestFirst(a, b tracker.StoredSession) int {
	return cmp.Or(cmp.Compare(a.State.StartedAt, b.State.StartedAt), cmp.Compare(a.ID, b.ID))
}

func (m *memory) SessionsBefore(_ context.Context, _ int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return m.find(limit, func(s tracker.StoredSession) bool { return s.State.StartedAt < before }, func(a, b tracker.StoredSession) int {
		return cmp.Or(cmp.Compare(b.State.StartedAt, a.State.StartedAt), cmp.Compare(a.State.Phase, b.State.Phase),
			cmp.Compare(b.State.EndedAt, a.State.EndedAt), cmp.Compare(b.ID, a.ID))
	}), nil
}

func (m *memory) SessionsFrom(_ context.Context, _ int64, from timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	return m.find(limit, func(s tracker.StoredSession) bool { return s.State.StartedAt >= from }, oldestFirst), nil
}

func (m *memory) SessionsIn(ctx context.Context, _ int64, from, to timeline.Instant) ([]tracker.StoredSession, error) {
	of := map[string]bool{}
	err := m.EachQuestionIn(ctx, 0, from, to, func(q tracker.StoredQuestion) bool {
		of[q.SessionKey.ID] = true
		return true
	})
	return m.find(len(m.sessions), func(s tracker.StoredSession) bool {
		return of[s.ID] || s.State.StartedAt >= from && s.State.StartedAt < to
	}, oldestFirst), err
}

// NextSessions returns deleted sessions too.
func (m *memory) NextSessions(_ context.Context, after tracker.SessionKey, _ int) ([]tracker.StoredSession, error) {
	inOrder := func(a, b tracker.SessionKey) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ID, b.ID))
	}
	sessions := slices.SortedFunc(maps.Values(m.sessions), func(a, b tracker.StoredSession) int { return inOrder(a.SessionKey, b.SessionKey) })
	return slices.DeleteFunc(sessions, func(s tracker.StoredSession) bool { return inOrder(s.SessionKey, after) <= 0 }), nil
}

func (m *memory) EachQuestionIn(_ context.Context, _ int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	for _, q := range slices.SortedFunc(maps.Values(m.questions), func(a, b tracker.StoredQuestion) int {
		return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.EndedAt, b.EndedAt), cmp.Compare(a.Seq, b.Seq))
	}) {
		if q.StartedAt >= from && q.StartedAt < to && !do(q) {
			break
		}
	}
	return nil
}

func (m *memory) EachTimingIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	return m.EachQuestionIn(ctx, userID, from, to, do)
}

func (m *memory) EachQuestion(ctx context.Context, of tracker.StoredSession, do func(timeline.Question) bool) error {
	return m.EachQuestionIn(ctx, 0, of.State.StartedAt, forever, func(q tracker.StoredQuestion) bool {
		return q.SessionKey.ID != of.ID || do(q.Question)
	})
}

func (m *memory) SessionQuestions(ctx context.Context, of tracker.StoredSession) (questions []timeline.Question, err error) {
	err = m.EachQuestion(ctx, of, func(q timeline.Question) bool {
		questions = append(questions, q)
		return true
	})
	return questions, err
}

func (m *memory) QuestionsIn(ctx context.Context, _ int64, from, to timeline.Instant) (questions []tracker.StoredQuestion, err error) {
	err = m.EachQuestionIn(ctx, 0, from, to, func(q tracker.StoredQuestion) bool {
		questions = append(questions, q)
		return true
	})
	return questions, err
}

func (m *memory) QuestionsBefore(ctx context.Context, of tracker.StoredSession, before timeline.Instant, limit int) ([]timeline.Question, error) {
	questions, err := m.SessionQuestions(ctx, of)
	questions = slices.DeleteFunc(questions, func(q timeline.Question) bool { return q.StartedAt >= before })
	slices.Reverse(questions)
	return questions[:min(limit, len(questions))], err
}
