package httpx

import (
	"net/http"
	"strings"
)

// JSONChanges returns a mux for operations in JSON. Of its routes those that change something
// take a request without an Authorization header only if its Content-Type is JSON, also if it
// has no body; others get 415. A page of another site can neither name that type nor send a
// token without a preflight, which Origins answers. So a browser does not send such a request
// with its cookies for a foreign page, even if nothing else told where it came from.
func JSONChanges(mux Mux) Mux { return jsonChanges{mux} }

type jsonChanges struct{ Mux }

// Handle registers a handler.
func (m jsonChanges) Handle(pattern string, handler http.Handler) {
	if method, _, _ := strings.Cut(pattern, " "); !isSafe(method) {
		handler = wantsJSON(handler)
	}
	m.Mux.Handle(pattern, handler)
}

// HandleFunc registers a handler.
func (m jsonChanges) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	m.Handle(pattern, http.HandlerFunc(handler))
}

func wantsJSON(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if types := r.Header["Content-Type"]; !hasBearer(r) && (len(types) == 0 || !isJSON(types)) {
			WriteProblem(w, unread(w, http.StatusUnsupportedMediaType,
				"without a bearer token the Content-Type must be application/json, also if there is no body"))
			return
		}
		next.ServeHTTP(w, r)
	})
}
