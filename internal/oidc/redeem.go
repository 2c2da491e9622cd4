package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// invalidGrant is the only refusal that is about the code.
const invalidGrant = "invalid_grant"

// redeem gives the code to the token endpoint.
func (p *provider) redeem(ctx context.Context, code, verifier string) (*oauth2.Token, error) {
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err == nil {
		return token, nil
	}
	const step = "token endpoint"
	var answered *oauth2.RetrieveError
	var call *url.Error
	switch {
	case errors.As(err, &answered) && answered.ErrorCode == invalidGrant:
		return nil, fmt.Errorf("%w: %s", account.ErrLoginRefused, invalidGrant)
	case errors.As(err, &answered):
		return nil, unusable(ctx, step, refusal(answered))
	case errors.As(err, &call):
		return nil, unusable(ctx, step, call)
	}
	return nil, unusable(ctx, step, errors.New("the answer is too long or no token response"))
}

// refusal is an answer of the token endpoint without its body, which may repeat
// the code and the secret.
func refusal(answered *oauth2.RetrieveError) error {
	known := []string{ // RFC 6749 section 5.2
		"invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
	}
	code := "no known error code"
	if slices.Contains(known, answered.ErrorCode) {
		code = answered.ErrorCode
	}
	return fmt.Errorf("status %d, %s", answered.Response.StatusCode, code)
}
