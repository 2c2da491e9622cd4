package httpx

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Origins decides which pages of other origins may call the server.
type Origins struct {
	own     string // this server's origin, as browsers reach it; "" when it is not known
	allowed map[string]bool
	pages   *http.CrossOriginProtection // lets through pages of this server only
	widget  *http.CrossOriginProtection // lets through these and pages of allowed
}

// NewOrigins allows the server's own pages everything, and pages of the allowed origins,
// such as "https://www.raterhub.com", what the widget needs. Origins are matched exactly.
// own is the origin of the server's pages; when it is "", a page is the server's own if
// its host is the host of the request. NewOrigins returns an error for a text that is not
// an origin.
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

// isWidgetSurface reports whether the widget, on a page of another origin, needs the
// path. Of a user's account it reads the profile, and must not change it.
func isWidgetSurface(method, path string) bool {
	for _, prefix := range []string{"/auth/", "/events", "/summary/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return path == "/me" && isSafe(method) || path == "/sessions/recent"
}

// IsCredentialFree reports whether the path ignores cookies and bearer tokens: all that
// authorises the request is in its body. A browser adds nothing to such a request that
// the page does not have already, so it may come from anywhere. It does come from
// userscript managers and extensions, whose origins cannot be listed.
func IsCredentialFree(path string) bool {
	return path == "/auth/device/token" || path == "/auth/device/refresh"
}

// Guard answers preflight requests, lets pages of allowed origins read what the widget
// needs, and refuses a change by cookie that a page of another origin sends.
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
			r.Header.Del("Cookie") // so that nothing behind this can use what the rule says is ignored
			r.Header.Del("Authorization")
			next.ServeHTTP(w, r)
			return
		}
		if !hasBearer(r) && (protection.Check(r) != nil || o.isDowngrade(r)) {
			WriteProblem(w, NewProblem(http.StatusForbidden, "a page of another origin may not do this"))
			return
		}
		if o.isEmbedded(r, protection) {
			WriteProblem(w, NewProblem(http.StatusForbidden, "a page of another origin may not load this"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isEmbedded reports whether a page of another origin loads the answer to a read with the
// user's cookies without showing it to the user: as an image, a frame, a script or a link
// that is fetched in advance. A browser that sends no Sec-Fetch-Site (made before 2023, or
// on plain http in a network) is not asked.
func (o *Origins) isEmbedded(r *http.Request, protection *http.CrossOriginProtection) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if !isSafe(r.Method) || hasBearer(r) || r.Header.Get("Cookie") == "" || site == "" || site == "same-origin" || site == "none" {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" && (origin == o.own || protection == o.widget && o.allowed[origin]) {
		return false
	}
	isShown := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return !isShown || r.Header.Get("Sec-Purpose") != "" || isDownload(r.URL.Path) && r.Header.Get("Sec-Fetch-User") != "?1"
}

// isDownload reports whether a path is a file of a user. A page can send its browser there
// again and again, because a download leaves the page where it is; so that must be the
// user's own click.
func isDownload(path string) bool {
	return path == "/me/export" || strings.HasPrefix(path, "/reports/")
}

// isDowngrade reports whether a page at this server's host, but with another scheme,
// wants to change something: anybody between a browser and the server can make such a
// page on plain http. This matters only for browsers that send no Sec-Fetch-Site; for
// them CrossOriginProtection compares nothing but the hosts.
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

// methodOf returns the method of a request; for a preflight, the method of the request
// that it announces.
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

// hasBearer reports whether the request carries its own credential. A browser never adds
// one by itself, and cookies are ignored beside it.
func hasBearer(r *http.Request) bool { return r.Header.Get("Authorization") != "" }
