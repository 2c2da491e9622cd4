package server

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// sender is a page whose browser sends a request.
type sender struct {
	name   string
	origin string // header Origin; "" sends none
	site   string // header Sec-Fetch-Site of a browser since 2023
	kind   senderKind
}

type senderKind int

const (
	foreign senderKind = iota // may change nothing by cookie, and read nothing
	allowed                   // may use the widget's surface: a page of ALLOWED_ORIGINS
	own                       // may do everything
)

// senders are the pages worth trying, besides those of ALLOWED_ORIGINS.
var senders = []sender{
	{"our page", chainOrigin, "same-origin", own},
	// A user who types the address or opens a bookmark: no page is behind it.
	{"nobody's page", "", "none", own},
	// Neither header is what a script outside a browser sends. It has no cookies but
	// those it was given, so there is no page that could abuse them. Every browser
	// sends Origin with a request that changes something, since 2020 at the latest.
	{"no browser", "", "", own},

	{"a foreign page", "https://evil.test", "cross-site", foreign},
	{"a page in a sandbox, or of a file", "null", "cross-site", foreign},
	{"ours as the start of another", chainOrigin + ".evil.test", "cross-site", foreign},
	{"ours as the end of another", "https://evil-" + chainHost, "cross-site", foreign},
	{"below ours", "https://blog." + chainHost, "same-site", foreign},
	{"above ours", "https://example.org", "same-site", foreign},
	{"ours on another port", chainOrigin + ":8443", "same-site", foreign},
	{"ours on plain http", "http://" + chainHost, "cross-site", foreign},
	{"ours on plain http, another port", "http://" + chainHost + ":443", "cross-site", foreign},
	{"ours with a final dot", chainOrigin + ".", "cross-site", foreign},
	{"ours with a user", "https://" + chainHost + "@evil.test", "cross-site", foreign},

	{"allowed as the start of another", "https://raterhub.com.evil.test", "cross-site", foreign},
	{"allowed as the start of another, with www", "https://www.raterhub.com.evil.test", "cross-site", foreign},
	{"allowed as the end of another", "https://evil-raterhub.com", "cross-site", foreign},
	{"allowed without its dot", "https://wwwraterhub.com", "cross-site", foreign},
	{"below an allowed one", "https://forum.raterhub.com", "cross-site", foreign},
	{"allowed on another port", "https://www.raterhub.com:8443", "cross-site", foreign},
	{"allowed on its own port, spelt out", "https://www.raterhub.com:443", "cross-site", foreign},
	{"allowed on plain http", "http://www.raterhub.com", "cross-site", foreign},
	{"allowed with a final dot", "https://www.raterhub.com.", "cross-site", foreign},
	{"allowed in upper case", "https://WWW.RATERHUB.COM", "cross-site", foreign},
	{"allowed with a slash", "https://www.raterhub.com/", "cross-site", foreign},
	{"allowed with a space", "https://www.raterhub.com ", "cross-site", foreign},
	{"allowed with a user", "https://www.raterhub.com@evil.test", "cross-site", foreign},
	{"two at once", "https://www.raterhub.com https://evil.test", "cross-site", foreign},
	{"two at once, by comma", "https://www.raterhub.com, https://evil.test", "cross-site", foreign},
	{"a pattern", "https://*.raterhub.com", "cross-site", foreign},
	{"everything", "*", "cross-site", foreign},
}

// sendersOf returns senders, those of ALLOWED_ORIGINS, and each of them again as from
// a browser from before 2023, which sends no Sec-Fetch-Site.
func sendersOf(c *chain) []sender {
	all := slices.Clone(senders)
	for _, origin := range c.settings.AllowedOrigins {
		if origin != chainOrigin {
			all = append(all, sender{"allowed: " + origin, origin, "cross-site", allowed})
		}
	}
	for _, s := range slices.Clone(all) {
		if s.origin != "" {
			all = append(all, sender{s.name + ", old browser", s.origin, "", s.kind})
		}
	}
	// A browser leaves Origin out only if it sends Sec-Fetch-Site, which still says that
	// the page is foreign.
	return append(
		all,
		sender{"a foreign page that hides", "", "cross-site", foreign},
		sender{"a neighbour that hides", "", "same-site", foreign},
	)
}

// may reports whether the sender's page may use a route by cookie.
func (s sender) may(r route) bool {
	return s.kind == own || s.kind == allowed && isForWidget(r) || !r.changes() && s.site == "" || slices.Contains(credentialFree, r.name)
}

// reads reports whether the sender's page, at another origin, may read answers.
func (s sender) reads(c *chain, r route) bool {
	return isForWidget(r) && slices.Contains(c.settings.AllowedOrigins, s.origin)
}

// isForWidget reports whether pages of allowed origins may call a route: /auth/*,
// /events*, /summary/* and /sessions/recent, and /me to read it.
func isForWidget(r route) bool {
	path := r.path
	return strings.HasPrefix(path, "/auth/") || strings.HasPrefix(path, "/events") || strings.HasPrefix(path, "/summary/") ||
		path == "/sessions/recent" || path == "/me" && !r.changes()
}

// refusedForOrigin reports whether an answer refuses a foreign page.
func refusedForOrigin(w *httptest.ResponseRecorder) bool {
	return w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "origin")
}

// Other tests loop over these lists; if one were empty, they would pass without checking
// anything.
func TestSenders(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	kinds := map[senderKind]int{}
	for _, s := range sendersOf(c) {
		kinds[s.kind]++
	}
	if kinds[allowed] != 4 || kinds[own] != 4 || kinds[foreign] < 50 {
		t.Errorf("%d allowed, %d own, %d foreign senders", kinds[allowed], kinds[own], kinds[foreign])
	}
	want := map[bool]int{}
	for _, r := range c.routes {
		if r.changes() {
			want[isForWidget(r)]++
		}
	}
	if want[true] < 5 || want[false] < 3 {
		t.Errorf("routes that change something, by whether they are for the widget: %v", want)
	}
}
