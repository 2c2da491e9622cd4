package oidc

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"

	goidc "github.com/coreos/go-oidc/v3/oidc"
)

// check returns an error for options that cannot work. Only the first login shows
// whether the provider knows the client.
func (o Options) check() error {
	if err := checkIssuer(o.Issuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	if _, err := parseURL(o.RedirectURL); err != nil {
		return fmt.Errorf("redirect URL: %w", err)
	}
	switch {
	case o.ClientID == "":
		return errors.New("client ID: is missing")
	case !slices.Contains(o.Scopes, goidc.ScopeOpenID):
		return errors.New("scopes must include openid: without it the provider sends no ID token")
	case o.Now == nil:
		return errors.New("clock: is missing")
	}
	return nil
}

// checkIssuer checks the rules of OpenID Connect Discovery 1.0 section 3: https, no
// query, no fragment. Without TLS anybody on the network could say who people are, so
// http is for this machine only.
func checkIssuer(raw string) error {
	u, err := parseURL(raw)
	switch {
	case err != nil:
		return err
	case u.RawQuery != "" || u.ForceQuery:
		return errors.New("has a query")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("must be https, except on this machine")
	}
	return nil
}

// parseURL reads an absolute http or https URL. Its errors do not repeat the URL,
// because there may be a password in it.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("is not a URL")
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "":
		return nil, errors.New("is not an http or https URL")
	case u.User != nil:
		return nil, errors.New("has a user in it")
	case u.Fragment != "":
		return nil, errors.New("has a fragment")
	}
	return u, nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
