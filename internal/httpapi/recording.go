package httpapi

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// recording is an operation that records presses. The mux serves it directly, because most
// requests are of this kind and the router would cost more than all the rest. It keeps the
// promises of other operations: a login, a rate limit, a bounded JSON body, and a problem
// for each failure.
type recording struct {
	op    huma.Operation
	body  reflect.Type // documents the body, which the handler reads itself
	about string       // describes the body
	// handle returns what is answered with status 200.
	handle func(w http.ResponseWriter, r *http.Request) (answer any, err error)
}

// rawInput documents that there is a body.
type rawInput struct {
	RawBody []byte `contentType:"application/json"`
}

// registerRecording serves an operation, and documents it with the Body of Out as its
// answer.
func registerRecording[Out any](a *api, mux httpx.Mux, rec recording) {
	op := rec.op
	op.RequestBody = &huma.RequestBody{Required: true, Description: rec.about, Content: map[string]*huma.MediaType{}}
	a.describe(&op, reflect.TypeFor[rawInput](), reflect.TypeFor[Out]())
	huma.Register[rawInput, Out](documentOnly{a.huma}, op, nil)
	op.RequestBody.Content["application/json"] = &huma.MediaType{
		Schema:   a.huma.OpenAPI().Components.Schemas.Schema(rec.body, true, ""),
		Examples: a.examplesOf(&op).Requests,
	}
	mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		answer, err := rec.handle(w, r)
		if err != nil {
			httpx.WriteProblem(w, a.problem(r.Context(), op.OperationID, err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = huma.DefaultJSONFormat.Marshal(w, answer) // the client may be gone
	})
}

// admit returns the user who sends presses. It fails without the valid token of a login or a
// device, and above the rate of presses.
func (a *api) admit(r *http.Request) (tracker.Rater, error) {
	user, _, err := a.Accounts.Authenticate(r.Context(), httpx.TokenOf(r))
	if err != nil {
		return tracker.Rater{}, err
	}
	return a.Rater(user), a.Limits.Events.Take(r.Context(), httpx.UserKey(user.ID))
}

// sender returns who sends a press, for the recorder to admit. It fails without a token that
// this server has signed.
func (a *api) sender(r *http.Request) (tracker.Sender, error) {
	ref, err := a.Accounts.ReadToken(httpx.TokenOf(r))
	return tracker.Sender{
		Rater: a.Rater(account.User{ID: ref.UserID}),
		Login: tracker.Login{UserID: ref.UserID, Token: ref.ID},
		Rate:  a.Limits.Events, Key: httpx.UserKey(ref.UserID),
	}, err
}

// documentOnly is an API that documents operations and does not serve them.
type documentOnly struct{ huma.API }

// Adapter returns an adapter that serves nothing.
func (d documentOnly) Adapter() huma.Adapter { return servesNothing{d.API.Adapter()} }

type servesNothing struct{ huma.Adapter }

// Handle does nothing: the mux has the route already.
func (servesNothing) Handle(*huma.Operation, func(huma.Context)) {}
