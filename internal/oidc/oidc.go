// Package oidc is the client of an OpenID Connect provider: the authorization
// code flow with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636).
//
// The rules are:
//   - The program starts while the provider is down: what the provider is like is
//     asked at the first login, and again after a failure.
//   - Nobody is anybody before signature, issuer, audience, expiry and nonce of an
//     ID token are checked.
//   - Errors go to the log, so their texts are put together here. What the token
//     endpoint answers may repeat what it was sent, and stays out.
package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// maxCodeSize is in bytes. The longest codes of known providers have about 2,000.
const maxCodeSize = 4 << 10

// Options is what a Client is made of.
type Options struct {
	Issuer       string   // required; URL, letter for letter as the provider writes it
	ClientID     string   // required
	ClientSecret string   // "" means a public client, which PKCE alone protects
	RedirectURL  string   // required; where the provider sends the browser back to
	Scopes       []string // nil means openid, email and profile

	Now func() time.Time // required

	// Client is what to call the provider with; nil means a client with the proxy
	// of the environment. Redirects and the size of answers are limited in any
	// case, and a call takes no longer than five seconds or its Timeout if that is
	// shorter.
	Client *http.Client
}

// Client is the client of one provider. It implements account.Provider, and is
// safe for concurrent use.
type Client struct {
	options   Options
	http      *http.Client
	discovery singleflight.Group
	found     atomic.Pointer[provider] // nil before the first discovery that worked
}

// New returns a Client, or an error that says which option is no good. It calls
// nobody.
func New(o Options) (*Client, error) {
	if o.Scopes == nil {
		o.Scopes = []string{goidc.ScopeOpenID, goidc.ScopeEmail, goidc.ScopeProfile}
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("OpenID Connect: %w", err)
	}
	return &Client{options: o, http: limited(o.Client)}, nil
}

// AuthURL is where the browser is sent for one login.
func (c *Client) AuthURL(ctx context.Context, state, nonce, verifier string) (string, error) {
	if state == "" || nonce == "" || verifier == "" {
		return "", errors.New("URL of a login: state, nonce or PKCE verifier is missing")
	}
	p, err := c.provider(ctx)
	if err != nil {
		return "", fmt.Errorf("URL of a login: %w", err)
	}
	return p.oauth.AuthCodeURL(state, goidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Exchange turns the code of one login into the verified identity.
func (c *Client) Exchange(ctx context.Context, code, nonce, verifier string) (account.Identity, error) {
	if nonce == "" || verifier == "" { // an empty nonce would match a token without one
		return account.Identity{}, errors.New("exchange a code: nonce or PKCE verifier is missing")
	}
	who, err := c.exchange(ctx, code, nonce, verifier)
	if err != nil {
		return account.Identity{}, fmt.Errorf("exchange a code: %w", err)
	}
	return who, nil
}

func (c *Client) exchange(ctx context.Context, code, nonce, verifier string) (account.Identity, error) {
	if code == "" || len(code) > maxCodeSize {
		return account.Identity{}, fmt.Errorf("%w: a code of %d bytes", account.ErrLoginRefused, len(code))
	}
	p, err := c.provider(ctx)
	if err != nil {
		return account.Identity{}, err
	}
	ctx = goidc.ClientContext(ctx, c.http)
	token, err := p.redeem(ctx, code, verifier)
	if err != nil {
		return account.Identity{}, err
	}
	said, err := p.verify(ctx, token, nonce)
	if err != nil {
		return account.Identity{}, err
	}
	if !said.complete() {
		if err := p.complete(ctx, token, &said); err != nil {
			return account.Identity{}, err
		}
	}
	return said.identity(c.options.Issuer)
}
