package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// badRequest is a request that must be refused, and how.
type badRequest struct {
	name         string
	method, path string
	body         []byte // sent as it is; nil sends none
	token        string // instead of the user's own; "-" sends none
	wantStatus   int
	wantDetail   string // part of the detail, such as the field's name
	wantAllow    string // a method that the header Allow must name
}

const (
	largestBody      = 64 << 10
	largestBatchBody = 1 << 20
)

// badRequests returns requests of a user who has the given session.
func badRequests(session string) []badRequest {
	const post, get, patch = http.MethodPost, http.MethodGet, http.MethodPatch
	unknown := uuid.NewString()
	text := func(s string) []byte { return []byte(s) }
	padded := func(n int) []byte { // valid JSON of n bytes: an unknown field is no reason to refuse it
		frame := `{"type":"NEXT","filler":""}`
		return text(strings.Replace(frame, `""`, `"`+strings.Repeat("x", n-len(frame))+`"`, 1))
	}
	paddedBatch := text(`{"events":[` + string(padded(largestBatchBody)) + `]}`)
	return []badRequest{
		{name: "broken JSON", method: post, path: "/events", body: text(`{"type":"NEXT"`), wantStatus: 400},
		{name: "no JSON", method: post, path: "/events", body: text(`type=NEXT`), wantStatus: 400},
		{name: "empty body", method: post, path: "/events", body: text(``), wantStatus: 400},
		{name: "a name twice", method: post, path: "/events", body: text(`{"type":"NEXT","type":"EXIT"}`), wantStatus: 400, wantDetail: "/type"},
		{name: "a name twice in a profile", method: patch, path: "/me", body: text(`{"first_name":"Ada","first_name":"Eve"}`), wantStatus: 400, wantDetail: "/first_name"},
		{name: "two values", method: post, path: "/events", body: text(`{"type":"NEXT"}{"type":"EXIT"}`), wantStatus: 400},
		{name: "too deep", method: post, path: "/events", body: text(`{"type":"NEXT","more":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`), wantStatus: 400},
		{name: "broken UTF-8", method: post, path: "/events", body: text("{\"type\":\"NEXT\",\"task_id\":\"\xff\"}"), wantStatus: 400},
		{name: "a list", method: post, path: "/events", body: text(`[]`), wantStatus: 422},
		{name: "null", method: post, path: "/events", body: text(`null`), wantStatus: 422},
		{name: "unknown type", method: post, path: "/events", body: text(`{"type":"JUMP"}`), wantStatus: 422, wantDetail: "type"},
		{name: "type in small letters", method: post, path: "/events", body: text(`{"type":"next"}`), wantStatus: 422, wantDetail: "type"},
		{name: "a correction as an event", method: post, path: "/events", body: text(`{"type":"DELETE_SESSION"}`), wantStatus: 422, wantDetail: "type"},
		{name: "missing type", method: post, path: "/events", body: text(`{}`), wantStatus: 422, wantDetail: "type"},
		{name: "type as a number", method: post, path: "/events", body: text(`{"type":1}`), wantStatus: 422, wantDetail: "type"},
		{name: "bad timestamp", method: post, path: "/events", body: text(`{"type":"NEXT","timestamp":"noon"}`), wantStatus: 422, wantDetail: "timestamp"},
		{name: "timestamp with no such day", method: post, path: "/events", body: text(`{"type":"NEXT","timestamp":"2024-02-30T10:00:00Z"}`), wantStatus: 422, wantDetail: "timestamp"},
		{name: "timestamp as a number", method: post, path: "/events", body: text(`{"type":"NEXT","timestamp":1714557600}`), wantStatus: 422, wantDetail: "timestamp"},
		{name: "bad sent_at", method: post, path: "/events", body: text(`{"type":"NEXT","sent_at":"noon"}`), wantStatus: 422, wantDetail: "sent_at"},
		{name: "future", method: post, path: "/events", body: text(`{"type":"NEXT","timestamp":"2999-01-01T00:00:00Z"}`), wantStatus: 422, wantDetail: "timestamp"},
		{name: "past", method: post, path: "/events", body: text(`{"type":"NEXT","timestamp":"1999-12-31T00:00:00Z"}`), wantStatus: 422, wantDetail: "timestamp"},
		{name: "before every session", method: post, path: "/events", body: text(`{"type":"EXIT","timestamp":"2024-01-01T00:00:00Z"}`), wantStatus: 400},
		{name: "bad id", method: post, path: "/events", body: text(`{"type":"NEXT","id":"seven"}`), wantStatus: 422, wantDetail: "id"},
		{name: "paused as a text", method: post, path: "/events", body: text(`{"type":"PAUSE","paused":"yes"}`), wantStatus: 422, wantDetail: "paused"},
		{name: "negative AET", method: post, path: "/events", body: text(`{"type":"NEXT","aet_high_minutes":-1}`), wantStatus: 422, wantDetail: "aet_high_minutes"},
		{name: "long task type", method: post, path: "/events", body: text(`{"type":"NEXT","task_type":"` + strings.Repeat("x", 10_000) + `"}`), wantStatus: 422, wantDetail: "task_type"},
		{name: "NUL in a text", method: post, path: "/events", body: text(`{"type":"NEXT","task_id":"a\u0000b"}`), wantStatus: 422, wantDetail: "task_id"},
		{name: "NUL in a name", method: patch, path: "/me", body: text(`{"first_name":"a\u0000b"}`), wantStatus: 422, wantDetail: "first_name"},
		{name: "NUL in a zone", method: patch, path: "/me", body: text(`{"timezone":"UTC\u0000"}`), wantStatus: 422, wantDetail: "timezone"},
		{name: "NUL in a path", method: get, path: "/summary/a%00b", wantStatus: 404},
		{name: "body too large", method: post, path: "/events", body: padded(largestBody + 1), wantStatus: 413},
		{name: "batch too large", method: post, path: "/events/batch", body: paddedBatch, wantStatus: 413},
		{name: "batch without events", method: post, path: "/events/batch", body: text(`{}`), wantStatus: 422, wantDetail: "events"},
		{name: "batch with events as a text", method: post, path: "/events/batch", body: text(`{"events":"NEXT"}`), wantStatus: 422, wantDetail: "events"},
		{name: "wrong method", method: http.MethodPut, path: "/events", body: text(`{"type":"NEXT"}`), wantStatus: 405, wantAllow: post},
		{name: "wrong method for a summary", method: http.MethodDelete, path: "/summary/" + session, wantStatus: 405, wantAllow: get},
		{name: "wrong method for a session", method: post, path: "/sessions/" + session, body: text(`{}`), wantStatus: 405, wantAllow: http.MethodDelete},
		{name: "unknown route", method: get, path: "/no/such/route", wantStatus: 404},
		{name: "unknown route below a known one", method: post, path: "/events/" + unknown, body: text(`{}`), wantStatus: 404},
		{name: "unknown session", method: get, path: "/summary/" + unknown, wantStatus: 404},
		{name: "a session id that is not a UUID", method: get, path: "/summary/7", wantStatus: 404},
		{name: "deletion of an unknown session", method: http.MethodDelete, path: "/sessions/" + unknown, wantStatus: 404},
		{name: "deletion of an unknown question", method: http.MethodDelete, path: "/sessions/" + session + "/questions/" + unknown, wantStatus: 404},
		{name: "target of an unknown session", method: patch, path: "/sessions/" + unknown, body: text(`{"target_minutes_per_question":4}`), wantStatus: 404},
		{name: "target of nothing", method: patch, path: "/sessions/" + session, body: text(`{"target_minutes_per_question":0}`), wantStatus: 422, wantDetail: "target_minutes_per_question"},
		{name: "endless target", method: patch, path: "/sessions/" + session, body: text(`{"target_minutes_per_question":1e300}`), wantStatus: 422, wantDetail: "target_minutes_per_question"},
		{name: "bad date", method: get, path: "/dashboard/today/json?date=2024-02-30", wantStatus: 400},
		{name: "bad date of a week", method: get, path: "/dashboard/week/json?date=week", wantStatus: 400},
		{name: "bad month", method: get, path: "/dashboard/month/json?month=2024-13", wantStatus: 400},
		{name: "bad limit", method: get, path: "/sessions/recent?limit=many", wantStatus: 422, wantDetail: "limit"},
		{name: "bad zone", method: patch, path: "/me", body: text(`{"timezone":"Mars/Olympus"}`), wantStatus: 422, wantDetail: "timezone"},
		{name: "the zone Local", method: patch, path: "/me", body: text(`{"timezone":"Local"}`), wantStatus: 422, wantDetail: "timezone"},
		{name: "a zone outside the zone files", method: patch, path: "/me", body: text(`{"timezone":"../etc/passwd"}`), wantStatus: 422, wantDetail: "timezone"},
		{name: "no token", method: post, path: "/events", body: text(`{"type":"NEXT"}`), token: "-", wantStatus: 401},
		{name: "no token for a summary", method: get, path: "/summary/" + session, token: "-", wantStatus: 401},
		{name: "garbage token", method: post, path: "/events", body: text(`{"type":"NEXT"}`), token: "garbage", wantStatus: 401},
		{name: "token without a signature", method: get, path: "/me", token: "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", wantStatus: 401},
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		user := program.NewUser(t, s.URL)
		user.Press(t, program.Event{Type: "NEXT", Timestamp: "2024-05-01T10:00:00Z"})
		session := user.Press(t, program.Event{Type: "NEXT", Timestamp: "2024-05-01T10:01:00Z"}).SessionID
		before := everything(t, user, session)
		t.Run("requests", func(t *testing.T) {
			for _, bad := range badRequests(session) {
				t.Run(bad.name, func(t *testing.T) {
					t.Parallel()
					bad.check(t, user.At(t, s.URL))
				})
			}
		})
		if after := everything(t, user, session); after != before {
			t.Errorf("after the bad requests the user has\n%s\nwant as before\n%s", after, before)
		}
	})
}

func (b badRequest) check(t *testing.T, user *program.Client) {
	if b.token != "" {
		user.Token = strings.TrimPrefix(b.token, "-")
	}
	var body any
	if b.body != nil {
		body = b.body
	}
	got, err := user.Do(t.Context(), b.method, b.path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", b.method, b.path, err)
	}
	if got.Status != b.wantStatus {
		t.Errorf("%s %s: got %v, want %d", b.method, b.path, got, b.wantStatus)
	}
	if err := checkProblem(got); err != nil {
		t.Error(err)
	}
	var problem struct {
		Detail string `json:"detail"`
	}
	got.Decode(t, &problem)
	if !strings.Contains(problem.Detail, b.wantDetail) {
		t.Errorf("detail: got %q, want it to name %s", problem.Detail, b.wantDetail)
	}
	allowed := strings.Split(strings.ReplaceAll(got.Header.Get("Allow"), " ", ""), ",")
	if b.wantAllow != "" && !slices.Contains(allowed, b.wantAllow) {
		t.Errorf("Allow: got %q, want %s in it", got.Header.Get("Allow"), b.wantAllow)
	}
}

// everything returns all that a bad request might have changed, as a text to compare.
func everything(t *testing.T, c *program.Client, session string) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/me", "/sessions/recent?limit=100", "/summary/" + session, "/admin/debug/user-events/" + session} {
		fmt.Fprintf(&all, "%s\n", c.Must(t, http.StatusOK, http.MethodGet, path, nil).Body)
	}
	return all.String()
}

// TestOthersAreMissing checks that a request for what belongs to another user is answered
// byte for byte like a request for what does not exist.
func TestOthersAreMissing(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		owner, stranger := program.NewUser(t, s.URL), program.NewUser(t, s.URL)
		session, question := ownSession(t, owner)
		own, _ := ownSession(t, stranger)
		missing := uuid.NewString()
		target := []byte(`{"target_minutes_per_question": 4}`)
		for _, test := range []struct {
			method, others, missing string
			body                    any
		}{
			{http.MethodGet, "/summary/" + session, "/summary/" + missing, nil},
			{http.MethodGet, "/sessions/" + session + "/summary", "/sessions/" + missing + "/summary", nil},
			{http.MethodPatch, "/sessions/" + session, "/sessions/" + missing, target},
			{http.MethodDelete, "/sessions/" + session + "/questions/" + question, "/sessions/" + missing + "/questions/" + missing, nil},
			{http.MethodDelete, "/sessions/" + own + "/questions/" + question, "/sessions/" + own + "/questions/" + missing, nil},
			{http.MethodDelete, "/sessions/" + session, "/sessions/" + missing, nil},
			{http.MethodGet, "/admin/debug/user-events/" + session, "/admin/debug/user-events/" + missing, nil},
		} {
			others := stranger.Must(t, http.StatusNotFound, test.method, test.others, test.body)
			none := stranger.Must(t, http.StatusNotFound, test.method, test.missing, test.body)
			if string(others.Body) != string(none.Body) {
				t.Errorf("%s of another user's: got %s, want as for a missing one %s", test.method, others.Body, none.Body)
			}
			if got, want := others.Header.Get("Content-Type"), none.Header.Get("Content-Type"); got != want {
				t.Errorf("%s of another user's: Content-Type %q, want %q", test.method, got, want)
			}
		}
		if got := owner.Summary(t, session); got.TotalQuestions != 1 || got.TargetMinutes != 5.5 {
			t.Errorf("after the stranger's requests the owner has %+v", got)
		}
	})
}

// ownSession records a new session of the user with one question.
func ownSession(t *testing.T, user *program.Client) (session, question string) {
	t.Helper()
	user.Press(t, program.Event{Type: "NEXT", Timestamp: "2024-05-01T10:00:00Z"})
	session = user.Press(t, program.Event{Type: "NEXT", Timestamp: "2024-05-01T10:01:00Z"}).SessionID
	return session, user.Summary(t, session).Questions[0].ID
}
