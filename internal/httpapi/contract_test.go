package httpapi

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// answersOf has the status of the answer to a documented example if it is not 200, because
// the example names something that a new server does not have.
var answersOf = map[string]int{
	"POST /auth/login/second-factor":        http.StatusBadRequest,
	"POST /auth/login/passkey":              http.StatusBadRequest,
	"POST /auth/device/token":               http.StatusUnauthorized,
	"POST /auth/device/refresh":             http.StatusUnauthorized,
	"GET /auth/oidc":                        http.StatusNotFound,
	"GET /auth/oidc/callback":               http.StatusBadRequest,
	"DELETE /me/device":                     http.StatusNotFound,
	"DELETE /me/devices/{device_id}":        http.StatusNotFound,
	"DELETE /me/logins/{login_id}":          http.StatusNotFound,
	"POST /me/totp/confirm":                 http.StatusNotFound,
	"POST /me/totp/remove":                  http.StatusNotFound,
	"POST /events/resume":                   http.StatusNotFound,
	"POST /me/recovery-codes":               http.StatusNotFound,
	"POST /me/passkeys":                     http.StatusBadRequest,
	"POST /me/passkeys/{passkey_id}/remove": http.StatusNotFound,
	"POST /me/identity":                     http.StatusNotFound,
	"POST /me/identity/remove":              http.StatusNotFound,
}

// Every documented example of a request is sent. The document has the status, the headers
// and the body of each answer.
func TestDocumentedExamples(t *testing.T) {
	shared := newUnlimited(t)
	d := documentOf(t, shared.server)
	for _, o := range d.operations() {
		r := shared
		switch {
		case o.path == "/events": // its examples start a session
			r = recorded{server: newServerWith(t, httpx.Rates{}), questions: shared.questions}
		case o.standsAlone():
			r = newUnlimited(t)
		}
		bodies := map[string][]byte{"": nil}
		if o.body() != nil {
			bodies = d.examples(t, o.place("requestBody", "content", "application/json")...)
		}
		for _, name := range exampleOrder(bodies) {
			if name != "" {
				d.check(t, o.name()+" "+name, bodies[name], o.body()...)
			}
			t.Run(o.name()+"/"+name, func(t *testing.T) {
				w := o.send(t, r, string(bodies[name]))
				if want := cmp.Or(answersOf[o.name()], http.StatusOK); w.Code != want {
					t.Errorf("answered %d %s, want %d", w.Code, w.Body, want)
				}
				o.checkAnswer(t, strconv.Itoa(w.Code), w.Header(), w.Body.Bytes())
			})
		}
		if o.body() != nil && len(bodies) == 0 {
			t.Errorf("%s: no example of the body", o.name())
		}
	}
}

// newUnlimited returns what newRecorded returns, without rate limits.
func newUnlimited(t testing.TB) recorded {
	t.Helper()
	return recordOn(t, newServerWith(t, httpx.Rates{}))
}

// exampleOrder returns the names of examples: those of events in the order in which they
// make sense, others by name.
func exampleOrder(bodies map[string][]byte) []string {
	order := []string{"start", "pause", "resume", "task", "undo", "exit"}
	return slices.SortedFunc(maps.Keys(bodies), func(a, b string) int {
		return cmp.Or(slices.Index(order, a)-slices.Index(order, b), strings.Compare(a, b))
	})
}

// standsAlone reports whether the operation needs a server of its own, because it changes
// what others find or finds what they change.
func (o documentedOperation) standsAlone() bool {
	return o.path == "/auth/logout" || o.path == "/me/password" || o.name() == "DELETE /me" || o.name() == "DELETE /me/logins" || strings.HasPrefix(o.path, "/me/totp") ||
		strings.HasPrefix(o.path, "/sessions/{") && o.method != http.MethodGet
}

// send sends a request of the operation as the user, with the ids of what is recorded.
func (o documentedOperation) send(t *testing.T, r recorded, body string) *httptest.ResponseRecorder {
	t.Helper()
	session, question, _ := strings.Cut(strings.TrimPrefix(r.questions[0], "/sessions/"), "/questions/")
	path := strings.NewReplacer(
		"{session_id}", session, "{question_id}", question, "{event_id}", question, "{passkey_id}", "AAAA", "{device_id}", missingID, "{login_id}", missingID,
	).Replace(o.path)
	return r.answer(t, request{method: o.method, path: path, body: body, bearer: r.token, csrf: r.csrf.Token()})
}

// Every example of an answer matches its schema, and every operation shows one.
func TestExamplesOfAnswers(t *testing.T) {
	d := documentOf(t, newServer(t))
	for _, o := range d.operations() {
		for status, answer := range d.object(o.place("responses")...) {
			for media := range d.object(o.place("responses", status, "content")...) {
				place := o.place("responses", status, "content", media)
				examples := d.examples(t, place...)
				if len(examples) == 0 {
					t.Errorf("%s %s: no example of the answer %v", o.name(), status, answer)
				}
				for name, example := range examples {
					d.check(t, o.name()+" "+status+" "+name, example, append(place, "schema")...)
				}
			}
		}
	}
}

// The examples of parameters match their schemas.
func TestExamplesOfParameters(t *testing.T) {
	d := documentOf(t, newServer(t))
	for _, o := range d.operations() {
		value, _ := d.at(o.place("parameters")...)
		parameters, _ := value.([]any)
		for i, p := range parameters {
			for _, example := range exampleList(p) {
				text, err := json.Marshal(example)
				if err != nil {
					t.Fatal(err)
				}
				d.check(t, o.name()+" parameter", text, o.place("parameters", strconv.Itoa(i), "schema")...)
			}
		}
	}
}

func exampleList(parameter any) []any {
	schema := parameter.(map[string]any)["schema"].(map[string]any)
	list, _ := schema["examples"].([]any)
	return list
}
