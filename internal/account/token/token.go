// Package token makes and checks everything that the server signs or seals: access
// tokens, refresh tokens of devices, CSRF tokens, the stamps of known browsers, and
// secrets at rest. It knows no user and no store: whether a token was revoked is for
// the caller to find out.
package token
