package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// The cookies of the product.
const (
	tokenCookie  = "access_token"
	csrfCookie   = "csrf_token"
	deviceCookie = "known_device"
	visitCookie  = "identity_visit"

	// hostPrefix keeps other hosts of the same domain from setting a cookie (RFC 6265bis
	// section 4.1.3.2). access_token and csrf_token are names that older clients know.
	hostPrefix = "__Host-"
)

const csrfLifetime = 24 * time.Hour

// Cookies says how cookies are set.
type Cookies struct {
	Secure   bool
	Local    bool          // not Secure to a browser on this machine that uses plain http
	Lax      bool          // SameSite=Lax even where None would work
	Lifetime time.Duration // of a login
}

// make is a cookie that scripts cannot read. SameSite=None lets a userscript on
// another site log in; browsers refuse it on a cookie that is not Secure.
func (c Cookies) make(by Caller, name, value string, lifetime time.Duration) http.Cookie {
	secure := c.secure(by)
	cookie := http.Cookie{ //nolint:gosec // not Secure on plain http, where browsers would refuse it
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

func (c Cookies) secure(by Caller) bool { return c.Secure && (!c.Local || !by.local) }

// named is the name under which a cookie of the product's own goes.
func (c Cookies) named(by Caller, name string) string {
	if c.secure(by) {
		return hostPrefix + name
	}
	return name
}

// read is the value of a cookie of the product's own, or "".
func (c Cookies) read(by Caller, name string) string {
	cookie, err := by.request.Cookie(c.named(by, name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// ofLogin are the cookies of a login.
func (c Cookies) ofLogin(by Caller, login account.LoggedIn) []http.Cookie {
	return []http.Cookie{
		c.make(by, tokenCookie, login.Token, c.Lifetime),
		c.make(by, c.named(by, deviceCookie), login.Device, account.DeviceLifetime),
	}
}

// ofVisit binds a visit to the identity provider to the browser that was sent there.
// Lax is enough: the provider sends it back by a link.
func (c Cookies) ofVisit(by Caller, state string) http.Cookie {
	cookie := c.make(by, c.named(by, visitCookie), state, visitLifetime) //nolint:gosec // as secure as make finds right
	cookie.SameSite = http.SameSiteLaxMode
	return cookie
}

// Caller is who makes a request. On plain http at a loopback address
// everything works as it is, cookies included (SPEC section 10), but not every
// browser takes a Secure cookie there.
type Caller struct {
	local   bool // a browser on this machine, over plain http, with no proxy between
	request *http.Request
}

// Resolve is called by the router before the handler.
func (c *Caller) Resolve(hc huma.Context) []error {
	r, _ := humago.Unwrap(hc)
	c.local, c.request = isLocal(r), r
	return nil
}

func isLocal(r *http.Request) bool {
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
