package httpx

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// The cookies of both faces.
const (
	TokenCookie        = "access_token"
	CSRFCookie         = "csrf_token"
	KnownBrowserCookie = "known_device"   // says that the browser has logged in before; see Named
	VisitCookie        = "identity_visit" // the state of a visit to the identity provider; see Named

	// hostPrefix keeps other hosts of the same domain from setting a cookie (RFC 6265bis
	// section 4.1.3.2). The other cookies keep the names that older clients use.
	hostPrefix = "__Host-"
)

const (
	csrfLifetime  = 24 * time.Hour
	visitLifetime = 5 * time.Minute // the longest that a visit may take
)

// Cookies says how cookies are set.
type Cookies struct {
	Secure   bool
	Local    bool          // set cookies without Secure for a browser on this machine that uses plain http
	Lax      bool          // SameSite=Lax even where None would work
	Lifetime time.Duration // of a login
}

// Make returns a cookie that scripts cannot read; the value "" deletes it. local is
// IsLocal of the request. SameSite=None lets a userscript on another site log in;
// browsers accept it only with Secure.
func (c Cookies) Make(local bool, name, value string, lifetime time.Duration) http.Cookie {
	secure := c.secure(local)
	cookie := http.Cookie{ //nolint:gosec // without Secure on plain http, where browsers would refuse it
		Name: name, Value: value, Path: "/", MaxAge: int(lifetime.Seconds()),
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteNoneMode,
	}
	if c.Lax || !secure {
		cookie.SameSite = http.SameSiteLaxMode
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

func (c Cookies) secure(local bool) bool { return c.Secure && (!c.Local || !local) }

// Named returns the name of a cookie that no older client uses: with hostPrefix where
// browsers accept that.
func (c Cookies) Named(local bool, name string) string {
	if c.secure(local) {
		return hostPrefix + name
	}
	return name
}

// Read returns the value of a cookie whose name is Named, or "".
func (c Cookies) Read(r *http.Request, name string) string {
	return CookieOf(r, c.Named(IsLocal(r), name))
}

// OfLogin returns the cookies of a login.
func (c Cookies) OfLogin(local bool, login account.LoggedIn) []http.Cookie {
	return []http.Cookie{
		c.Make(local, TokenCookie, login.Token, c.Lifetime),
		c.Make(local, c.Named(local, KnownBrowserCookie), login.KnownBrowser, account.KnownBrowserLifetime),
	}
}

// ForgetPages is the value of Clear-Site-Data in the answer to a logout: whoever uses the
// browser next finds no page by going back. It leaves the storage, which has the presses that
// wait to be sent, and the cookies: the browser stays known, and those of other servers of the
// same domain would go too. Browsers heed it in a secure context.
const ForgetPages = `"cache"`

// OfLogout deletes the access token's cookie. The browser stays a known browser.
func (c Cookies) OfLogout(local bool) http.Cookie { return c.Make(local, TokenCookie, "", 0) }

// OfCSRF returns the cookie with the CSRF token, which a form or a header must repeat.
func (c Cookies) OfCSRF(local bool, token string) http.Cookie {
	return c.Make(local, CSRFCookie, token, csrfLifetime)
}

// OfVisit ties a visit to the identity provider to the browser that was sent there; the
// state "" deletes the cookie. SameSite=Lax is enough, because the provider sends the
// browser back by a link.
func (c Cookies) OfVisit(local bool, state string) http.Cookie {
	cookie := c.Make(local, c.Named(local, VisitCookie), state, visitLifetime) //nolint:gosec // Make decides about Secure
	cookie.SameSite = http.SameSiteLaxMode
	return cookie
}

// CookieOf returns the value of a request's cookie, or "".
func CookieOf(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// TokenOf returns the access token of a request: the bearer token or, only if there is no
// Authorization header, the cookie.
func TokenOf(r *http.Request) string {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "bearer") {
			return ""
		}
		return strings.TrimSpace(token)
	}
	return CookieOf(r, TokenCookie)
}

// IsLocal reports whether a request comes from a browser on this machine, over plain http
// and without a proxy. The server must work there without any configuration, cookies
// included, but not every browser accepts a Secure cookie there.
func IsLocal(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || r.TLS != nil {
		return false
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.IsLoopback()
}
