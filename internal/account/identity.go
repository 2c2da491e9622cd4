package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Identity is who an OpenID Connect provider says somebody is.
type Identity struct {
	Issuer, Subject     string // together the key
	Email               string
	EmailVerified       bool // the provider vouches for the address
	FirstName, LastName string
}

// Provider is an OpenID Connect provider.
type Provider interface {
	// AuthURL is where a browser is sent to log in. State comes back with it, nonce is in
	// the identity, and verifier (RFC 7636) ties the code to who asked. It returns an
	// error that matches ErrProviderDown.
	AuthURL(ctx context.Context, state, nonce, verifier string) (string, error)

	// Exchange turns the code that came back into a verified identity. It returns an
	// error that matches ErrProviderDown or, when the code or what it was exchanged for
	// is not accepted, ErrProviderRefused.
	Exchange(ctx context.Context, code, nonce, verifier string) (Identity, error)
}

var (
	// ErrProviderDown means that the provider cannot be reached or makes no sense.
	ErrProviderDown = fault.New(fault.Unavailable, "the identity provider does not answer: try again later")
	// ErrProviderRefused means that the provider logged nobody in.
	ErrProviderRefused = fault.New(fault.Refused, "the identity provider did not log you in: start again")
)
