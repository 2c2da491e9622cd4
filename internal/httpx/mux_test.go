package httpx

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The router answers unknown routes with a problem, and keeps its headers.
func TestRouter(t *testing.T) {
	router := NewRouter()
	served := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "served") }
	router.HandleFunc("GET /things/{id}", served)
	router.HandleFunc("DELETE /things/{id}", served)
	router.HandleFunc("POST /things", served)
	router.HandleFunc("GET /things/newest", served)
	router.HandleFunc("GET /{$}", served)

	nothing := NewProblem(404, "there is nothing at this address")
	tests := []struct {
		name, method, path string
		want               *Problem // nil: no problem
		status             int
		allow, location    string
	}{
		{name: "known", method: "GET", path: "/things/1", status: 200},
		{name: "known, HEAD", method: "HEAD", path: "/things/1", status: 200},
		{name: "unknown", method: "GET", path: "/nothing", status: 404, want: nothing},
		{name: "unknown, any method", method: "DELETE", path: "/nothing", status: 404, want: nothing},
		{name: "the root", method: "GET", path: "/", status: 200},
		{
			name: "the root, another method", method: "DELETE", path: "/", status: 405, allow: "GET, HEAD",
			want: NewProblem(405, "DELETE is not allowed here; see the Allow header"),
		},
		{name: "a path of its own below a wildcard's", method: "HEAD", path: "/things/newest", status: 200},
		{
			name: "the wildcard's method at it", method: "DELETE", path: "/things/newest", status: 405, allow: "GET, HEAD",
			want: NewProblem(405, "DELETE is not allowed here; see the Allow header"),
		},
		{name: "below a known one", method: "GET", path: "/things/1/2", status: 404, want: nothing},
		{name: "no value for the wildcard", method: "GET", path: "/things/", status: 404, want: nothing},
		{
			name: "another method", method: "PUT", path: "/things/1", status: 405, allow: "DELETE, GET, HEAD",
			want: NewProblem(405, "PUT is not allowed here; see the Allow header"),
		},
		{
			name: "GET of what only takes POST", method: "GET", path: "/things", status: 405, allow: "POST",
			want: NewProblem(405, "GET is not allowed here; see the Allow header"),
		},
		{name: "an unclean path", method: "GET", path: "/x/..//things/1", status: 307, location: "/things/1"},
		{name: "an unclean path, another method", method: "PUT", path: "//things/1?a=b", status: 307, location: "/things/1?a=b"},
		{name: "an unclean path to nothing", method: "GET", path: "/a//b?c=d", status: 307, location: "/a/b?c=d"},
		{name: "not to another host", method: "GET", path: "//evil.example/", status: 307, location: "/evil.example/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(test.method, "http://"+ownHost+test.path, nil)
			router.ServeHTTP(w, r)
			if w.Code != test.status {
				t.Fatalf("answered %d, want %d", w.Code, test.status)
			}
			if got := w.Header().Get("Allow"); got != test.allow {
				t.Errorf("Allow %q, want %q", got, test.allow)
			}
			if got := w.Header().Get("Location"); got != test.location {
				t.Errorf("Location %q, want %q", got, test.location)
			}
			if media := w.Header().Get("Content-Type"); w.Body.Len() == 0 && media != "" {
				t.Errorf("no body, and Content-Type %q", media)
			}
			if test.want != nil {
				if diff := cmp.Diff(test.want, problemIn(t, w)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}
