package server

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A change by cookie must come from the same origin, or on the routes for the widget
// from an allowed one. All other origins get 403 and change nothing, on every route.
func TestForeignPagesChangeNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before := c.dump(t)
	for _, r := range c.routes {
		if !r.changes() {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			e, path := exampleOf(t, r), r.fill(t, p.ids)
			for _, s := range sendersOf(c) {
				if s.may(r) {
					continue
				}
				w := c.answer(t, ask{method: r.method, path: path, body: e.body, form: e.form, cookie: p.token, origin: s.origin, site: s.site})
				if !refusedForOrigin(w) || w.Header().Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s: %d %s, want 403", s.name, w.Code, w.Body)
				}
				if w.Header().Values("Set-Cookie") != nil {
					t.Errorf("%s: sets %q", s.name, w.Header().Values("Set-Cookie"))
				}
			}
			if diff := cmp.Diff(before, c.dump(t)); diff != "" {
				t.Errorf("changed something (-before +after):\n%s", diff)
			}
		})
	}
}

// The counterpart: no sender who may send a request is refused, and no page that sends its
// own credential, because a browser never adds one by itself. This test looks only at the
// guard; TestExamples checks that requests of our own pages take effect.
func TestOthersMay(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	for _, r := range c.routes {
		const body = "{}"
		path := r.fill(t, p.ids)
		for _, s := range sendersOf(c) {
			if s.may(r) {
				if w := c.answer(t, ask{method: r.method, path: path, body: body, cookie: p.token, origin: s.origin, site: s.site}); refusedForOrigin(w) {
					t.Errorf("%s of %s by cookie: %d %s", r.name, s.name, w.Code, w.Body)
				}
			}
			for credentials, a := range map[string]ask{"bearer": {bearer: p.token}, "bearer beside a cookie": {bearer: p.token, cookie: p.token}} {
				a.method, a.path, a.body, a.origin, a.site = r.method, path, body, s.origin, s.site
				if w := c.answer(t, a); refusedForOrigin(w) {
					t.Errorf("%s of %s by %s: %d %s", r.name, s.name, credentials, w.Code, w.Body)
				}
			}
		}
	}
}

// An invalid Authorization header does not get the cookie beside it past the guard.
func TestCookieBesideAnotherCredential(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before := c.everything(t, p)
	for _, r := range c.routes {
		if !r.secured || !r.changes() {
			continue
		}
		for _, authorization := range []string{"Basic eDp5", "Bearer", "Bearer ", "Bearer x.y.z", "x", "Digest a=b", " "} {
			w := c.answer(t, ask{
				method: r.method, path: r.fill(t, p.ids), body: exampleOf(t, r).body, form: exampleOf(t, r).form, cookie: p.token,
				origin: "https://evil.test", site: "cross-site", header: http.Header{"Authorization": {authorization}},
			})
			if w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden {
				t.Errorf("%s with %q: %d %s", r.name, authorization, w.Code, w.Body)
			}
		}
	}
	if diff := cmp.Diff(before, c.everything(t, p)); diff != "" {
		t.Errorf("changed something (-before +after):\n%s", diff)
	}
}

// The guard and the router read paths in the same way: a path that only looks like the
// widget's surface reaches nothing outside it.
func TestPathsThatPretend(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before := c.dump(t)
	for _, r := range c.routes {
		if !r.changes() || isForWidget(r) {
			continue
		}
		path := r.fill(t, p.ids)
		for _, pretence := range []string{
			"/events/.." + path, "/auth/../" + path, "/auth/%2e%2e" + path, "/events/..%2f" + path[1:], "/events%2f.." + path,
			"/summary/x/../.." + path, "/" + path, "//events" + path, path + "/../../../events", path + "?/events", path + ";/events", path + "%3f/events",
			"/%61uth/.." + path, "/me/.." + path, "/events\\.." + path, "/events/%5c.." + path,
		} {
			w := c.answer(t, ask{
				method: r.method, path: pretence, body: exampleOf(t, r).body, form: exampleOf(t, r).form, cookie: p.token,
				origin: "https://www.raterhub.com", site: "cross-site",
			})
			if w.Code < http.StatusMultipleChoices {
				t.Errorf("%s %s: %d %s", r.method, pretence, w.Code, w.Body)
			}
			// A browser follows a redirect in the name of the same page, so the guard must
			// refuse the new address too.
			if to := w.Header().Get("Location"); to != "" {
				w := c.answer(t, ask{
					method: r.method, path: to, body: exampleOf(t, r).body, form: exampleOf(t, r).form, cookie: p.token,
					origin: "https://www.raterhub.com", site: "cross-site",
				})
				if w.Code < http.StatusBadRequest {
					t.Errorf("%s %s, sent on to %s: %d %s", r.method, pretence, to, w.Code, w.Body)
				}
			}
		}
	}
	if diff := cmp.Diff(before, c.dump(t)); diff != "" {
		t.Errorf("changed something (-before +after):\n%s", diff)
	}
}

// corsOf returns the headers by which a browser decides which page may read an answer.
func corsOf(w *httptest.ResponseRecorder) map[string]string {
	found := map[string]string{}
	for name, values := range w.Header() {
		if rest, ok := strings.CutPrefix(name, "Access-Control-"); ok {
			found[rest] = strings.Join(values, " and ")
		}
	}
	return found
}

// Only pages of the listed origins may read answers, of any status, and only on the
// widget's surface.
func TestWhoMayRead(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	for _, r := range c.routes {
		t.Run(r.name, func(t *testing.T) {
			const body = "{}"
			path := r.fill(t, p.ids)
			for _, s := range sendersOf(c) {
				want := map[string]string{}
				if s.reads(c, r) {
					want = map[string]string{"Allow-Origin": s.origin, "Allow-Credentials": "true", "Expose-Headers": "Retry-After"}
				}
				for credentials, a := range map[string]ask{"cookie": {cookie: p.token}, "bearer": {bearer: p.token}, "nothing": {}} {
					a.method, a.path, a.body, a.origin, a.site = r.method, path, body, s.origin, s.site
					w := c.answer(t, a)
					if diff := cmp.Diff(want, corsOf(w)); diff != "" {
						t.Errorf("%s by %s, answered %d (-want +got):\n%s", s.name, credentials, w.Code, diff)
					}
					if varies := slices.Contains(w.Header().Values("Vary"), "Origin"); isForWidget(r) && !varies {
						t.Errorf("%s by %s: Vary %q lets a cache give one origin's answer to another", s.name, credentials, w.Header().Values("Vary"))
					}
				}
			}
		})
	}
}

// Preflights let the same origins use the same routes, with the headers that the widget
// sends. For any other page the browser stops after the preflight.
func TestPreflights(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before := c.dump(t)
	for _, r := range c.routes {
		t.Run(r.name, func(t *testing.T) {
			for _, s := range sendersOf(c) {
				w := c.answer(t, ask{
					method: http.MethodOptions, path: r.fill(t, p.ids), origin: s.origin, site: s.site, cookie: p.token,
					header: http.Header{
						"Access-Control-Request-Method":  {r.method},
						"Access-Control-Request-Headers": {"authorization,content-type,x-csrf-token"},
					},
				})
				got := corsOf(w)
				if !s.reads(c, r) {
					if len(got) > 0 {
						t.Errorf("%s: %d %v", s.name, w.Code, got)
					}
					continue
				}
				if w.Code != http.StatusNoContent || got["Allow-Origin"] != s.origin || got["Allow-Credentials"] != "true" {
					t.Errorf("%s: %d %v", s.name, w.Code, got)
				}
				if !slices.Contains(strings.Split(got["Allow-Methods"], ", "), r.method) {
					t.Errorf("%s: allows %q, and not %s", s.name, got["Allow-Methods"], r.method)
				}
				headers := slices.Sorted(slices.Values(strings.Split(strings.ToLower(got["Allow-Headers"]), ", ")))
				if want := []string{"authorization", "content-type", "x-csrf-token"}; !slices.Equal(headers, want) {
					t.Errorf("%s: takes the headers %q, want %q", s.name, headers, want)
				}
			}
		})
	}
	if diff := cmp.Diff(before, c.dump(t)); diff != "" {
		t.Errorf("changed something (-before +after):\n%s", diff)
	}
}
