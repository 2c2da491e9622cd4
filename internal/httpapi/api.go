// Package httpapi is the JSON face: operations on net/http with an OpenAPI
// document made from the same types. Every operation needs a login unless it is
// declared public.
package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
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
	Rater     func(account.User) tracker.Rater // the user as the tracker knows them

	Limits *httpx.Limiters
}

type api struct {
	Options
	huma huma.API
}

// Register adds the operations, the OpenAPI document and its page to mux.
func Register(mux httpx.Mux, o Options) {
	a := &api{Options: o, huma: humago.New(mux, humaConfig(o.Version))}
	a.huma.UseMiddleware(a.noteAddress)
	a.registerHealth()
	a.registerAuth()
	a.registerSecondFactor()
	a.registerIdentity()
	a.registerMe()
	a.registerDeletion()
	a.registerPassword()
	a.registerFactors()
	a.registerDevices()
	a.registerEvents()
	a.registerSessions()
	a.registerQuestions()
	a.registerSummaries()
	a.registerAdmin()
	registerDocs(mux)
}

func humaConfig(version string) huma.Config {
	c := huma.DefaultConfig("RaterHub Tracker", version)
	c.Info.Description = "Records the presses of a rater and answers with the time of every question, " +
		"and with summaries of sessions, days, weeks and months. Times are RFC 3339 in UTC, lengths are seconds."
	c.DocsPath = "" // docs.go, with nothing from elsewhere
	c.SchemasPath = ""
	c.CreateHooks = nil // would add $schema to every body
	c.AllowAdditionalPropertiesByDefault = true
	c.Transformers = []huma.Transformer{ownProblems}
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: httpx.UnmarshalJSON}
	c.Formats = map[string]huma.Format{"application/json": format, "json": format} // json: what ends in +json
	for _, tag := range []string{"Events", "Sessions", "Summaries", "Accounts", "Inspection", "Health"} {
		c.Tags = append(c.Tags, &huma.Tag{Name: tag}) // in the order in which a reader needs them
	}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
		"cookie": {Type: "apiKey", In: "cookie", Name: httpx.TokenCookie},
	}
	return c
}

// ownProblems gives the router's own failures the form of all others: the detail
// names the fields, and no value is sent back (it may be a password).
func ownProblems(_ huma.Context, _ string, body any) (any, error) {
	model, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	p := httpx.NewProblem(model.Status, model.Detail)
	var details []string
	for _, e := range model.Errors {
		field, message := e.Location, e.Message
		if _, name, ok := strings.Cut(field, "."); ok { // "body.email", "query.limit"
			field = name
		}
		p.Errors = append(p.Errors, httpx.FieldProblem{Location: field, Message: message})
		if field != "body" { // what is wrong with the whole says so by itself
			message = field + ": " + message
		}
		details = append(details, message)
	}
	if len(details) > 0 {
		p.Detail = strings.Join(details, "; ")
	}
	return p, nil
}

// operation declares an operation that needs a login.
func operation(method, path, id, summary, tag string) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{tag},
		MaxBodyBytes: httpx.MaxBody,
		Errors:       []int{http.StatusUnauthorized, http.StatusUnprocessableEntity},
		Security:     []map[string][]string{{"bearer": {}}, {"cookie": {}}},
	}
}

// public declares that an operation needs no login.
func public(op huma.Operation) huma.Operation {
	op.Security = nil
	op.Errors = []int{http.StatusUnprocessableEntity}
	return op
}

// register adds an operation: with a login unless it is public, and with every
// failure of the handler turned into a problem, its cause logged.
func register[In, Out any](a *api, op huma.Operation, handle func(context.Context, *In) (*Out, error)) {
	if op.Security != nil {
		op.Middlewares = append(huma.Middlewares{a.requireUser}, op.Middlewares...)
	}
	if hasBody(reflect.TypeFor[In]()) {
		a.readBodyOf(&op)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

func hasBody(input reflect.Type) bool {
	_, parsed := input.FieldByName("Body")
	_, raw := input.FieldByName("RawBody")
	return parsed || raw
}

// readBodyOf makes an operation read its body by httpx.ReadJSON, behind its other
// middlewares. The router would read it by itself: a text of any media type, with
// what is wrong with it answered as a failure of the server.
func (a *api) readBodyOf(op *huma.Operation) {
	limit := op.MaxBodyBytes
	op.MaxBodyBytes, op.BodyReadTimeout = -1, -1 // the body has come by then
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType} {
		if !slices.Contains(op.Errors, status) {
			op.Errors = append(op.Errors, status)
		}
	}
	op.Middlewares = append(op.Middlewares, func(c huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(c)
		body, err := httpx.ReadJSON(w, r, limit)
		if err != nil {
			a.refuse(c, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Del("Content-Type") // it was right, and the router would compare its spelling
		next(c)
	})
}

// problem is what the caller is told of err. What nobody declared is logged with
// its cause; a declared failure was logged, if it needs to be, where it arose.
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

// requireUser lets only logged-in users through, and a user's widget only to what is
// declared for widgets.
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

type addressKey struct{}

// noteAddress keeps the client's address, as limits count it, for whoever needs it.
func (a *api) noteAddress(c huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(c)
	next(huma.WithValue(c, addressKey{}, httpx.LimitKey(a.Addresses.Of(r))))
}

func addressOf(ctx context.Context) string { return ctx.Value(addressKey{}).(string) }

// byUser is the logged-in user, for the security log.
func byUser(ctx context.Context) account.By {
	return account.By{UserID: currentUser(ctx).ID, Login: currentToken(ctx), Address: addressOf(ctx)}
}

// login is who makes a request, and by which token.
type login struct {
	user  account.User
	token account.TokenRef
}

// currentUser returns the user who makes a request that requireUser let through;
// currentToken returns the access token of that request.
func currentUser(ctx context.Context) account.User { return ctx.Value(loginKey{}).(*login).user }

func currentToken(ctx context.Context) account.TokenRef { return ctx.Value(loginKey{}).(*login).token }
