package server

import (
	"net/http"
	"strings"
	"testing"
)

// A question over midnight is in the line of both days, and in the numbers of the first one
// alone.
func TestQuestionOverMidnight(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	record := func(events string) {
		c.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: b.token(), body: `{"events":[` + events + `]}`})
	}
	record(`{"type":"NEXT","timestamp":"2026-01-29T23:40:00Z"},{"type":"EXIT","timestamp":"2026-01-30T00:20:00Z"}`)
	before := b.visit(t, "/dashboard/today?date=2026-01-29").expect(t, http.StatusOK)
	if got := before.find("aria-label", "The day"); !strings.Contains(got, "23:40 00:20 the day after 40:00") {
		t.Errorf("the numbers of the first day's line are %q", got)
	}
	const carried = "23:40 the day before 00:20 – – – counts on the day before"
	alone := b.visit(t, "/dashboard/today?date=2026-01-30").expect(t, http.StatusOK, "No question began on this day", "counts on the day before")
	if got := alone.find("aria-label", "The day"); !strings.Contains(got, carried) || alone.find("id", "total-questions") != "" {
		t.Errorf("the numbers of the line are %q, the page has %s", got, alone.text())
	}
	if alone.find("id", "hours-chart-heading") != "" {
		t.Error("a day without questions has a chart of its hours")
	}
	b.visit(t, "/dashboard/today?date=2026-01-31").expect(t, http.StatusOK, "Nothing yet today")
	if day := b.json(t, "/dashboard/today/json?date=2026-01-30"); day["total_questions"] != 0.0 || day["total_sessions"] != 0.0 {
		t.Errorf("the second day has %v questions in %v sessions", day["total_questions"], day["total_sessions"])
	}

	record(`{"type":"NEXT","timestamp":"2026-01-30T09:00:00Z"},{"type":"EXIT","timestamp":"2026-01-30T09:06:00Z"}`)
	both := b.visit(t, "/dashboard/today?date=2026-01-30").expect(t, http.StatusOK)
	if got := both.find("aria-label", "The day"); !strings.Contains(got, carried) || !strings.Contains(got, "1 question 06:00") {
		t.Errorf("with work of its own the numbers of the line are %q", got)
	}
	if both.find("id", "total-questions") != "1" || both.find("id", "total-active") != "06:00" {
		t.Errorf("the totals of the second day: %s", both.text())
	}
}
