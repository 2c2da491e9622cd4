package oidc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// provider is the result of discovery.
type provider struct {
	oidc     *goidc.Provider
	oauth    oauth2.Config
	verifier *goidc.IDTokenVerifier
}

// metadata is the part of the discovery document that is checked here (OpenID
// Connect Discovery 1.0 section 3). The library checks the issuer.
type metadata struct {
	AuthURL     string   `json:"authorization_endpoint"`
	TokenURL    string   `json:"token_endpoint"`
	KeysURL     string   `json:"jwks_uri"`
	UserInfoURL string   `json:"userinfo_endpoint"` // "" if there is none
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
}

// provider returns the provider, which the first call discovers. Concurrent callers share
// one request, and each waits no longer than its own context allows.
func (c *Client) provider(ctx context.Context) (*provider, error) {
	if found := c.found.Load(); found != nil {
		return found, nil
	}
	// The request serves all callers, so it does not end with the one that began it.
	shared := goidc.ClientContext(context.WithoutCancel(ctx), c.http)
	done := c.discovery.DoChan("", func() (any, error) {
		if c.found.Load() != nil { // another call found it since the check above
			return nil, nil
		}
		found, err := c.discover(shared)
		if err == nil {
			c.found.Store(found)
		}
		return nil, err
	})
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case result := <-done:
		if result.Err != nil {
			return nil, unusable(ctx, "discovery", result.Err)
		}
		return c.found.Load(), nil
	}
}

func (c *Client) discover(ctx context.Context) (*provider, error) {
	discovered, err := goidc.NewProvider(ctx, c.options.Issuer)
	if err != nil {
		return nil, err
	}
	var m metadata
	if err := discovered.Claims(&m); err != nil {
		return nil, err
	}
	if err := m.check(c.options.Issuer); err != nil {
		return nil, err
	}
	endpoint := discovered.Endpoint()
	endpoint.AuthStyle = m.authStyle(c.options.ClientSecret)
	return &provider{
		oidc: discovered,
		oauth: oauth2.Config{
			ClientID:     c.options.ClientID,
			ClientSecret: c.options.ClientSecret,
			RedirectURL:  c.options.RedirectURL,
			Scopes:       c.options.Scopes,
			Endpoint:     endpoint,
		},
		// The library accepts the asymmetric algorithms of the document, or RS256 if there
		// are none: never "none", and never HS256 with the secret as the key.
		verifier: discovered.Verifier(&goidc.Config{ClientID: c.options.ClientID, Now: c.options.Now}),
	}, nil
}

// check returns an error unless all endpoints are there and as well protected as the
// issuer.
func (m metadata) check(issuer string) error {
	endpoints := map[string]string{
		"authorization_endpoint": m.AuthURL,
		"token_endpoint":         m.TokenURL,
		"jwks_uri":               m.KeysURL,
	}
	if m.UserInfoURL != "" {
		endpoints["userinfo_endpoint"] = m.UserInfoURL
	}
	protected := strings.HasPrefix(issuer, "https:")
	for name, endpoint := range endpoints {
		u, err := parseURL(endpoint)
		if err == nil && protected && u.Scheme != "https" {
			err = errors.New("must be https like the issuer")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// authStyle returns how the client presents its secret. The library could find out by
// trying, but a try that fails uses up the code.
func (m metadata) authStyle(secret string) oauth2.AuthStyle {
	// A document without methods means client_secret_basic.
	basic := len(m.AuthMethods) == 0 || slices.Contains(m.AuthMethods, "client_secret_basic")
	if basic && secret != "" {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}
