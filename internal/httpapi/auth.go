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

// tokenOf returns the access token that a request presents.
func tokenOf(c huma.Context) string {
	r, _ := humago.Unwrap(c)
	return httpx.TokenOf(r)
}

type csrfOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		CSRFToken string `json:"csrf_token" doc:"For the header x-csrf-token; valid for 24 hours."`
	} `doc:"A new token, also in the cookie csrf_token."`
}

type tokenOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      tokenBody     `doc:"Logged in; the access token is also in a cookie."`
}

type tokenBody struct {
	AccessToken string `json:"access_token" doc:"For the header Authorization: Bearer …"`
	TokenType   string `json:"token_type" enum:"bearer"`
}

// CSRFInput is the CSRF token that login and registration need. The handler checks it,
// because a missing token must be answered with 400, as a wrong one is.
type CSRFInput struct {
	Caller
	Header string `header:"x-csrf-token" required:"true" doc:"The CSRF token of GET /auth/csrf."`
	Cookie string `cookie:"csrf_token" doc:"Sent by a browser by itself; if it is there, it must match the header."`
}

type registerInput struct {
	CSRFInput
	Body struct {
		Email     string `json:"email" maxLength:"254" doc:"At most 254 bytes."`
		Password  string `json:"password" maxLength:"1024" doc:"At most 1024 bytes. Unless the server is set otherwise, at least 12 characters with upper case, lower case, a digit and a symbol; not a weak or known one."`
		FirstName string `json:"first_name,omitempty" nullable:"true" maxLength:"100"`
		LastName  string `json:"last_name,omitempty" nullable:"true" maxLength:"100"`
		Invite    string `json:"invite,omitempty" nullable:"true" maxLength:"64" doc:"The code of an invitation: what follows invite= in its link."`
	} `doc:"Who registers."`
}

type loginInput struct {
	CSRFInput
	Body struct {
		Email    string `json:"email" maxLength:"320"`
		Password string `json:"password" maxLength:"1024"`
	} `doc:"Who logs in."`
}

type statusOutput struct {
	Body statusBody `doc:"It is done."`
}

type statusBody struct {
	Status  string `json:"status" enum:"ok"`
	Message string `json:"message" doc:"What was done, for the person."`
}

func done(message string) *statusOutput {
	return &statusOutput{Body: statusBody{Status: "ok", Message: message}}
}

func (a *api) registerAuth() {
	register(a, public(operation("GET /auth/csrf", "csrf", tagAccounts, "Get a CSRF token",
		"Login and registration need it in the header x-csrf-token.")), a.csrf)

	op := withCSRF(operation("POST /auth/register", "register", tagAccounts, "Create an account and log in",
		"Answers 409 if the e-mail address is registered already, and 403 if the server takes no registrations, or none without an invitation, or if the invitation was used or revoked or has expired."))
	op = mayFail(op, http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.Registrations)}
	register(a, op, a.signUp)

	op = withCSRF(operation("POST /auth/login", "login", tagAccounts, "Log in",
		"Answers 401 with second_factor if the password is right and the account needs a second factor: "+
			"go on with POST /auth/login/second-factor. After repeated failures logins have to wait."))
	op = mayFail(op, http.StatusTooManyRequests)
	op.Responses = map[string]*huma.Response{"401": loginFailure.ref()}
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.Logins)}
	register(a, op, a.logIn)

	register(a, operation("POST /auth/logout", "logout", tagAccounts, "Log out",
		"Revokes the access token and takes the cookie back."), a.logOut)
}

// withCSRF declares a public operation that needs a CSRF token.
func withCSRF(op huma.Operation) huma.Operation { return public(checkedByHandler(op)) }

// limitByAddress holds each client address to the limiter's rate.
func (a *api) limitByAddress(limiter *limit.Limiter) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		a.limit(c, next, limiter, addressOf(c.Context()))
	}
}

// limitByToken holds each access token to the limiter's rate, so that a thief who has
// one does not make its owner wait.
func (a *api) limitByToken(limiter *limit.Limiter) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		a.limit(c, next, limiter, currentToken(c.Context()).ID)
	}
}

// limitByUser counts what one user asks for, on all devices together.
func (a *api) limitByUser(limiter *limit.Limiter) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		a.limit(c, next, limiter, httpx.UserKey(currentUser(c.Context()).ID))
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

// loggedIn hands out the access token, in the body and as a cookie, and marks the browser
// as known.
func (a *api) loggedIn(by Caller, login account.LoggedIn) *tokenOutput {
	return &tokenOutput{
		SetCookie: a.Cookies.OfLogin(by.local, login),
		Body:      tokenBody{AccessToken: login.Token, TokenType: "bearer"},
	}
}

type logoutOutput struct {
	SetCookie     http.Cookie `header:"Set-Cookie"`
	ClearSiteData string      `header:"Clear-Site-Data"`
	Body          statusBody  `doc:"Logged out."`
}

func (a *api) signUp(ctx context.Context, in *registerInput) (*tokenOutput, error) {
	if err := a.CSRF.Check(in.Header, in.Cookie, false); err != nil {
		return nil, err
	}
	login, err := a.Accounts.Register(ctx, account.Registration{
		Email: in.Body.Email, Password: in.Body.Password,
		FirstName: in.Body.FirstName, LastName: in.Body.LastName, Invitation: in.Body.Invite, Address: addressOf(ctx), Browser: clientOf(ctx).Browser,
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
		Email: in.Body.Email, Password: in.Body.Password, Address: addressOf(ctx), Browser: clientOf(ctx).Browser,
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
		SetCookie:     a.Cookies.OfLogout(in.local),
		ClearSiteData: httpx.ForgetPages,
		Body:          statusBody{Status: "ok", Message: "logged out"},
	}, nil
}
