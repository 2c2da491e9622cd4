package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

const visitCookie = "identity_visit"

// visitCookieOf binds a visit to the identity provider to the browser that was sent
// there. Lax is enough: the provider sends it back by a link.
func visitCookieOf(c httpx.Cookies, by Caller, state string) http.Cookie {
	cookie := c.Make(by.local, c.Named(by.local, visitCookie), state, visitLifetime) //nolint:gosec // as secure as Make finds right
	cookie.SameSite = http.SameSiteLaxMode
	return cookie
}

// Caller is who makes a request, as far as cookies depend on it: see httpx.IsLocal.
type Caller struct {
	local   bool
	request *http.Request
}

// Resolve is called by the router before the handler.
func (c *Caller) Resolve(hc huma.Context) []error {
	r, _ := humago.Unwrap(hc)
	c.local, c.request = httpx.IsLocal(r), r
	return nil
}
