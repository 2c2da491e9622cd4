package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"unicode"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// The longest values that are accepted, in bytes.
const (
	maxSubject = 255 // OpenID Connect Core 1.0 section 2
	maxEmail   = 254 // RFC 5321 section 4.5.3.1.3 without the brackets
	maxName    = 255
)

// claims is what the provider says about a person, in an ID token or at the userinfo
// endpoint (OpenID Connect Core 1.0 section 5.1).
type claims struct {
	Subject       string `json:"sub"`
	Email         string `json:"email"`
	EmailVerified *yes   `json:"email_verified"`
	FirstName     string `json:"given_name"`
	LastName      string `json:"family_name"`

	AuthorizedParty string `json:"azp"` // of ID tokens only
}

// yes is a boolean that some providers write as a string.
type yes bool

// UnmarshalJSON reads everything that is not clearly a yes as a no.
func (y *yes) UnmarshalJSON(b []byte) error {
	*y = string(b) == `true` || string(b) == `"true"`
	return nil
}

// verify checks the ID token that came with token (OpenID Connect Core 1.0 section
// 3.1.3.7) and returns its claims.
func (p *provider) verify(ctx context.Context, token *oauth2.Token, nonce string) (claims, error) {
	const step = "ID token"
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return claims{}, unusable(ctx, step, errors.New("there is none"))
	}
	id, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return claims{}, unusable(ctx, step, err)
	}
	// The code of another login, injected here, comes back with that login's nonce.
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return claims{}, fmt.Errorf("%w: the nonce is that of another login", account.ErrLoginRefused)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return claims{}, unusable(ctx, step, err)
		}
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return claims{}, unusable(ctx, step, err)
	}
	if err := p.checkParty(id, said.AuthorizedParty); err != nil {
		return claims{}, unusable(ctx, step, err)
	}
	return said, nil
}

// checkParty checks that the ID token was issued to this client, not only for it.
func (p *provider) checkParty(id *goidc.IDToken, party string) error {
	switch {
	case party == "" && len(id.Audience) > 1:
		return errors.New("several audiences and no azp")
	case party != "" && party != p.oauth.ClientID:
		return errors.New("azp names another client")
	}
	return nil
}

// complete reports whether the e-mail address is known, and whether it is verified.
func (c *claims) complete() bool { return c.Email != "" && c.EmailVerified != nil }

// complete asks the userinfo endpoint, if there is one, for what the ID token lacks.
func (p *provider) complete(ctx context.Context, token *oauth2.Token, said *claims) error {
	if p.oidc.UserInfoEndpoint() == "" {
		return nil
	}
	const step = "userinfo"
	info, err := p.oidc.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return unusable(ctx, step, err)
	}
	var more claims
	if err := info.Claims(&more); err != nil {
		return unusable(ctx, step, err)
	}
	// Somebody else's token could have been substituted (section 5.3.2).
	if more.Subject != said.Subject {
		return unusable(ctx, step, errors.New("sub is not that of the ID token"))
	}
	said.add(more)
	return nil
}

// add fills in what is missing. An address and its verification come from one source.
func (c *claims) add(more claims) {
	if more.Email != "" {
		c.Email, c.EmailVerified = more.Email, more.EmailVerified
	}
	if c.FirstName == "" && c.LastName == "" {
		c.FirstName, c.LastName = more.FirstName, more.LastName
	}
}

// identity returns who the claims say somebody is. The issuer is that of the settings,
// because the library accepts two spellings of Google's.
func (c *claims) identity(issuer string) (account.Identity, error) {
	switch {
	case c.Subject == "" || len(c.Subject) > maxSubject || strings.ContainsFunc(c.Subject, unicode.IsControl):
		return account.Identity{}, fmt.Errorf("%w: sub is missing, too long or not text", account.ErrProvider)
	case len(c.Email) > maxEmail:
		return account.Identity{}, fmt.Errorf("%w: an e-mail address of %d bytes", account.ErrProvider, len(c.Email))
	}
	return account.Identity{
		Issuer:        issuer,
		Subject:       c.Subject,
		Email:         c.Email,
		EmailVerified: c.Email != "" && c.EmailVerified != nil && bool(*c.EmailVerified),
		FirstName:     shortName(c.FirstName),
		LastName:      shortName(c.LastName),
	}, nil
}

// shortName returns name, or "" if it is too long: that is no reason to refuse a login.
func shortName(name string) string {
	if len(name) > maxName {
		return ""
	}
	return name
}
