package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// newOutcomes returns a server with a session whose four questions had these outcomes; the
// first one held three tasks.
func newOutcomes(t *testing.T) recorded {
	t.Helper()
	r := recorded{server: newServer(t)}
	r.must(t, http.StatusOK, "POST", "/events/batch", `{"events":[
		{"type":"NEXT","timestamp":"2026-01-31T11:00:00Z","task_count":3,"outcome":"expired"},
		{"type":"NEXT","timestamp":"2026-01-31T11:01:00Z","outcome":"released"},
		{"type":"NEXT","timestamp":"2026-01-31T11:03:00Z","outcome":"submitted"},
		{"type":"PAUSE","timestamp":"2026-01-31T11:04:00Z","outcome":"skipped"},
		{"type":"NEXT","timestamp":"2026-01-31T11:05:00Z"},
		{"type":"EXIT","timestamp":"2026-01-31T11:08:00Z","outcome":"released"}]}`)
	var recent []RecentSession
	decode(t, r.must(t, http.StatusOK, "GET", "/sessions/recent", ""), &recent)
	r.session = "/sessions/" + recent[0].SessionID
	return r
}

// What became of the tasks is in the session, the day, the week and the month alike.
func TestOutcomesInSummaries(t *testing.T) {
	r := newOutcomes(t)
	want := OutcomesBody{Submitted: 1, Released: 2, Untold: 1}
	s := r.summary(t)
	var told []string
	for _, q := range s.Questions {
		told = append(told, fmt.Sprintf("%s of %d", q.Outcome, q.TaskCount))
	}
	if !slices.Equal(told, []string{"released of 3", "submitted of 1", " of 1", "released of 1"}) {
		t.Errorf("the questions are %q", told)
	}
	if s.Outcomes != want || s.TotalTasks != 6 || s.TotalActive != 420 {
		t.Errorf("session: %+v, %d tasks, %v s", s.Outcomes, s.TotalTasks, s.TotalActive)
	}
	var day dayBody
	decode(t, r.must(t, http.StatusOK, "GET", "/sessions/today?date=2026-01-31", ""), &day)
	if day.Outcomes != want || day.TotalTasks != 6 || day.Sessions[0].Outcomes != want || day.Sessions[0].TotalTasks != 6 {
		t.Errorf("day: %+v, %d tasks; its session: %+v", day.Outcomes, day.TotalTasks, day.Sessions[0].TotalsBody)
	}
	for _, path := range []string{"/dashboard/week/json?date=2026-01-31", "/dashboard/month/json?month=2026-01"} {
		var period periodBody
		decode(t, r.must(t, http.StatusOK, "GET", path, ""), &period)
		if period.Outcomes != want || period.TotalTasks != 6 {
			t.Errorf("%s: %+v, %d tasks", path, period.Outcomes, period.TotalTasks)
		}
	}
}

// The filter chooses which questions are listed; the totals stay those of the session.
func TestQuestionsByOutcome(t *testing.T) {
	r := newOutcomes(t)
	for _, test := range []struct {
		outcome string
		indexes []int
	}{
		{"", []int{1, 2, 3, 4}},
		{"released", []int{1, 4}},
		{"submitted", []int{2}},
		{"untold", []int{3}},
		{"expired", nil},
		{"skipped", nil},
	} {
		for _, path := range []string{r.session + "/summary", "/summary/" + r.session[len("/sessions/"):]} {
			var s sessionBody
			decode(t, r.must(t, http.StatusOK, "GET", path+"?outcome="+test.outcome, ""), &s)
			var indexes []int
			for _, q := range s.Questions {
				indexes = append(indexes, q.Index)
			}
			if !slices.Equal(indexes, test.indexes) || s.TotalQuestions != 4 || s.TotalActive != 420 || s.Pages != 1 {
				t.Errorf("%s %q: questions %v of %d, %v s, %d pages", path, test.outcome, indexes, s.TotalQuestions, s.TotalActive, s.Pages)
			}
		}
	}
	for _, bad := range []string{"done", "Released", "released,expired"} {
		if got := r.must(t, http.StatusUnprocessableEntity, "GET", r.session+"/summary?outcome="+bad, ""); got != "outcome must be submitted, released, expired, skipped or untold" {
			t.Errorf("%s: %q", bad, got)
		}
	}
}

// The log shows what each press told; one that closes nothing told nothing.
func TestOutcomesInTheLog(t *testing.T) {
	r := newOutcomes(t)
	var log []debugEvent
	decode(t, r.must(t, http.StatusOK, "GET", "/admin/debug/user-events/"+r.session[len("/sessions/"):], ""), &log)
	var told []string
	for _, e := range log {
		told = append(told, fmt.Sprintf("%s %s %d", e.Type, e.Outcome, e.TaskCount))
	}
	want := []string{"NEXT expired 3", "NEXT released 0", "NEXT submitted 0", "PAUSE  0", "NEXT  0", "EXIT released 0"}
	if !slices.Equal(told, want) {
		t.Errorf("the log is %q", told)
	}
}

// UNDO takes back what became of the question.
func TestUndoTakesOutcomeBack(t *testing.T) {
	r := recorded{server: newServer(t)}
	r.must(t, http.StatusOK, "POST", "/events/batch", `{"events":[
		{"type":"NEXT","timestamp":"2026-01-31T11:00:00Z"},
		{"type":"NEXT","timestamp":"2026-01-31T11:01:00Z","outcome":"released"},
		{"type":"UNDO","timestamp":"2026-01-31T11:01:10Z"},
		{"type":"EXIT","timestamp":"2026-01-31T11:02:00Z"}]}`)
	var day dayBody
	decode(t, r.must(t, http.StatusOK, "GET", "/sessions/today?date=2026-01-31", ""), &day)
	if want := (OutcomesBody{Untold: 1}); day.Outcomes != want {
		t.Errorf("after UNDO: %+v", day.Outcomes)
	}
}

// The pages are those of the questions that are asked for: of 600, the last 60 were released.
func TestPagesOfAnOutcome(t *testing.T) {
	r := recorded{server: newServer(t)}
	for from := 0; from <= 600; from += 300 {
		var events []string
		for i := from; i < min(from+300, 601); i++ {
			outcome := "submitted"
			if i > 540 {
				outcome = "released"
			}
			at := time.Date(2026, 1, 31, 8, 0, i, 0, time.UTC)
			events = append(events, fmt.Sprintf(`{"type":"NEXT","timestamp":%q,"outcome":%q}`, at.Format(time.RFC3339), outcome))
		}
		r.must(t, http.StatusOK, "POST", "/events/batch", `{"events":[`+strings.Join(events, ",")+`]}`)
	}
	var recent []RecentSession
	decode(t, r.must(t, http.StatusOK, "GET", "/sessions/recent", ""), &recent)
	for _, test := range []struct {
		query                      string
		page, pages, listed, first int
	}{
		{"", 1, 2, 500, 1},
		{"?page=2", 2, 2, 100, 501},
		{"?outcome=submitted", 1, 2, 500, 1},
		{"?outcome=submitted&page=2", 2, 2, 40, 501},
		{"?outcome=released", 1, 1, 60, 541},
		{"?outcome=released&page=2", 1, 1, 60, 541},
	} {
		var s sessionBody
		decode(t, r.must(t, http.StatusOK, "GET", "/summary/"+recent[0].SessionID+test.query, ""), &s)
		if s.Page != test.page || s.Pages != test.pages || len(s.Questions) != test.listed || s.Questions[0].Index != test.first || s.TotalQuestions != 600 {
			t.Errorf("%q: page %d of %d with %d questions from %d", test.query, s.Page, s.Pages, len(s.Questions), s.Questions[0].Index)
		}
	}
}
