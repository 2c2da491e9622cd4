package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The header Allow names exactly the methods that are registered for the path, in the
// answer to OPTIONS and to any other method. A preflight is answered with the same methods.
func TestAllowedMethods(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	methods := map[string][]string{}
	for _, r := range c.routes {
		path := r.fill(t, p.ids)
		methods[path] = append(methods[path], r.method)
		if r.method == http.MethodGet {
			methods[path] = append(methods[path], http.MethodHead)
		}
	}
	for path, registered := range methods {
		slices.Sort(registered)
		want := strings.Join(registered, ", ")
		for _, method := range []string{
			http.MethodOptions, http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		} {
			if slices.Contains(registered, method) {
				continue
			}
			w := c.answer(t, ask{method: method, path: path, bearer: p.token})
			if got := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || got != want {
				t.Errorf("%s %s: %d, Allow %q, want %q", method, path, w.Code, got, want)
			}
		}
		preflight := ask{method: http.MethodOptions, path: path, origin: allowedOrigin, header: http.Header{
			"Access-Control-Request-Method": {registered[0]},
		}}
		if got, ok := corsOf(c.answer(t, preflight))["Allow-Methods"]; ok && got != want {
			t.Errorf("a preflight for %s allows %q, want %q", path, got, want)
		}
	}
}
