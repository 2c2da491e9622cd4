package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// The failures of a login with an OpenID Connect provider.
var (
	// ErrProvider is returned when the provider cannot be reached, or when its answer
	// proves nothing.
	ErrProvider = fault.New(fault.Unavailable, "the identity provider cannot be used right now: try again later")
	// ErrLoginRefused is returned for a code that is unknown, used up, expired, or of
	// another login.
	ErrLoginRefused = fault.New(fault.Refused, "the identity provider did not confirm this login: start it again")
)

// Identity is what an OpenID Connect provider says about a person.
type Identity struct {
	// Issuer and Subject together are the key. Subject has 1 to 255 bytes and no
	// control characters.
	Issuer, Subject string

	Email         string // at most 254 bytes, otherwise as the provider wrote it; "" if it gave none
	EmailVerified bool   // the provider vouches that the address is this person's

	FirstName, LastName string // at most 255 bytes each; "" if the provider gave none
}

// Provider is an OpenID Connect provider. Each login has a state, nonce and PKCE verifier
// of its own, and none may be empty. Methods may also return the context's error.
type Provider interface {
	// AuthURL returns where to send the browser, or ErrProvider.
	AuthURL(ctx context.Context, state, nonce, verifier string) (string, error)

	// Exchange turns the code that came back into a verified identity. It returns
	// ErrProvider or ErrLoginRefused.
	Exchange(ctx context.Context, code, nonce, verifier string) (Identity, error)
}
