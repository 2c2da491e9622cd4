// Package oidc is the client of an OpenID Connect provider (OpenID Connect Core 1.0,
// authorization code flow with PKCE).
//
// The rules are:
//   - The provider is asked for its configuration when it is first needed, and again
//     after a failure, so the server starts while the provider is down.
//   - Every call has a time limit, reads a bounded answer, and follows no redirect.
//   - An error names no secret, no code and no token: it goes to the log.
package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

const (
	callTimeout = 5 * time.Second // of one call to the provider
	maxAnswer   = 1 << 20         // bytes of one answer
	maxSubject  = 255             // OpenID Connect Core section 2
)

// Options are what a Client needs to know of its provider.
type Options struct {
	Issuer, ClientID, ClientSecret string
	RedirectURL                    string // where the provider sends browsers back to
	Now                            func() time.Time
	Transport                      http.RoundTripper // nil: http.DefaultTransport
}

// Client is an account.Provider. It is safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client

	provider    atomic.Pointer[provider] // nil until the provider has told its configuration
	discoveries singleflight.Group
}

// provider is what a provider tells of itself.
type provider struct {
	*oidc.Provider
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// New is a Client that has not called anybody yet.
func New(o Options) *Client {
	transport := o.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &Client{options: o, http: &http.Client{
		Transport:     bounded{transport},
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// bounded cuts answers that are too long; what is cut does not parse.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxAnswer), response.Body}
	return response, nil
}

// AuthURL implements account.Provider.
func (c *Client) AuthURL(ctx context.Context, state, nonce, verifier string) (string, error) {
	p, err := c.discovered(ctx)
	if err != nil {
		return "", err
	}
	return p.oauth.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// discovered is the provider's configuration, asked for unless it is known. Those who
// need it at once ask once; each waits as long as its own context lasts.
func (c *Client) discovered(ctx context.Context) (*provider, error) {
	if p := c.provider.Load(); p != nil {
		return p, nil
	}
	discovery := c.discoveries.DoChan("", func() (any, error) { return c.discover(context.WithoutCancel(ctx)) })
	select {
	case result := <-discovery:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*provider), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *Client) discover(ctx context.Context) (*provider, error) {
	if p := c.provider.Load(); p != nil {
		return p, nil
	}
	// The library uses the client of the context for keys later on, too.
	discovered, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.options.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: discovery: %w", account.ErrProviderDown, err)
	}
	endpoint := discovered.Endpoint()
	if endpoint.AuthURL == "" || endpoint.TokenURL == "" {
		return nil, fmt.Errorf("%w: discovery names no endpoints", account.ErrProviderDown)
	}
	endpoint.AuthStyle = authStyle(discovered)
	p := &provider{
		Provider: discovered,
		oauth: oauth2.Config{
			ClientID: c.options.ClientID, ClientSecret: c.options.ClientSecret, RedirectURL: c.options.RedirectURL,
			Endpoint: endpoint, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
		},
		verifier: discovered.Verifier(&oidc.Config{ClientID: c.options.ClientID, Now: c.options.Now}),
	}
	c.provider.Store(p)
	return p, nil
}

// authStyle is how the provider wants to be shown the client's secret. The library
// would find out by trying, and a code may be used once only.
func authStyle(p *oidc.Provider) oauth2.AuthStyle {
	var metadata struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := p.Claims(&metadata); err == nil &&
		slices.Contains(metadata.Methods, "client_secret_post") && !slices.Contains(metadata.Methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader // the default of OpenID Connect Discovery section 3
}

// claims are those of an ID token, or of the provider's userinfo.
type claims struct {
	Subject    string `json:"sub"`
	Authorized string `json:"azp"`
	Email      string `json:"email"`
	Verified   any    `json:"email_verified"` // a boolean, and of some providers a text
	GivenName  string `json:"given_name"`
	FamilyName string `json:"family_name"`
}

// Exchange implements account.Provider.
func (c *Client) Exchange(ctx context.Context, code, nonce, verifier string) (account.Identity, error) {
	p, err := c.discovered(ctx)
	if err != nil {
		return account.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	tokens, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return account.Identity{}, exchangeError(err)
	}
	token, found, err := c.verified(ctx, p, tokens, nonce)
	if err != nil {
		return account.Identity{}, fmt.Errorf("%w: ID token: %w", account.ErrProviderRefused, err)
	}
	if found.Email == "" && p.UserInfoEndpoint() != "" {
		if err := addUserInfo(ctx, p, tokens, &found); err != nil {
			return account.Identity{}, err
		}
	}
	return account.Identity{
		Issuer: token.Issuer, Subject: token.Subject,
		Email: found.Email, EmailVerified: found.Verified == true || found.Verified == "true",
		FirstName: found.GivenName, LastName: found.FamilyName,
	}, nil
}

// verified is the ID token among tokens, if it is the provider's, of today, and for
// this login.
func (c *Client) verified(ctx context.Context, p *provider, tokens *oauth2.Token, nonce string) (*oidc.IDToken, claims, error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return nil, claims{}, errors.New("is missing")
	}
	token, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, claims{}, err
	}
	var found claims
	if err := token.Claims(&found); err != nil {
		return nil, claims{}, err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return nil, claims{}, errors.New("is of another login")
	case found.Authorized != "" && found.Authorized != c.options.ClientID: // OpenID Connect Core section 3.1.3.7
		return nil, claims{}, errors.New("is for another client")
	case token.Subject == "" || len(token.Subject) > maxSubject:
		return nil, claims{}, fmt.Errorf("has a subject of %d bytes", len(token.Subject))
	}
	return token, found, nil
}

// addUserInfo asks for the claims that the ID token lacks.
func addUserInfo(ctx context.Context, p *provider, tokens *oauth2.Token, to *claims) error {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("%w: userinfo failed", account.ErrProviderDown) // the library's error quotes the answer
	}
	var found claims
	if err := info.Claims(&found); err != nil {
		return fmt.Errorf("%w: userinfo: %w", account.ErrProviderDown, err)
	}
	if found.Subject != to.Subject { // OpenID Connect Core section 5.3.2
		return fmt.Errorf("%w: userinfo is of somebody else", account.ErrProviderRefused)
	}
	*to = found
	return nil
}

// exchangeError leaves out the provider's answer, which may repeat the code.
func exchangeError(err error) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		return fmt.Errorf("%w: exchanging the code: %w", account.ErrProviderDown, err)
	}
	status := answered.Response.StatusCode
	if answered.ErrorCode == "" || status >= http.StatusInternalServerError {
		return fmt.Errorf("%w: exchanging the code: status %d", account.ErrProviderDown, status)
	}
	return fmt.Errorf("%w: exchanging the code: status %d, %.40q", account.ErrProviderRefused, status, answered.ErrorCode)
}
