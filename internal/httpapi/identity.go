package httpapi

import (
	"context"
	"crypto/subtle"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

const visitPath = "/auth/oidc"

// errVisit means that another browser was sent to the identity provider, or none.
var errVisit = fault.New(fault.Refused, "this login did not start in this browser: start again")

// errProviderSays means that the identity provider sent somebody back without a code.
var errProviderSays = fault.New(fault.Refused, "the identity provider did not log you in")

type visitOutput struct {
	Status    int
	Location  string      `header:"Location"`
	SetCookie http.Cookie `header:"Set-Cookie"`
}

type returnInput struct {
	Caller
	State string `query:"state" maxLength:"64"`
	Code  string `query:"code" maxLength:"4096"`
	Error string `query:"error" maxLength:"200"`
}

type returnOutput struct {
	Status    int
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

type connectInput struct {
	Caller
	confirmInput
}

type connectOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		URL string `json:"url" doc:"Go there to log in at the identity provider."`
	}
}

func (a *api) registerIdentity() {
	const tag = "Accounts"
	errs := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable}

	op := public(operation(http.MethodGet, visitPath, "login-oidc", "Log in at the identity provider", tag))
	op.Errors, op.DefaultStatus = append(op.Errors, errs...), http.StatusSeeOther
	op.Middlewares = huma.Middlewares{a.limitVisits}
	register(a, op, a.startVisit)

	op = public(operation(http.MethodGet, visitPath+"/callback", "login-oidc-callback", "Where the identity provider sends the browser back to", tag))
	op.Errors = append(op.Errors, append(errs, http.StatusForbidden, http.StatusConflict)...)
	op.DefaultStatus = http.StatusSeeOther
	register(a, op, a.finishVisit)

	op = operation(http.MethodPost, "/me/identity/remove", "remove-identities", "Log in with the password alone from now on", tag)
	op.Errors = append(op.Errors, errs...)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.removeIdentities)

	op = operation(http.MethodPost, "/me/identity", "connect-identity", "Log in with the identity provider from now on", tag)
	op.Errors = append(op.Errors, errs...)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.connectIdentity)
}

// limitVisits holds each address to the rate of logins, because a visit leaves a row for
// a while. It has a count of its own: a foreign page can make a browser come here.
func (a *api) limitVisits(c huma.Context, next func(huma.Context)) {
	if !a.Accounts.HasProvider() {
		next(c)
		return
	}
	a.limitByAddress(a.Limits.Visits)(c, next)
}

func (a *api) startVisit(ctx context.Context, in *Caller) (*visitOutput, error) {
	visit, err := a.Accounts.StartIdentityLogin(ctx)
	if err != nil {
		return nil, err
	}
	return &visitOutput{
		Status: http.StatusSeeOther, Location: visit.URL, SetCookie: a.Cookies.OfVisit(in.local, visit.State),
	}, nil
}

func (a *api) connectIdentity(ctx context.Context, in *connectInput) (*connectOutput, error) {
	visit, err := a.Accounts.StartConnection(ctx, currentUser(ctx).ID, in.Body.Password, byUser(ctx))
	if err != nil {
		return nil, err
	}
	out := &connectOutput{SetCookie: a.Cookies.OfVisit(in.local, visit.State)}
	out.Body.URL = visit.URL
	return out, nil
}

func (a *api) removeIdentities(ctx context.Context, in *confirmInput) (*statusOutput, error) {
	if err := a.Accounts.RemoveIdentities(ctx, currentUser(ctx).ID, in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("disconnected from the identity provider"), nil
}

func (a *api) finishVisit(ctx context.Context, in *returnInput) (*returnOutput, error) {
	cookie := a.Cookies.Read(in.request, httpx.VisitCookie)
	if in.State == "" || subtle.ConstantTimeCompare([]byte(in.State), []byte(cookie)) != 1 {
		return nil, errVisit
	}
	if in.Error != "" || in.Code == "" {
		return nil, errProviderSays
	}
	login, err := a.Accounts.FinishVisit(ctx, in.State, in.Code, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return a.visited(in.Caller, login), nil
}

func (a *api) visited(by Caller, login account.LoggedIn) *returnOutput {
	return &returnOutput{
		Status: http.StatusSeeOther, Location: "/",
		SetCookie: append(a.Cookies.OfLogin(by.local, login), a.Cookies.OfVisit(by.local, "")),
	}
}
