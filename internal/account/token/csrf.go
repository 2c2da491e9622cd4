package account

import (
	"crypto/subtle"
	"fmt"
	"time"
)

const csrfLifetime = 24 * time.Hour

// CSRF issues and checks the tokens that login and registration need (SPEC
// section 6). It keeps no list: a token is good for 24 hours on every replica.
type CSRF struct{ stamps stamps }

// NewCSRF returns a CSRF that signs with the current key and accepts the
// previous one too.
func NewCSRF(keys *Keys, now func() time.Time) *CSRF {
	return &CSRF{stamps{keys: keys.csrf, lifetime: csrfLifetime, now: now}}
}

// Token returns a new token, for the page or answer and for the cookie.
func (c *CSRF) Token() string { return c.stamps.issue("") }

// Verify returns an error that matches ErrCSRF unless this server issued the
// token within the last 24 hours.
func (c *CSRF) Verify(token string) error {
	if err := c.stamps.verify(token, ""); err != nil {
		return fmt.Errorf("%w: %w", ErrCSRF, err)
	}
	return nil
}

// Check verifies the token that a request submits in its header or form field
// against the cookie: one that is present must be equal, and cookieRequired (for
// forms) says that it must be present. A "" is not present. Every error matches
// ErrCSRF.
func (c *CSRF) Check(submitted, cookie string, cookieRequired bool) error {
	if cookie == "" && cookieRequired {
		return fmt.Errorf("%w: no cookie", ErrCSRF)
	}
	if cookie != "" && subtle.ConstantTimeCompare([]byte(submitted), []byte(cookie)) != 1 {
		return fmt.Errorf("%w: not the one of the cookie", ErrCSRF)
	}
	return c.Verify(submitted)
}
