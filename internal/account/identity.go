package account

import "context"

// Identity is who an OpenID Connect provider says somebody is.
type Identity struct {
	Issuer, Subject     string // together the key
	Email               string
	EmailVerified       bool // the provider vouches for the address
	FirstName, LastName string
}

// Provider is an OpenID Connect provider.
type Provider interface {
	AuthURL(ctx context.Context, state, nonce, verifier string) (string, error)
	Exchange(ctx context.Context, code, nonce, verifier string) (Identity, error)
}
