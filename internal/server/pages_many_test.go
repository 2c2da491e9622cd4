package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// manySessions records sessions of a second each, with one question, from an instant on.
func (b *browser) manySessions(t *testing.T, from time.Time, sessions int) {
	t.Helper()
	const atOnce = 100
	for done := 0; done < sessions; done += atOnce {
		var presses []string
		for i := done; i < min(done+atOnce, sessions); i++ {
			start := from.Add(time.Duration(i) * 2 * time.Second)
			presses = append(presses, "NEXT "+start.Format(time.RFC3339), "EXIT "+start.Add(time.Second).Format(time.RFC3339))
		}
		b.pressed(t, presses...)
	}
}

// A day of more sessions than a page lists has pages, in JSON and in the browser. The totals are
// always those of the day.
func TestDayOfManySessions(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	start := time.Date(2026, 1, 31, 6, 0, 0, 0, time.UTC)
	b.manySessions(t, start, 503)
	const address = "/dashboard/today/json?date=2026-01-31"
	seen := map[any]bool{}
	next := address
	for page := 1; next != ""; page++ {
		day := b.json(t, next)
		if day["total_sessions"] != 503.0 || day["total_questions"] != 503.0 || day["page"] != float64(page) || day["pages"] != 2.0 {
			t.Errorf("page %d: %v sessions, %v questions, page %v of %v", page, day["total_sessions"], day["total_questions"], day["page"], day["pages"])
		}
		for _, s := range day["sessions"].([]any) {
			seen[s.(map[string]any)["session_id"]] = true
		}
		next, _ = day["next"].(string)
	}
	if len(seen) != 503 {
		t.Errorf("%d sessions are on the pages", len(seen))
	}
	week := b.json(t, "/dashboard/week/json?date=2026-01-31")
	saturday := week["days"].([]any)[5].(map[string]any)
	if len(saturday["sessions"].([]any)) != 500 || saturday["total_sessions"] != 503.0 || week["total_sessions"] != 503.0 {
		t.Errorf("the week lists %d sessions of %v, and has %v", len(saturday["sessions"].([]any)), saturday["total_sessions"], week["total_sessions"])
	}
	if rest := b.json(t, saturday["next"].(string)); len(rest["sessions"].([]any)) != 3 {
		t.Errorf("its next page lists %d sessions", len(rest["sessions"].([]any)))
	}
	first := b.visit(t, "/dashboard/today?date=2026-01-31").expect(t, http.StatusOK, "Sessions 1 to 500 of 503")
	second := b.visit(t, "/dashboard/today?date=2026-01-31&page=2").expect(t, http.StatusOK, "Sessions 501 to 503 of 503")
	for what, drawn := range map[int]page{500: first, 3: second} {
		if got := strings.Count(drawn.Body.String(), "data-session="); got != what {
			t.Errorf("a page lists %d sessions, want %d", got, what)
		}
	}
	c.must(t, http.StatusBadRequest, ask{method: "GET", path: "/dashboard/today?page=0", bearer: b.token()})
	c.must(t, http.StatusUnprocessableEntity, ask{method: "GET", path: "/dashboard/today/json?page=0", bearer: b.token()})
}

// A page of a day with more questions than its line can show draws the sessions alone, and names
// the first of the questions that look too long.
func TestDayOfManyQuestions(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	start := time.Date(2026, 1, 30, 0, 0, 0, 0, time.UTC)
	for batch := range 3 {
		var presses []string
		for i := range 400 {
			presses = append(presses, "NEXT "+start.Add(time.Duration(400*batch+i)*40*time.Second).Format(time.RFC3339))
		}
		b.pressed(t, presses...)
	}
	b.pressed(t, "EXIT 2026-01-30T13:20:00Z")
	drawn := b.visit(t, "/dashboard/today?date=2026-01-30").expect(t, http.StatusOK, "1200")
	if bars := strings.Count(drawn.Body.String(), `class="q `); bars > 300 {
		t.Errorf("the page draws %d questions", bars)
	}
	if size := drawn.Body.Len(); size > 200_000 {
		t.Errorf("the page has %d bytes", size)
	}
}

// The raw log and the questions of a long session come in parts; each names the next one.
func TestPartsOfALongSession(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	start := time.Date(2026, 1, 31, 6, 0, 0, 0, time.UTC)
	var session string
	for batch := range 3 {
		var presses []string
		for i := range 201 {
			presses = append(presses, "NEXT "+start.Add(time.Duration(201*batch+i)*time.Second).Format(time.RFC3339))
		}
		session, _ = b.pressed(t, presses...)
	}
	events, next := 0, "/admin/debug/user-events/"+session
	for next != "" {
		w := c.must(t, http.StatusOK, ask{method: "GET", path: next, bearer: b.token()})
		part := decoded[[]map[string]any](t, w)
		if len(part) > 500 || len(part) > 0 && part[0]["seq"] != float64(events+1) {
			t.Errorf("a part of %d events begins with %v, after %d", len(part), part[0]["seq"], events)
		}
		events += len(part)
		next, _, _ = strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), `>; rel="next"`)
	}
	if events != 603 {
		t.Errorf("%d events, want 603", events)
	}
	summary := b.json(t, "/summary/"+session)
	rest := b.json(t, summary["next"].(string))
	if len(summary["questions"].([]any)) != 500 || len(rest["questions"].([]any)) != 102 || rest["total_questions"] != 602.0 || rest["next"] != nil {
		t.Errorf("pages of %d and %d questions of %v, then %v", len(summary["questions"].([]any)), len(rest["questions"].([]any)), rest["total_questions"], rest["next"])
	}
	// The address of a question leads to the page that lists it.
	last := rest["questions"].([]any)[101].(map[string]any)["id"].(string)
	b.visit(t, fmt.Sprintf("/dashboard/sessions/%s?question=%s", session, last)).expect(t, http.StatusOK, "Questions 501 to 602 of 602")
}
