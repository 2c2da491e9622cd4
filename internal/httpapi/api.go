// Package httpapi is the JSON face: operations on net/http, and an OpenAPI document that
// is made from the same types. Every operation needs a login unless it is declared
// public.
package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Options are what the API needs.
type Options struct {
	Tracker   *tracker.Tracker
	Accounts  *account.Service
	CSRF      *token.CSRF
	Ready     func(context.Context) error // nil, or a fault that says why the server is not ready
	Now       func() time.Time
	Log       *slog.Logger
	Version   string
	Addresses httpx.Addresses
	Cookies   httpx.Cookies
	Rater     func(account.User) tracker.Rater // returns a user as the tracker knows them

	Limits *httpx.Limiters
}

type api struct {
	Options
	huma     huma.API
	examples map[string]shown // by operation ID
}

// Register adds the operations, the OpenAPI document and its page to mux.
func Register(mux httpx.Mux, o Options) {
	mux = httpx.JSONChanges(mux)
	a := &api{Options: o, huma: humago.New(mux, humaConfig(o.Version)), examples: readExamples()}
	a.huma.UseMiddleware(a.noteClient)
	a.registerHealth()
	a.registerAuth()
	a.registerSecondFactor()
	a.registerIdentity()
	a.registerMe()
	a.registerDeletion()
	a.registerPassword()
	a.registerFactors()
	a.registerDevices()
	a.registerLogins()
	a.registerEvents(mux)
	a.registerSessions()
	a.registerQuestions()
	a.registerPresses()
	a.registerWork()
	a.registerSummaries()
	a.registerAdmin()
	finishDocument(a.huma.OpenAPI())
	registerDocs(mux)
}

// readBodyOf makes an operation read its body by httpx.ReadJSON, after its other
// middlewares. The router itself would accept any media type, and would report a broken
// body as a failure of the server.
func (a *api) readBodyOf(op *huma.Operation) {
	limit := op.MaxBodyBytes
	op.MaxBodyBytes, op.BodyReadTimeout = -1, -1 // the router finds a body that was read already
	op.Middlewares = append(op.Middlewares, func(c huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(c)
		body, err := httpx.ReadJSON(w, r, limit)
		if err != nil {
			a.refuse(c, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Del("Content-Type") // ReadJSON has checked it, and the router is stricter about its spelling
		next(c)
	})
}

// problem returns what the caller is told about err. It logs an undeclared failure with its
// cause; a declared one was logged, if it needs to be, where it arose.
func (a *api) problem(ctx context.Context, operation string, err error) *httpx.Problem {
	p := httpx.ProblemOf(err)
	if !fault.Is(err) && p.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		a.Log.ErrorContext(ctx, "request failed", "operation", operation, "status", p.Status, "error", err)
	}
	return p
}

// refuse ends a request in a middleware.
func (a *api) refuse(c huma.Context, err error) {
	_, w := humago.Unwrap(c)
	httpx.WriteProblem(w, a.problem(c.Context(), c.Operation().OperationID, err))
}

type loginKey struct{}

// requireUser lets logged-in users through, and a device token only to the operations
// that are declared for widgets.
func (a *api) requireUser(c huma.Context, next func(huma.Context)) {
	user, token, err := a.Accounts.Authenticate(c.Context(), tokenOf(c))
	if err != nil {
		a.refuse(c, err)
		return
	}
	if token.DeviceID != "" && !isForWidgets(c.Operation()) {
		a.refuse(c, errWidgetMayNot)
		return
	}
	next(huma.WithValue(c, loginKey{}, &login{user: user, token: token}))
}

type clientKey struct{}

// noteClient keeps what the client is in the context.
func (a *api) noteClient(c huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(c)
	client := account.Client{Address: httpx.LimitKey(a.Addresses.Of(r)), Browser: httpx.BrowserName(r.UserAgent())}
	next(huma.WithValue(c, clientKey{}, client))
}

func clientOf(ctx context.Context) account.Client { return ctx.Value(clientKey{}).(account.Client) }

// addressOf returns the client's address, as limits count it.
func addressOf(ctx context.Context) string { return clientOf(ctx).Address }

// byUser returns the current user as the security log names them.
func byUser(ctx context.Context) account.By {
	return account.By{UserID: currentUser(ctx).ID, Login: currentToken(ctx), Address: addressOf(ctx), Browser: clientOf(ctx).Browser}
}

// login is the user who makes a request, and the access token of the request.
type login struct {
	user  account.User
	token account.TokenRef
}

// currentUser returns the user who makes a request that requireUser let through;
// currentToken returns the access token of that request.
func currentUser(ctx context.Context) account.User { return ctx.Value(loginKey{}).(*login).user }

func currentToken(ctx context.Context) account.TokenRef { return ctx.Value(loginKey{}).(*login).token }
