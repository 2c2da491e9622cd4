package httpx

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Origins decides which pages of other origins may call the server.
type Origins struct {
	own     string // of this server, as browsers reach it; "" when that is not known
	allowed map[string]bool
	pages   *http.CrossOriginProtection // lets through pages of this server only
	widget  *http.CrossOriginProtection // and those of allowed
}

// NewOrigins allows the widget's surface to pages of the allowed origins, such as
// "https://www.raterhub.com", matched exactly, and everything to the server's own
// pages. own is their origin; when it is "", a page whose host is the request's is
// the server's own. It returns an error for a text that is no origin.
func NewOrigins(own string, allowed []string) (*Origins, error) {
	o := &Origins{
		own: own, allowed: make(map[string]bool),
		pages: http.NewCrossOriginProtection(), widget: http.NewCrossOriginProtection(),
	}
	if own != "" {
		// A proxy may have changed the request's host.
		if err := errors.Join(o.pages.AddTrustedOrigin(own), o.widget.AddTrustedOrigin(own)); err != nil {
			return nil, fmt.Errorf("own origin: %w", err)
		}
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
// the path (SPEC section 6). It does not need to delete an account: for a while after a
// login at an identity provider a cookie is enough for that.
func isWidgetSurface(method, path string) bool {
	for _, prefix := range []string{"/auth/", "/events", "/summary/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return path == "/me" && method != http.MethodDelete || path == "/sessions/recent"
}

// IsCredentialFree reports whether the path neither reads nor sets a cookie, nor a
// bearer's token: all its authority is in the body. A browser adds nothing to such a
// request that the page does not have already, so it may come from anywhere; and it
// does: from a userscript's manager or an extension, whose origins no list can name.
func IsCredentialFree(path string) bool {
	return path == "/auth/device/token" || path == "/auth/device/refresh"
}

// Guard answers preflights, lets allowed pages read what the widget asks for, and
// refuses a change by cookie that a foreign page sends (SPEC section 6).
func (o *Origins) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protection := o.pages
		if isWidgetSurface(methodOf(r), r.URL.Path) {
			protection = o.widget
			w.Header().Add("Vary", "Origin")
			if origin := r.Header.Get("Origin"); o.allowed[origin] {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
				w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
				if isPreflight(r) {
					answerPreflight(w, r, next)
					return
				}
			}
		}
		if IsCredentialFree(r.URL.Path) {
			r.Header.Del("Cookie") // so that nothing behind can read what the rule rests on
			r.Header.Del("Authorization")
			next.ServeHTTP(w, r)
			return
		}
		if !hasBearer(r) && (protection.Check(r) != nil || o.isDowngrade(r)) {
			WriteProblem(w, NewProblem(http.StatusForbidden, "a page of another origin may not do this"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isDowngrade reports whether a page at this server's host, but of another scheme,
// wants to change something: whoever is between a browser and the server can make
// one on plain http. Only a browser that sends no Sec-Fetch-Site needs this; of its
// requests CrossOriginProtection compares nothing but the hosts.
func (o *Origins) isDowngrade(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	_, ownHost, _ := strings.Cut(o.own, "://")
	_, host, _ := strings.Cut(origin, "://")
	return !isSafe(r.Method) && origin != "" && o.own != "" && host == ownHost && origin != o.own
}

// isSafe reports whether requests of a method change nothing (RFC 9110 section
// 9.2.1).
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// methodOf is the method of a request, and for a preflight that of the request behind it.
func methodOf(r *http.Request) string {
	if isPreflight(r) {
		return r.Header.Get("Access-Control-Request-Method")
	}
	return r.Method
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// answerPreflight names the methods that next answers at this path: those that it names
// when it refuses OPTIONS.
func answerPreflight(w http.ResponseWriter, r *http.Request, next http.Handler) {
	refused := &discardedBody{header: http.Header{}}
	next.ServeHTTP(refused, r)
	w.Header().Set("Access-Control-Allow-Methods", refused.header.Get("Allow"))
	w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, x-csrf-token")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// hasBearer reports whether the request names its own credential: a browser
// never adds that by itself, and cookies are ignored beside it.
func hasBearer(r *http.Request) bool { return r.Header.Get("Authorization") != "" }
