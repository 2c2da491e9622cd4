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

// invalidGrant is the only refusal that concerns the code.
const invalidGrant = "invalid_grant"

// redeem exchanges the code for tokens at the token endpoint.
func (p *provider) redeem(ctx context.Context, code, verifier string) (*oauth2.Token, error) {
	token, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err == nil {
		return token, nil
	}
	const step = "token endpoint"
	if answered, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		if answered.ErrorCode == invalidGrant {
			return nil, fmt.Errorf("%w: %s", account.ErrLoginRefused, invalidGrant)
		}
		return nil, unusable(ctx, step, refusal(answered))
	}
	if call, ok := errors.AsType[*url.Error](err); ok {
		return nil, unusable(ctx, step, call)
	}
	return nil, unusable(ctx, step, errors.New("the answer is too long or not a token response"))
}

// refusal describes an answer of the token endpoint without its body, which may repeat
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
