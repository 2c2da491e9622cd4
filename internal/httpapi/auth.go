package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// tokenOf is the token that a request presents.
func tokenOf(c huma.Context) string {
	r, _ := humago.Unwrap(c)
	return httpx.TokenOf(r)
}

type csrfOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		CSRFToken string `json:"csrf_token" doc:"For the header x-csrf-token of login and registration; valid for 24 hours."`
	}
}

type tokenOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      tokenBody
}

type tokenBody struct {
	AccessToken string `json:"access_token" doc:"For the header Authorization: Bearer …"`
	TokenType   string `json:"token_type" enum:"bearer"`
}

// CSRFInput is the token that login and registration need.
type CSRFInput struct {
	Caller
	Header string `header:"x-csrf-token" doc:"From GET /auth/csrf"`
	Cookie string `cookie:"csrf_token"`
}

type registerInput struct {
	CSRFInput
	Body struct {
		Email     string `json:"email" maxLength:"320"`
		Password  string `json:"password" maxLength:"1024"`
		FirstName string `json:"first_name,omitempty" maxLength:"200"`
		LastName  string `json:"last_name,omitempty" maxLength:"200"`
	}
}

type loginInput struct {
	CSRFInput
	Body struct {
		Email    string `json:"email" maxLength:"320"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type statusOutput struct {
	Body statusBody
}

type statusBody struct {
	Status  string `json:"status" enum:"ok"`
	Message string `json:"message"`
}

func done(message string) *statusOutput {
	return &statusOutput{Body: statusBody{Status: "ok", Message: message}}
}

func (a *api) registerAuth() {
	const tag = "Accounts"
	register(a, public(operation(http.MethodGet, "/auth/csrf", "csrf", "A token for login and registration", tag)), a.csrf)

	op := public(operation(http.MethodPost, "/auth/register", "register", "Make an account and log in", tag))
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.Registrations)}
	register(a, op, a.signUp)

	op = public(operation(http.MethodPost, "/auth/login", "login", "Log in", tag))
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.Logins)}
	register(a, op, a.logIn)

	register(a, operation(http.MethodPost, "/auth/logout", "logout", "Revoke the token", tag), a.logOut)
}

// limitByAddress holds each client address to the limiter's rate.
func (a *api) limitByAddress(limiter *limit.Limiter) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		a.limit(c, next, limiter, addressOf(c.Context()))
	}
}

// limitByUser holds each user to the limiter's rate.
func (a *api) limitByUser(limiter *limit.Limiter) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		a.limit(c, next, limiter, httpx.UserKey(currentUser(c.Context()).ID))
	}
}

// limitByToken holds each token to the limiter's rate, so that who has stolen one does
// not make the owner wait.
func (a *api) limitByToken(limiter *limit.Limiter) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		a.limit(c, next, limiter, currentToken(c.Context()).ID)
	}
}

func (a *api) limit(c huma.Context, next func(huma.Context), limiter *limit.Limiter, key string) {
	if err := limiter.Take(c.Context(), key); err != nil {
		a.refuse(c, err)
		return
	}
	next(c)
}

func (a *api) csrf(_ context.Context, in *Caller) (*csrfOutput, error) {
	token := a.CSRF.Token()
	out := &csrfOutput{SetCookie: a.Cookies.OfCSRF(in.local, token)}
	out.Body.CSRFToken = token
	return out, nil
}

// loggedIn hands out the token, in the body and as a cookie, and marks the browser.
func (a *api) loggedIn(by Caller, login account.LoggedIn) *tokenOutput {
	return &tokenOutput{
		SetCookie: a.Cookies.OfLogin(by.local, login),
		Body:      tokenBody{AccessToken: login.Token, TokenType: "bearer"},
	}
}

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      statusBody
}

func (a *api) signUp(ctx context.Context, in *registerInput) (*tokenOutput, error) {
	if err := a.CSRF.Check(in.Header, in.Cookie, false); err != nil {
		return nil, err
	}
	login, err := a.Accounts.Register(ctx, account.Registration{
		Email: in.Body.Email, Password: in.Body.Password,
		FirstName: in.Body.FirstName, LastName: in.Body.LastName, Address: addressOf(ctx),
	})
	if err != nil {
		return nil, err
	}
	return a.loggedIn(in.Caller, login), nil
}

func (a *api) logIn(ctx context.Context, in *loginInput) (*tokenOutput, error) {
	if err := a.CSRF.Check(in.Header, in.Cookie, false); err != nil {
		return nil, err
	}
	login, err := a.Accounts.Login(ctx, account.Attempt{
		Email: in.Body.Email, Password: in.Body.Password, Address: addressOf(ctx),
		KnownBrowser: a.Cookies.Read(in.request, httpx.KnownBrowserCookie),
	})
	if err != nil {
		return nil, err
	}
	return a.loggedIn(in.Caller, login), nil
}

func (a *api) logOut(ctx context.Context, in *Caller) (*logoutOutput, error) {
	if err := a.Accounts.Logout(ctx, currentToken(ctx), addressOf(ctx)); err != nil {
		return nil, err
	}
	return &logoutOutput{
		SetCookie: a.Cookies.OfLogout(in.local),
		Body:      statusBody{Status: "ok", Message: "logged out"},
	}, nil
}
