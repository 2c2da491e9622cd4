package httpx

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

const (
	ownHost       = "tracker.example.org"
	allowedOrigin = "https://www.raterhub.com"

	widgetPath = "/events"
	ownPath    = "/sessions/018f0000-0000-7000-8000-000000000000"
)

func newTestOrigins(t *testing.T) *Origins {
	t.Helper()
	origins, err := NewOrigins("https://"+ownHost, []string{allowedOrigin})
	if err != nil {
		t.Fatal(err)
	}
	return origins
}

// guarded returns the answer to a request behind a Guard, whose handler answers 200.
func guarded(t *testing.T, method, path string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Host = ownHost
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	reached := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", "GET, HEAD, PATCH")
		}
	})
	newTestOrigins(t).Guard(reached).ServeHTTP(w, r)
	return w
}

// senders are pages that send a request, as a browser describes them. A browser older
// than 2023 sends no Sec-Fetch-Site.
var senders = []struct {
	name, origin, site string
	own, widget        bool // may change something by cookie: anywhere, on the widget's surface
}{
	{"our page", "https://" + ownHost, "same-origin", true, true},
	{"our page, old browser", "https://" + ownHost, "", true, true},
	{"an allowed page", allowedOrigin, "cross-site", false, true},
	{"an allowed page, old browser", allowedOrigin, "", false, true},
	{"no page: typed in", "", "none", true, true},
	{"no browser", "", "", true, true},

	{"a foreign page", "https://evil.example", "cross-site", false, false},
	{"a foreign page, old browser", "https://evil.example", "", false, false},
	{"a foreign page that hides its origin", "", "cross-site", false, false},
	{"a sandboxed page", "null", "cross-site", false, false},
	{"a sandboxed page, old browser", "null", "", false, false},

	{"allowed as a prefix", allowedOrigin + ".evil.example", "", false, false},
	{"allowed as a suffix", "https://evil-www.raterhub.com", "", false, false},
	{"a page above the allowed one", "https://raterhub.com", "", false, false},
	{"allowed, another port", allowedOrigin + ":8443", "", false, false},
	{"allowed, another scheme", "http://www.raterhub.com", "", false, false},
	{"allowed, another spelling", "https://WWW.RATERHUB.COM", "", false, false},
	{"allowed, with a slash", allowedOrigin + "/", "", false, false},

	{"our host as a prefix", "https://" + ownHost + ".evil.example", "", false, false},
	{"below our host", "https://blog." + ownHost, "same-site", false, false},
	{"our host, another port", "https://" + ownHost + ":8443", "", false, false},
	{"our host, another port, same site", "https://" + ownHost + ":8443", "same-site", false, false},
	{"our host, another scheme", "http://" + ownHost, "cross-site", false, false},
	{"our host, another scheme, old browser", "http://" + ownHost, "", false, false},
}

// A change by cookie must come from the same origin or, on the widget's surface, from an
// allowed one. Nobody else may read an answer either.
func TestGuardChangesByCookie(t *testing.T) {
	for _, sender := range senders {
		t.Run(sender.name, func(t *testing.T) {
			header := map[string]string{"Cookie": "access_token=secret"}
			if sender.origin != "" {
				header["Origin"] = sender.origin
			}
			if sender.site != "" {
				header["Sec-Fetch-Site"] = sender.site
			}
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
				expectGuarded(t, guarded(t, method, ownPath, header), sender.own)
				expectGuarded(t, guarded(t, method, widgetPath, header), sender.widget)
			}
		})
	}
}

func expectGuarded(t *testing.T, w *httptest.ResponseRecorder, may bool) {
	t.Helper()
	if may {
		if w.Code != http.StatusOK {
			t.Errorf("answered %d", w.Code)
		}
		return
	}
	if p := problemIn(t, w); p.Status != http.StatusForbidden {
		t.Errorf("answered %d, want 403", p.Status)
	}
}

// A browser never adds a bearer token by itself, so a request with one may come from
// anywhere, and so may a request that only reads.
func TestGuardLetsThrough(t *testing.T) {
	for _, sender := range senders {
		t.Run(sender.name, func(t *testing.T) {
			for _, path := range []string{ownPath, widgetPath} {
				header := map[string]string{"Origin": sender.origin, "Sec-Fetch-Site": sender.site}
				expectGuarded(t, guarded(t, "GET", path, header), true)
				header["Authorization"], header["Cookie"] = "Bearer token", "access_token=secret"
				expectGuarded(t, guarded(t, "POST", path, header), true)
			}
		})
	}
}

// The widget's surface, path by path.
func TestIsWidgetSurface(t *testing.T) {
	tests := map[string]bool{
		"/auth/login": true, "/auth/csrf": true, "/auth/logout": true,
		"/events": true, "/events/batch": true, "/summary/1": true, "/sessions/recent": true, "/me": true,

		"/": false, "/auth": false, "/authors": false, "/summary": false, "/me/": false, "/menu": false,
		"/sessions/recent/": false, "/sessions/1": false, "/sessions/today": false, "/sessions/1/summary": false, "/profile": false,
		"/dashboard/today/json": false, "/admin/debug/user-sessions": false, "/x/auth/login": false,
	}
	for path, want := range tests {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST"} {
			if path == "/me" && method == "POST" {
				continue
			}
			if got := isWidgetSurface(method, path); got != want {
				t.Errorf("%s %s: %t", method, path, got)
			}
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		if isWidgetSurface(method, "/me") {
			t.Errorf("a page of the widget may %s an account", method)
		}
	}
}

// The server's own pages may do everything, also through a proxy that changes the host,
// and also when the server's origin is not configured.
func TestGuardOwnPages(t *testing.T) {
	const own = "https://" + ownHost
	tests := []struct {
		name, known, host, origin string
		may                       bool
	}{
		{"known", own, ownHost, own, true},
		{"known, behind a proxy that changes the host", own, "10.0.0.7:8000", own, true},
		{"known, by another address", own, "10.0.0.7:8000", "http://10.0.0.7:8000", true},
		{"known, plain http", own, ownHost, "http://" + ownHost, false},
		{"known, plain http, behind such a proxy", own, "10.0.0.7:8000", "http://" + ownHost, false},
		{"known to be plain http", "http://" + ownHost, ownHost, own, false},
		{"not known", "", ownHost, own, true},
		{"not known, plain http", "", ownHost, "http://" + ownHost, true}, // it may be all there is
		{"not known, another host", "", ownHost, "https://evil.example", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			origins, err := NewOrigins(test.known, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{ownPath, widgetPath} {
				r := httptest.NewRequest("POST", path, nil)
				r.Host = test.host
				r.Header.Set("Origin", test.origin)
				w := httptest.NewRecorder()
				origins.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
				expectGuarded(t, w, test.may)
			}
		})
	}
}

func TestNewOriginsRefuses(t *testing.T) {
	for _, text := range []string{
		"", "*", "null", "www.raterhub.com", "https://", "https://www.raterhub.com/", "https://www.raterhub.com/path",
		"https://www.raterhub.com?q", "://www.raterhub.com", "https://www.raterhub.com#x",
	} {
		if _, err := NewOrigins("", []string{allowedOrigin, text}); err == nil {
			t.Errorf("%q is taken for an origin", text)
		}
		if _, err := NewOrigins(text, nil); err == nil && text != "" {
			t.Errorf("%q is taken for our origin", text)
		}
	}
}

// A request that needs no credential may come from anywhere, but the credentials that a
// browser adds are removed, because the rule relies on that.
func TestCredentialFreePathsLoseTheirCredentials(t *testing.T) {
	origins, err := NewOrigins("https://tracker.example.org", nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, free := range map[string]bool{
		"/auth/device/token": true, "/auth/device/refresh": true,
		"/auth/device": false, "/auth/device/token/": false, "/auth/device/tokens": false, "/auth/login": false, "/me/device": false,
	} {
		reached := false
		next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			reached = true
			if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" {
				t.Errorf("%s: handed on with %v", path, r.Header)
			}
		})
		r := httptest.NewRequest(http.MethodPost, path, nil)
		r.Header.Set("Origin", "chrome-extension://abcdefghijklmnopabcdefghijklmnop")
		r.Header.Set("Cookie", "access_token=x")
		if free {
			r.Header.Set("Authorization", "Bearer x")
		}
		origins.Guard(next).ServeHTTP(httptest.NewRecorder(), r)
		if reached != free {
			t.Errorf("%s: let through: %t", path, reached)
		}
	}
}
