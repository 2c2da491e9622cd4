package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// The failures of a login with an OpenID Connect provider.
var (
	// ErrProvider means that the provider cannot be reached, or that what it
	// answers proves nothing.
	ErrProvider = fault.New(fault.Unavailable, "the identity provider cannot be used right now: try again later")
	// ErrLoginRefused means that a code is unknown, used up, expired, or of another
	// login than the one it came back to.
	ErrLoginRefused = fault.New(fault.Refused, "the identity provider did not confirm this login: start it again")
)

// Identity is who an OpenID Connect provider says somebody is.
type Identity struct {
	// Issuer and Subject together are the key. Subject has 1 to 255 bytes and no
	// control characters.
	Issuer, Subject string

	Email         string // at most 254 bytes, otherwise as the provider wrote it; "" means it did not say
	EmailVerified bool   // the provider says that the address is this person's

	FirstName, LastName string // at most 255 bytes each; "" means the provider did not say
}

// Provider is an OpenID Connect provider. The state, nonce and PKCE verifier are
// of one login alone, and none may be empty. Besides the errors named at each
// method it may return the context's.
type Provider interface {
	// AuthURL is where the browser is sent. It returns ErrProvider.
	AuthURL(ctx context.Context, state, nonce, verifier string) (string, error)

	// Exchange turns the code that came back into the verified identity. It returns
	// ErrProvider or ErrLoginRefused.
	Exchange(ctx context.Context, code, nonce, verifier string) (Identity, error)
}
