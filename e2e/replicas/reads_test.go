package replicas

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
)

// readSummary reads a session with its questions.
type readSummary struct{ session string }

func (r readSummary) request() (method, path string, body any) {
	return http.MethodGet, "/summary/" + r.session, nil
}

func (readSummary) owns(*op) []string { return nil }

func (r readSummary) try(m *model, o *op) error {
	s := m.find(r.session)
	if s == nil || s.state().deleted {
		return o.ifAnswered(http.StatusNotFound, nil, nil)
	}
	got, err := decoded[summary](o)
	if err != nil {
		return err
	}
	return o.ifAnswered(http.StatusOK, got, summaryOf(s.id, m.seen(s)))
}

// readRecent lists the newest sessions.
type readRecent struct{}

// mostRecent is how many sessions one list has at most.
const mostRecent = 100

func (readRecent) request() (method, path string, body any) {
	return http.MethodGet, "/sessions/recent?limit=" + strconv.Itoa(mostRecent), nil
}

func (readRecent) owns(*op) []string { return nil }

func (readRecent) try(m *model, o *op) error {
	got, err := decoded[[]recentSession](o)
	if err != nil {
		return err
	}
	want := []recentSession{}
	line := m.line(nil, nil)
	for _, s := range line {
		view := seen(s.state, newest(line) == s.session)
		want = append(want, recentSession{
			ID: s.id, StartedAt: moment(view.startedAt), EndedAt: moment(view.endedAt),
			IsActive: view.active(), CurrentIndex: view.currentIndex(),
		})
	}
	slices.SortFunc(want, func(a, b recentSession) int {
		return -cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	want = want[:min(len(want), mostRecent)]
	return o.ifAnswered(http.StatusOK, got, &want)
}
