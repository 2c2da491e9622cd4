package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"
)

// A CSRF token is the base64url of issue time, nonce and HMAC over both:
//
//	microseconds since 1970 (8 bytes, big-endian) | nonce (16) | HMAC-SHA256 (32)
const (
	csrfTimeSize    = 8
	csrfNonceSize   = 16
	csrfPayloadSize = csrfTimeSize + csrfNonceSize
	csrfSize        = csrfPayloadSize + sha256.Size

	csrfLifetime = 24 * time.Hour
)

// csrfEncoding is strict, so that a token has one spelling only.
var csrfEncoding = base64.RawURLEncoding.Strict()

// CSRF issues and checks the tokens that login and registration need (SPEC
// section 6). It keeps no list: a token is good for 24 hours on every replica.
type CSRF struct {
	keys [][]byte
	now  func() time.Time
}

// NewCSRF returns a CSRF that signs with the current key and accepts the
// previous one too.
func NewCSRF(keys *Keys, now func() time.Time) *CSRF {
	return &CSRF{keys: keys.csrf, now: now}
}

// Token returns a new token, for the page or answer and for the cookie.
func (c *CSRF) Token() string {
	token := make([]byte, csrfPayloadSize, csrfSize)
	binary.BigEndian.PutUint64(token, uint64(c.now().UnixMicro()))
	rand.Read(token[csrfTimeSize:]) // never fails, as documented
	return csrfEncoding.EncodeToString(csrfMAC(c.keys[0], token))
}

// Verify returns an error that matches ErrCSRF unless this server issued the
// token within the last 24 hours.
func (c *CSRF) Verify(token string) error {
	if len(token) != csrfEncoding.EncodedLen(csrfSize) {
		return fmt.Errorf("%w: wrong length", ErrCSRF)
	}
	raw, err := csrfEncoding.DecodeString(token)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCSRF, err)
	}
	if len(raw) != csrfSize { // base64 skips line breaks
		return fmt.Errorf("%w: wrong length", ErrCSRF)
	}
	if !c.signed(raw) {
		return fmt.Errorf("%w: wrong signature", ErrCSRF)
	}
	issuedAt := time.UnixMicro(int64(binary.BigEndian.Uint64(raw)))
	switch age := c.now().Sub(issuedAt); {
	case age < -clockLeeway:
		return fmt.Errorf("%w: from the future", ErrCSRF)
	case age > csrfLifetime:
		return fmt.Errorf("%w: expired", ErrCSRF)
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

// signed reports whether one of the keys signed raw, a token of the right size,
// in constant time for each.
func (c *CSRF) signed(raw []byte) bool {
	for _, key := range c.keys {
		// The capacity is cut so that appending the MAC cannot overwrite raw's.
		if hmac.Equal(csrfMAC(key, raw[:csrfPayloadSize:csrfPayloadSize]), raw) {
			return true
		}
	}
	return false
}

// csrfMAC appends to payload its MAC.
func csrfMAC(key, payload []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(payload)
	return mac.Sum(payload)
}
