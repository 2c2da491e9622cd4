package httpx

import (
	"fmt"
	"net/http"
	"strings"
)

// Origins decides which pages of other origins may call the server.
type Origins struct {
	allowed map[string]bool
	own     *http.CrossOriginProtection // pages of this server only
	widget  *http.CrossOriginProtection // and those of allowed
}

// NewOrigins allows the widget's surface to pages of these origins, such as
// "https://www.raterhub.com", matched exactly. It returns an error for a text
// that is no origin.
func NewOrigins(allowed []string) (*Origins, error) {
	o := &Origins{
		allowed: make(map[string]bool),
		own:     http.NewCrossOriginProtection(), widget: http.NewCrossOriginProtection(),
	}
	for _, origin := range allowed {
		if err := o.widget.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("allowed origin: %w", err)
		}
		o.allowed[origin] = true
	}
	return o, nil
}

// isWidgetSurface reports whether the widget, on a page of another origin, needs
// the path (SPEC section 6).
func isWidgetSurface(path string) bool {
	for _, prefix := range []string{"/auth/", "/events", "/summary/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return path == "/me" || path == "/sessions/recent"
}

// Guard answers preflights, lets allowed pages read what the widget asks for, and
// refuses a change by cookie that a foreign page sends (SPEC section 6).
func (o *Origins) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protection := o.own
		if isWidgetSurface(r.URL.Path) {
			protection = o.widget
			w.Header().Add("Vary", "Origin")
			if origin := r.Header.Get("Origin"); o.allowed[origin] {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
				if isPreflight(r) {
					answerPreflight(w)
					return
				}
			}
		}
		if !hasBearer(r) {
			if err := protection.Check(r); err != nil {
				WriteProblem(w, NewProblem(http.StatusForbidden, "a page of another origin may not do this"))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

func answerPreflight(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, PATCH")
	w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, x-csrf-token")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// hasBearer reports whether the request names its own credential: a browser
// never adds that by itself, and cookies are ignored beside it.
func hasBearer(r *http.Request) bool { return r.Header.Get("Authorization") != "" }
