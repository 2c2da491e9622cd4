package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

type secondFactorInput struct {
	CSRFInput
	Body secondFactorBody `doc:"The login's challenge, and either a code or a passkey's answer."`
}

type secondFactorBody struct {
	Challenge  string          `json:"challenge" maxLength:"64" doc:"From second_factor of the login's answer, or from /auth/login/passkey."`
	Code       string          `json:"code,omitempty" nullable:"true" maxLength:"64" doc:"Of the authenticator app, or a recovery code."`
	Credential json.RawMessage `json:"credential,omitempty" doc:"What navigator.credentials.get returned, as JSON."`
}

type challengeInput struct {
	CSRFInput
	Body struct {
		Challenge string `json:"challenge" maxLength:"64" doc:"From second_factor of the login's answer."`
	} `doc:"The login's challenge."`
}

type passkeySetupOutput struct {
	Body struct {
		Challenge string          `json:"challenge" doc:"Send it back in the next step."`
		Options   json.RawMessage `json:"options" doc:"For navigator.credentials, as JSON."`
	} `doc:"What the browser needs to ask for a passkey."`
}

func passkeySetupOf(setup account.PasskeySetup) *passkeySetupOutput {
	out := &passkeySetupOutput{}
	out.Body.Challenge, out.Body.Options = setup.Challenge, setup.Options
	return out
}

func (a *api) registerSecondFactor() {
	op := withCSRF(operation("POST /auth/login/second-factor", "login-second-factor", tagAccounts, "Finish a login with a second factor",
		"Accepts a code from the authenticator app, a recovery code, or the answer of a passkey."))
	op = mayFail(op, http.StatusUnauthorized, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.SecondSteps)}
	register(a, op, a.secondFactor)

	op = withCSRF(operation("POST /auth/login/passkey", "login-passkey", tagAccounts, "Ask for a passkey in a login",
		"For a login whose second_factor lists passkey: answers with the options for navigator.credentials.get."))
	op = mayFail(op, http.StatusNotFound, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.SecondSteps)}
	register(a, op, a.startPasskeyLogin)
}

func (a *api) secondFactor(ctx context.Context, in *secondFactorInput) (*tokenOutput, error) {
	if err := a.CSRF.Check(in.Header, in.Cookie, false); err != nil {
		return nil, err
	}
	var login account.LoggedIn
	var err error
	switch hasCode, hasCredential := in.Body.Code != "", len(in.Body.Credential) > 0; {
	case hasCode == hasCredential:
		return nil, fault.Field("code", "or credential must be given, and not both")
	case hasCode:
		login, err = a.Accounts.LoginWithCode(ctx, in.Body.Challenge, in.Body.Code, clientOf(ctx))
	default:
		login, err = a.Accounts.LoginWithPasskey(ctx, in.Body.Challenge, in.Body.Credential, clientOf(ctx))
	}
	if err != nil {
		return nil, err
	}
	return a.loggedIn(in.Caller, login), nil
}

func (a *api) startPasskeyLogin(ctx context.Context, in *challengeInput) (*passkeySetupOutput, error) {
	if err := a.CSRF.Check(in.Header, in.Cookie, false); err != nil {
		return nil, err
	}
	setup, err := a.Accounts.StartPasskeyLogin(ctx, in.Body.Challenge)
	if err != nil {
		return nil, err
	}
	return passkeySetupOf(setup), nil
}
