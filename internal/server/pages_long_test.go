package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// longSession records a session with 1,100 questions of a second each.
func longSession(t *testing.T, c *chain, b *browser) (id string, questions []string) {
	t.Helper()
	var last map[string]any
	for batch := range 3 {
		var events []string
		for i := range []int{500, 500, 101}[batch] {
			at := chainStart().Add(-time.Hour + time.Duration(500*batch+i)*time.Second)
			events = append(events, fmt.Sprintf(`{"type":"NEXT","timestamp":%q}`, at.Format(time.RFC3339)))
		}
		w := c.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: b.token(), body: `{"events":[` + strings.Join(events, ",") + `]}`})
		results := decoded[map[string]any](t, w)["results"].([]any)
		last = results[len(results)-1].(map[string]any)["answer"].(map[string]any)
	}
	id = last["session_id"].(string)
	for page := 1; page <= 3; page++ {
		summary := b.json(t, fmt.Sprintf("/summary/%s?page=%d", id, page))
		if summary["pages"] != 3.0 || summary["page"] != float64(page) || summary["total_questions"] != 1100.0 {
			t.Errorf("page %d: %v of %v, %v questions", page, summary["page"], summary["pages"], summary["total_questions"])
		}
		for _, q := range summary["questions"].([]any) {
			questions = append(questions, q.(map[string]any)["id"].(string))
		}
	}
	return id, questions
}

// A long session comes in pages of 500 questions, in HTML and in JSON, each with the totals
// of the whole session. A form on a page leads back to that page.
func TestLongSessionComesInPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	id, questions := longSession(t, c, b)
	if len(questions) != 1100 {
		t.Fatalf("%d questions on all pages", len(questions))
	}
	address := "/dashboard/sessions/" + id
	first := b.visit(t, address).expect(t, http.StatusOK, "Questions 1 to 500 of 1100")
	if first.Body.Len() > 2<<20 {
		t.Errorf("a page of %d bytes", first.Body.Len())
	}
	second := b.visit(t, address+"?page=2").expect(t, http.StatusOK, "Questions 501 to 1000 of 1100")
	b.visit(t, address+"?page=9").expect(t, http.StatusOK, "Questions 1001 to 1100 of 1100")
	b.visit(t, address+"?page=0").expect(t, http.StatusBadRequest, "must be a number from 1 on")
	for rel, want := range map[string]string{"prev": address, "next": address + "?page=3"} {
		if got := linkOf(second, rel); got != want {
			t.Errorf("%s leads to %q, want %q", rel, got, want)
		}
	}
	if got := second.find("id", "total-questions"); got != "1100" {
		t.Errorf("the second page says that there are %q questions", got)
	}

	of600 := address + "/questions/" + questions[599]
	place := "#question-" + questions[599]
	b.send(t, second, of600+"/adjust", url.Values{"active_time": {"00:00"}}).leadsTo(t, address+"?done=adjusted&page=2"+place)
	b.send(t, second, of600+"/adjust", url.Values{"active_time": {"59:00"}}).expect(t, http.StatusUnprocessableEntity, "Questions 501 to 1000 of 1100", "must be from 00:00 to 00:01")
	b.send(t, second, of600+"/delete", url.Values{}).leadsTo(t, address+"?page=2&undo="+url.QueryEscape("question:"+id+":"+questions[599]))
}
