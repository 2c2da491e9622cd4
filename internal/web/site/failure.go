package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// fail answers a request that failed. It sends a browser without a login to the login
// page; any other failure is a problem, which FailurePages draws for a browser.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, account.ErrUnauthenticated) && wantsPage(r) {
		GoOn(w, r, loginAddress(r))
		return
	}
	problem := httpx.ProblemOf(err)
	if !fault.Is(err) && problem.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "status", problem.Status, "error", err)
	}
	httpx.WriteProblem(w, problem)
}

// loginAddress returns the address of the login page, with the way back to the requested
// page if the request was for one.
func loginAddress(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/login"
	}
	return "/login?next=" + url.QueryEscape(r.URL.RequestURI())
}

// wantsPage reports whether a person looks at the answer: browsers name text/html when
// they open a page, and other clients do not by default.
func wantsPage(r *http.Request) bool {
	for _, line := range r.Header["Accept"] {
		for media := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(media, ";")
			if strings.EqualFold(strings.TrimSpace(name), "text/html") {
				return true
			}
		}
	}
	return false
}

// Home is the page to which people go when nothing says where else.
const Home = "/dashboard/today"

// longestPath is the most bytes of a path to go to.
const longestPath = 1000

// LocalPath returns text if it is a path on this server, and otherwise if not, so that
// nobody is led to another site (CWE-601). Browsers read a backslash as a slash, drop
// control characters, and read two slashes as the start of a host.
func LocalPath(text, otherwise string) string {
	hostile := func(c rune) bool { return c == '\\' || c < ' ' || c == 0x7f }
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") ||
		len(text) > longestPath || strings.ContainsFunc(text, hostile) {
		return otherwise
	}
	u, err := url.Parse(text)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil {
		return otherwise
	}
	return text
}

// GoOn redirects a browser to a path on this server: one of ours, or a LocalPath.
func GoOn(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, path, http.StatusSeeOther) //nolint:gosec // see above
}
