// Package oidc is the client of an OpenID Connect provider: the authorization
// code flow with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636).
//
// The rules are:
//   - The program can start while the provider is down: it discovers the provider at
//     the first login, and again after a failure.
//   - An identity counts only after signature, issuer, audience, expiry and nonce of
//     its ID token are checked.
//   - Errors go to the log, so their texts are composed here. The token endpoint's
//     answers may repeat secrets that it was sent, and stay out.
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
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// maxCodeSize is in bytes. The longest codes of known providers have about 2,000.
const maxCodeSize = 4 << 10

// Options are the settings of a Client.
type Options struct {
	Issuer       string   // required; URL, spelled exactly as the provider spells it
	ClientID     string   // required
	ClientSecret string   // "" for a public client, which PKCE alone protects
	RedirectURL  string   // required; where the provider sends the browser back
	Scopes       []string // nil means openid, email and profile

	Now func() time.Time // required

	// Client calls the provider; nil means a client with the proxy of the environment.
	// In either case redirects and the size of answers are limited, and a call takes at
	// most five seconds, or Client's Timeout if that is shorter.
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

// New returns a Client, or an error that says which option is not valid. It makes no
// call.
func New(o Options) (*Client, error) {
	if o.Scopes == nil {
		o.Scopes = []string{goidc.ScopeOpenID, goidc.ScopeEmail, goidc.ScopeProfile}
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("OpenID Connect: %w", err)
	}
	return &Client{options: o, http: limited(o.Client)}, nil
}

// AuthURL returns where to send the browser for one login.
func (c *Client) AuthURL(ctx context.Context, state, nonce, verifier string) (_ string, err error) {
	defer fault.Wrap(&err, "URL of a login")
	if state == "" || nonce == "" || verifier == "" {
		return "", errors.New("state, nonce or PKCE verifier is missing")
	}
	p, err := c.provider(ctx)
	if err != nil {
		return "", err
	}
	return p.oauth.AuthCodeURL(state, goidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Exchange turns the code of one login into a verified identity.
func (c *Client) Exchange(ctx context.Context, code, nonce, verifier string) (_ account.Identity, err error) {
	defer fault.Wrap(&err, "exchange a code")
	if nonce == "" || verifier == "" { // an empty nonce would match a token without one
		return account.Identity{}, errors.New("nonce or PKCE verifier is missing")
	}
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
