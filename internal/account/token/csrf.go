package token

import (
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const csrfLifetime = 24 * time.Hour

// ErrCSRF is returned when a CSRF token is missing, forged, expired, or differs from
// the one in the cookie.
var ErrCSRF = fault.New(fault.Refused, "bad CSRF token: get a fresh one from /auth/csrf")

// CSRF issues and checks the CSRF tokens that login and registration need. It keeps no
// list: a token is valid for 24 hours on every replica.
type CSRF struct{ stamps Stamps }

// NewCSRF returns a CSRF that signs with the current key, and accepts the previous one
// too.
func NewCSRF(keys *Keys, now func() time.Time) *CSRF {
	return &CSRF{Stamps{keys: keys.csrf, lifetime: csrfLifetime, now: now}}
}

// Token returns a new token, for both the page or answer and the cookie.
func (c *CSRF) Token() string { return c.stamps.Issue("") }

// Verify returns an error that matches ErrCSRF unless this server issued the
// token within the last 24 hours.
func (c *CSRF) Verify(token string) error {
	if err := c.stamps.Verify(token, ""); err != nil {
		return fmt.Errorf("%w: %w", ErrCSRF, err)
	}
	return nil
}

// Check verifies the token that a request submits in its header or form field. If the
// request has a cookie, both must be equal; cookieRequired (for forms) means that it must
// have one. A cookie of "" counts as no cookie. Every error matches ErrCSRF.
func (c *CSRF) Check(submitted, cookie string, cookieRequired bool) error {
	if cookie == "" && cookieRequired {
		return fmt.Errorf("%w: no cookie", ErrCSRF)
	}
	if cookie != "" && subtle.ConstantTimeCompare([]byte(submitted), []byte(cookie)) != 1 {
		return fmt.Errorf("%w: differs from the cookie", ErrCSRF)
	}
	return c.Verify(submitted)
}
