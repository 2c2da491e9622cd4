package server

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// watchedStore counts the reads of a page, each of which is one query, and calls after
// when one is done.
type watchedStore struct {
	tracker.Store
	reads int
	after func(read int)
}

func (s *watchedStore) read() {
	s.reads++
	s.after(s.reads)
}

func (s *watchedStore) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	defer s.read()
	return s.Store.Session(ctx, key)
}

func (s *watchedStore) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	defer s.read()
	return s.Store.SessionsBefore(ctx, userID, before, limit)
}

func (s *watchedStore) RecentSessions(ctx context.Context, userID int64, limit int) ([]tracker.StoredSession, error) {
	defer s.read()
	return s.Store.RecentSessions(ctx, userID, limit)
}

func (s *watchedStore) EachQuestion(ctx context.Context, session tracker.StoredSession, do func(timeline.Question) bool) error {
	defer s.read()
	return s.Store.EachQuestion(ctx, session, do)
}

func (s *watchedStore) SessionsIn(ctx context.Context, userID int64, from, to timeline.Instant) ([]tracker.StoredSession, error) {
	defer s.read()
	return s.Store.SessionsIn(ctx, userID, from, to)
}

func (s *watchedStore) EachQuestionIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	defer s.read()
	return s.Store.EachQuestionIn(ctx, userID, from, to, do)
}

func (s *watchedStore) EachTimingIn(ctx context.Context, userID int64, from, to timeline.Instant, do func(tracker.StoredQuestion) bool) error {
	defer s.read()
	return s.Store.EachTimingIn(ctx, userID, from, to, do)
}

func (s *watchedStore) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	defer s.read()
	return s.Store.Log(ctx, key)
}

// watchReads puts a watchedStore between the pages and the database.
func (c *chain) watchReads(t *testing.T) *watchedStore {
	t.Helper()
	s := &watchedStore{Store: c.store, after: func(int) {}}
	c.Tracker = tracker.New(tracker.Options{Store: s, Now: c.clock.now, Log: c.log, Announce: c.live.Announce})
	c.record(t)
	var err error
	if c.handler, err = c.Server.handler(); err != nil {
		t.Fatal(err)
	}
	return s
}

// A page of sessions takes as many queries for thirty of them as for one.
func TestReadsDoNotGrowWithTheSessions(t *testing.T) {
	c := newChain(t, withoutLimits)
	s := c.watchReads(t)
	admin := c.newAdminBrowser(t, "boss@example.org")
	b := c.register(t, "ann@example.org")
	b.press(t, time.Minute, "NEXT", "NEXT", "EXIT")
	pages := []struct {
		path    string
		visitor *browser
	}{{"/dashboard/today", b}, {c.pageOf(t, "ann@example.org"), admin}}
	reads := func() []int {
		var reads []int
		for _, p := range pages {
			s.reads = 0
			p.visitor.visit(t, p.path).expect(t, http.StatusOK)
			reads = append(reads, s.reads)
		}
		return reads
	}
	one := reads()
	for range 29 {
		b.press(t, time.Minute, "NEXT", "NEXT", "EXIT")
	}
	many := reads()
	for i, p := range pages {
		if one[i] == 0 || one[i] > 6 || one[i] != many[i] {
			t.Errorf("%s: %d reads for one session, %d for thirty; want the same, and at most 6", p.path, one[i], many[i])
		}
	}
}

// A session that is deleted while a page is drawn is not on it, or still is; the page is
// whole either way.
func TestPagesWhileASessionIsDeleted(t *testing.T) {
	c := newChain(t, withoutLimits)
	s := c.watchReads(t)
	admin := c.newAdminBrowser(t, "boss@example.org")
	for _, page := range []string{"the day", "the user"} {
		without := 0
		for when := 1; when <= 3; when++ {
			email := strings.ReplaceAll(page, " ", "") + strings.Repeat("x", when) + "@example.org"
			b, session, _ := c.worked(t, email)
			user, err := c.Accounts.UserByEmail(t.Context(), email)
			if err != nil {
				t.Fatal(err)
			}
			visitor, path := b, "/dashboard/today"
			if page == "the user" {
				visitor, path = admin, c.pageOf(t, email)
			}
			visitor.visit(t, path).expect(t, http.StatusOK)
			s.reads, s.after = 0, func(read int) {
				if read == when {
					if err := c.Tracker.DeleteSession(t.Context(), c.Rater(user), session); err != nil {
						t.Error(err)
					}
				}
			}
			drawn := visitor.visit(t, path).expect(t, http.StatusOK)
			s.after = func(int) {}
			if !strings.Contains(drawn.Body.String(), session) {
				without++
			}
		}
		if without == 0 {
			t.Errorf("no page of %s is without the session that was deleted between its reads", page)
		}
	}
}
