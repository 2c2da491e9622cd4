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

// errVisit is returned when the browser that comes back from the identity provider is
// not the one that was sent there.
var errVisit = fault.New(fault.Refused, "this login did not start in this browser: start again")

// errProviderSays is returned when the identity provider sends a browser back without a
// code.
var errProviderSays = fault.New(fault.Refused, "the identity provider did not log you in")

type visitOutput struct {
	Status    int
	Location  string      `header:"Location"`
	SetCookie http.Cookie `header:"Set-Cookie"`
}

type returnInput struct {
	Caller
	State string `query:"state" maxLength:"64" doc:"Must be the state of the cookie that the visit started with."`
	Code  string `query:"code" maxLength:"4096" doc:"The provider's code for this login."`
	Error string `query:"error" maxLength:"200" doc:"Given instead of the code when the provider did not log the user in."`
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
		URL string `json:"url" doc:"Where to log in at the identity provider."`
	} `doc:"Where the browser goes next."`
}

func (a *api) registerIdentity() {
	op := public(operation("GET "+visitPath, "login-oidc", tagAccounts, "Log in at the identity provider",
		"Redirects the browser to the provider. Answers 404 if the server has none."))
	op = mayFail(op, http.StatusNotFound, http.StatusTooManyRequests)
	op.DefaultStatus = http.StatusSeeOther
	op.Middlewares = huma.Middlewares{a.limitVisits}
	register(a, op, a.startVisit)

	op = public(operation("GET "+visitPath+"/callback", "login-oidc-callback", tagAccounts, "Come back from the identity provider",
		"The provider sends the browser here. Logs in, or connects the identity, and redirects to the first page."))
	op = mayFail(op, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests)
	op.DefaultStatus = http.StatusSeeOther
	register(a, op, a.finishVisit)

	op = operation("POST /me/identity/remove", "remove-identities", tagAccounts, "Disconnect the identity provider",
		"From then on the password alone logs in.")
	op = mayFail(op, http.StatusNotFound, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.removeIdentities)

	op = operation("POST /me/identity", "connect-identity", tagAccounts, "Connect the identity provider",
		"Answers with the address to log in at. From then on that login opens this account.")
	op = mayFail(op, http.StatusNotFound, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.connectIdentity)
}

// limitVisits holds each address to the rate of logins, because each visit leaves a row for
// a while. Visits are counted apart from logins, because a foreign page can send a browser
// here.
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
	login, err := a.Accounts.FinishVisit(ctx, in.State, in.Code, clientOf(ctx))
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
