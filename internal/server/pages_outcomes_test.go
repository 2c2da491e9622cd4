package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// outcomePerson is a person whose session of today has five questions: two that were
// submitted, the first of which held three tasks, two that were released, and one of which
// nothing is told.
func outcomePerson(t *testing.T) (b *browser, session string) {
	t.Helper()
	c := newChain(t, withoutLimits)
	b = c.register(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: b.token(), body: `{"events":[
		{"type":"NEXT","timestamp":"2026-01-31T08:00:00Z","task_id":"T-1","task_count":3},
		{"type":"NEXT","timestamp":"2026-01-31T08:05:00Z","outcome":"submitted"},
		{"type":"NEXT","timestamp":"2026-01-31T08:11:00Z","outcome":"released"},
		{"type":"NEXT","timestamp":"2026-01-31T08:18:00Z","outcome":"submitted"},
		{"type":"NEXT","timestamp":"2026-01-31T08:26:00Z"},
		{"type":"EXIT","timestamp":"2026-01-31T08:35:00Z","outcome":"released"}]}`})
	day := b.json(t, "/dashboard/today/json")
	return b, day["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
}

// listedQuestions returns the numbers of the questions that a session's page lists, each with
// the text of its task.
func (p page) listedQuestions() []string {
	var found []string
	for row := range elementsOf(p.root, "tr") {
		if attribute(row, "data-question") == "" {
			continue
		}
		line := ""
		for cell := range row.ChildNodes() {
			if label := attribute(cell, "data-label"); label == "No." || label == "Task" {
				line += " " + textOf(cell)
			}
		}
		found = append(found, strings.TrimSpace(line))
	}
	return found
}

// The page of a session marks what was not submitted, and lists the questions of one outcome;
// its totals stay those of the whole session.
func TestPageOfOutcomes(t *testing.T) {
	t.Parallel()
	b, session := outcomePerson(t)
	address := "/dashboard/sessions/" + session
	for _, test := range []struct {
		query, current, chosen string
		questions              []string
	}{
		{"", "All 5", "", []string{"1 T-1 3 tasks", "2 Released", "3", "4", "5 Released"}},
		{"?outcome=released", "Released 2", "2 questions of 5: 15:00 active, 07:30 on average.", []string{"2 Released", "5 Released"}},
		{"?outcome=submitted", "Submitted 2", "2 questions of 5: 12:00 active, 06:00 on average.", []string{"1 T-1 3 tasks", "3"}},
		{"?outcome=untold", "Not told 1", "1 question of 5: 08:00 active, 08:00 on average.", []string{"4"}},
		{"?outcome=skipped", "Skipped 0", "0 questions of 5: 00:00 active, 00:00 on average.", nil},
	} {
		p := b.visit(t, address+test.query).expect(t, http.StatusOK, "All 5", "Submitted 2", "Released 2", "Not told 1")
		if got := p.listedQuestions(); !slices.Equal(got, test.questions) {
			t.Errorf("%s: questions %q, want %q", test.query, got, test.questions)
		}
		if got := p.find("href", address+test.query+"#questions"); got != test.current {
			t.Errorf("%s: %q is the current choice, want %q", test.query, got, test.current)
		}
		if got := p.find("id", "chosen"); got != test.chosen {
			t.Errorf("%s: %q, want %q", test.query, got, test.chosen)
		}
		if p.find("id", "total-questions") != "5" || p.find("id", "total-active") != "35:00" ||
			p.find("id", "total-tasks") != "7 tasks" || p.find("id", "outcomes") != "2 submitted · 2 released · 1 not told" {
			t.Errorf("%s: the totals are not those of the session: %s", test.query, p.text())
		}
		if got := strings.Contains(p.text(), "Expired"); got {
			t.Errorf("%s: an outcome is offered that does not occur", test.query)
		}
	}
	b.visit(t, address+"?outcome=done").expect(t, http.StatusBadRequest, "Outcome: must be submitted, released, expired, skipped or untold.")
}

// A correction on a filtered page leads back to the same questions.
func TestFilterStays(t *testing.T) {
	t.Parallel()
	b, session := outcomePerson(t)
	address := "/dashboard/sessions/" + session
	p := b.visit(t, address+"?outcome=released")
	question := b.json(t, "/summary/"+session+"?outcome=released")["questions"].([]any)[0].(map[string]any)["id"].(string)
	back := b.follow(t, b.send(t, p, address+"/questions/"+question+"/delete", map[string][]string{}))
	if got := back.listedQuestions(); !slices.Equal(got, []string{"4 Released"}) {
		t.Errorf("after a deletion the page lists %q", got)
	}
}

// Day, week, month and report count the outcomes, and offer a file of those that were not
// submitted; a person whose tasks were all submitted sees nothing of it.
func TestOutcomesOfDays(t *testing.T) {
	t.Parallel()
	b, _ := outcomePerson(t)
	const days = "?from=2026-01-31&to=2026-01-31"
	for _, path := range []string{"/dashboard/today", "/dashboard/week", "/dashboard/month", "/dashboard/reports" + days} {
		p := b.visit(t, path).expect(t, http.StatusOK)
		if p.find("id", "outcomes") != "2 submitted · 2 released · 1 not told" || p.find("id", "total-tasks") != "7 tasks" {
			t.Errorf("%s: %s", path, p.text())
		}
	}
	const file = "/reports/questions.csv" + days + "&outcome=released"
	if got := b.visit(t, "/dashboard/reports"+days).find("href", file); got != "Released (CSV)" {
		t.Errorf("the link to the file of released questions says %q", got)
	}
	for query, want := range map[string][]string{
		"":                   {"1 submitted 3", "2 released 1", "3 submitted 1", "4  1", "5 released 1"},
		"&outcome=released":  {"2 released 1", "5 released 1"},
		"&outcome=untold":    {"4  1"},
		"&outcome=expired":   nil,
		"&outcome=submitted": {"1 submitted 3", "3 submitted 1"},
	} {
		var got []string
		for _, row := range b.table(t, "/reports/questions.csv"+days+query) {
			got = append(got, row["index"]+" "+row["outcome"]+" "+row["task_count"])
		}
		if !slices.Equal(got, want) {
			t.Errorf("questions.csv%s: %q, want %q", query, got, want)
		}
	}
	b.must(t, http.StatusBadRequest, ask{method: "GET", path: "/reports/questions.csv" + days + "&outcome=done", bearer: b.token()})

	other := b.register(t, "bob@example.org")
	b.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: other.token(), body: `{"events":[
		{"type":"NEXT","timestamp":"2026-01-31T08:00:00Z"},
		{"type":"EXIT","timestamp":"2026-01-31T08:05:00Z","outcome":"submitted"}]}`})
	session := other.json(t, "/dashboard/today/json")["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	for _, path := range []string{"/dashboard/today", "/dashboard/sessions/" + session, "/dashboard/reports" + days} {
		p := other.visit(t, path).expect(t, http.StatusOK)
		if p.find("id", "outcomes") != "" || p.find("id", "total-tasks") != "" || strings.Contains(strings.ToLower(p.text()), "submitted") {
			t.Errorf("%s speaks of outcomes: %s", path, p.text())
		}
	}
}
