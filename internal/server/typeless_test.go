package server

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a foreign page can send without a preflight, a form or an empty request, changes
// nothing by cookie or without any login, even if the server could not tell its origin.
// TestExamples shows that the same requests are accepted as JSON.
func TestChangesWithoutATypeChangeNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before := c.dump(t)
	for _, r := range c.routes {
		if !r.documented || !r.changes() {
			continue
		}
		from := ask{method: r.method, path: r.fill(t, p.ids), origin: chainOrigin, site: "same-origin"}
		for media, header := range map[string]http.Header{
			"no type": {"Content-Type": nil}, "a form": {"Content-Type": {"application/x-www-form-urlencoded"}},
			"parts": {"Content-Type": {"multipart/form-data; boundary=x"}}, "text": {"Content-Type": {"text/plain;charset=UTF-8"}},
		} {
			from.header = header
			for _, from.cookie = range []string{p.token, ""} {
				for _, from.body = range []string{exampleOf(t, r).body, ""} {
					if w := c.answer(t, from); w.Code != http.StatusUnsupportedMediaType {
						t.Errorf("%s with %s, body %q: %d %s, want 415", r.name, media, from.body, w.Code, w.Body)
					}
				}
			}
		}
	}
	if diff := cmp.Diff(before, c.dump(t)); diff != "" {
		t.Errorf("changed something (-before +after):\n%s", diff)
	}
}

// A browser adds no bearer token by itself, so a change with one needs no type.
func TestChangesByTokenNeedNoType(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	for _, r := range c.routes {
		if !r.documented || !r.changes() || !r.secured || exampleOf(t, r).after != "" {
			continue
		}
		p, e := c.newPerson(t), exampleOf(t, r)
		w := c.answer(t, ask{method: r.method, path: r.fill(t, p.ids), body: e.body, bearer: p.token, header: http.Header{"Content-Type": nil}})
		if w.Code != e.want {
			t.Errorf("%s: %d %s, want %d", r.name, w.Code, w.Body, e.want)
		}
	}
}
