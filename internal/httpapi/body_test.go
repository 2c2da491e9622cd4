package httpapi

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// bodyRoutes are all routes that read a body, each with a body that it understands.
var bodyRoutes = map[string]string{
	"POST /auth/register":          `{"email":"new@example.org","password":"Kestrel-orbit-7"}`,
	"POST /auth/login":             `{"email":"` + testEmail + `","password":"` + testPassword + `"}`,
	"PATCH /me":                    `{"first_name":"Ada"}`,
	"DELETE /me":                   `{"password":"not the one"}`, // so that the others find a user
	"DELETE /me/logins":            `{"password":"` + testPassword + `"}`,
	"DELETE /me/logins/" + unknown: `{"password":"` + testPassword + `"}`,
	"PATCH /sessions/" + unknown:   `{"target_minutes_per_question":4}`,
	"PATCH /sessions/" + unknown + "/questions/" + unknown: `{"active_seconds":60}`,
	"PATCH /sessions/" + unknown + "/presses/" + unknown:   `{"timestamp":"2026-01-01T08:00:00Z"}`,

	"POST /events":                           `{"type":"NEXT"}`,
	"POST /events/batch":                     `{"events":[{"type":"NEXT"}]}`,
	"POST /events/resume":                    `{"event_id":"` + unknown + `"}`,
	"POST /sessions":                         `{"started_at":"2026-01-01T08:00:00Z","ended_at":"2026-01-01T09:00:00Z"}`,
	"POST /sessions/" + unknown + "/presses": `{"type":"NEXT","timestamp":"2026-01-01T08:00:00Z"}`,

	"POST /auth/login/second-factor": `{"challenge":"x","code":"000000"}`,
	"POST /auth/login/passkey":       `{"challenge":"x"}`,
	"POST /me/password":              `{"current_password":"` + testPassword + `","new_password":"Another-Path-2027"}`,
	"POST /me/totp":                  confirmation,
	"POST /me/totp/confirm":          `{"code":"000000"}`,
	"POST /me/totp/remove":           confirmation,
	"POST /me/recovery-codes":        confirmation,
	"POST /me/passkeys/start":        confirmation,
	"POST /me/passkeys":              `{"challenge":"x","name":"phone","credential":{}}`,
	"POST /me/passkeys/AAAA/remove":  confirmation,
	"POST /me/identity":              confirmation,
	"POST /me/identity/remove":       confirmation,
	"POST /auth/device/token":        `{"code":"x","verifier":"a verifier of 43 characters or more: here it is"}`,
	"POST /auth/device/refresh":      `{"refresh_token":"x"}`,
}

const confirmation = `{"password":"` + testPassword + `"}`

// takenWith has the status of each route whose body is read but names something that does
// not exist.
var takenWith = map[string]int{
	"DELETE /me":                                           http.StatusUnprocessableEntity,
	"DELETE /me/logins/" + unknown:                         http.StatusNotFound,
	"PATCH /sessions/" + unknown:                           http.StatusNotFound,
	"POST /events/resume":                                  http.StatusNotFound,
	"POST /sessions/" + unknown + "/presses":               http.StatusNotFound,
	"PATCH /sessions/" + unknown + "/presses/" + unknown:   http.StatusNotFound,
	"PATCH /sessions/" + unknown + "/questions/" + unknown: http.StatusNotFound,
	"POST /auth/login/second-factor":                       http.StatusBadRequest,
	"POST /auth/login/passkey":                             http.StatusBadRequest,
	"POST /me/totp/confirm":                                http.StatusNotFound,
	"POST /me/totp/remove":                                 http.StatusNotFound,
	"POST /me/recovery-codes":                              http.StatusNotFound,
	"POST /me/passkeys":                                    http.StatusBadRequest,
	"POST /me/passkeys/AAAA/remove":                        http.StatusNotFound,
	"POST /me/identity":                                    http.StatusNotFound,
	"POST /me/identity/remove":                             http.StatusNotFound,
	"POST /auth/device/token":                              http.StatusUnauthorized,
	"POST /auth/device/refresh":                            http.StatusUnauthorized,
}

const unknown = "0190a8f2-7b1c-7d3e-8f4a-000000000000"

// post sends a body to a route as the user, with a CSRF token where it is needed.
func (s *server) post(t *testing.T, route string, header http.Header, body io.Reader, length int64) *httptest.ResponseRecorder {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	r := httptest.NewRequestWithContext(t.Context(), method, path, body)
	r.ContentLength = length
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("X-CSRF-Token", s.csrf.Token())
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// Every route refuses the same bodies, because the same rules read them first.
func TestBodiesThatNoRouteTakes(t *testing.T) {
	json := http.Header{"Content-Type": {"application/json"}}
	form := func(media string) http.Header { return http.Header{"Content-Type": {media}} }
	// secret is what no answer may repeat.
	const secret = "hunter2"
	tests := []struct {
		name   string
		header http.Header
		change func(good string) string // nil: as it is
		length int64                    // as the header says; 0: as it is
		status int
	}{
		{name: "a form", header: form("application/x-www-form-urlencoded"), status: 415},
		{name: "text", header: form("text/plain;charset=UTF-8"), status: 415},
		{name: "a multipart form", header: form("multipart/form-data; boundary=x"), status: 415},
		{name: "compressed", header: http.Header{"Content-Encoding": {"gzip"}}, status: 415},
		{name: "100 MB, told", header: json, length: 100 << 20, status: 413},
		{name: "too much in chunks", header: json, length: -1, status: 413, change: func(good string) string {
			return good + strings.Repeat(" ", httpx.MaxBatchBody)
		}},
		{name: "nothing", header: json, status: 400, change: func(string) string { return "" }},
		{name: "cut", header: json, status: 400, change: func(good string) string { return good[:len(good)-1] }},
		{name: "data after it", header: json, status: 400, change: func(good string) string { return good + secret }},
		{name: "twice", header: json, status: 400, change: func(good string) string { return good + good }},
		{name: "a name twice", header: json, status: 400, change: func(good string) string {
			return `{"more":1,"more":"` + secret + `",` + good[1:]
		}},
		{name: "a known name twice", header: json, status: 400, change: func(good string) string {
			name, _, _ := strings.Cut(good[1:], ":")
			return `{` + name + `:null,` + good[1:]
		}},
		{name: "a name twice, far inside", header: json, status: 400, change: func(good string) string {
			return `{"more":[{"a":1,"a":"` + secret + `"}],` + good[1:]
		}},
		{name: "too deep", header: json, status: 400, change: func(good string) string {
			return `{"more":` + strings.Repeat("[", 40) + `"` + secret + `"` + strings.Repeat("]", 40) + `,` + good[1:]
		}},
		{name: "broken UTF-8", header: json, status: 400, change: func(good string) string {
			return `{"more":"` + secret + "\xff" + `",` + good[1:]
		}},
	}
	for route, good := range bodyRoutes {
		s := newServer(t)
		for _, test := range tests {
			s.now = s.now.Add(time.Minute) // past the rate limits
			t.Run(route+"/"+test.name, func(t *testing.T) {
				body := good
				if test.change != nil {
					body = test.change(good)
				}
				length := test.length
				if length == 0 {
					length = int64(len(body))
				}
				w := s.post(t, route, test.header, strings.NewReader(body), length)
				if p := problemIn(t, w); p.Status != test.status || strings.Contains(w.Body.String(), secret) {
					t.Errorf("answered %d %s, want %d", w.Code, w.Body, test.status)
				}
			})
		}
	}
}

// The counterpart: good bodies are accepted, in whatever way their media type is written.
func TestBodiesThatRoutesTake(t *testing.T) {
	for name, header := range map[string]http.Header{
		"no type":          {},
		"JSON":             {"Content-Type": {"application/json"}},
		"with a parameter": {"Content-Type": {"application/json; charset=utf-8"}},
		"in capitals":      {"Content-Type": {"APPLICATION/JSON"}},
		"not compressed":   {"Content-Encoding": {"identity"}},
	} {
		s := newServer(t)
		for route, good := range bodyRoutes {
			s.now = s.now.Add(time.Minute) // past the rate limits
			want := cmp.Or(takenWith[route], http.StatusOK)
			s := s
			if route == "POST /me/password" || route == "POST /me/totp" {
				s = newServer(t) // it changes what the others find
			}
			if w := s.post(t, route, header, strings.NewReader(good), int64(len(good))); w.Code != want {
				t.Errorf("%s, %s: %d %s", name, route, w.Code, w.Body)
			}
		}
	}
}

// A body may be as long as the limit, and that of a batch is larger.
func TestBodiesAtTheLimit(t *testing.T) {
	for route, limit := range map[string]int{"PATCH /me": httpx.MaxBody, "POST /events": httpx.MaxBody, "POST /events/batch": httpx.MaxBatchBody} {
		full := bodyRoutes[route] + strings.Repeat(" ", limit-len(bodyRoutes[route]))
		s := newServer(t)
		for body, want := range map[string]int{full: 200, full + " ": 413} {
			if w := s.post(t, route, nil, strings.NewReader(body), int64(len(body))); w.Code != want {
				t.Errorf("%s with %d bytes: %d, want %d", route, len(body), w.Code, want)
			}
		}
	}
}

// A long password costs no hashing: it is refused for its own length or for that of the
// body.
func TestLongPasswords(t *testing.T) {
	s := newServer(t)
	for length, want := range map[int]struct {
		status int
		detail string
	}{
		1025:      {422, "password: expected length <= 1024"},
		60 << 10:  {422, "password: expected length <= 1024"},
		100 << 10: {413, "the body must have at most 65536 bytes"},
		1 << 20:   {413, "the body must have at most 65536 bytes"},
	} {
		for _, route := range []string{"POST /auth/register", "POST /auth/login"} {
			body := fmt.Sprintf(`{"email":"new@example.org","password":"%s"}`, strings.Repeat("Aa1!", length/4)+strings.Repeat("x", length%4))
			w := s.post(t, route, nil, strings.NewReader(body), int64(len(body)))
			if p := problemIn(t, w); p.Status != want.status || p.Detail != want.detail {
				t.Errorf("%s with %d characters: %d %s", route, length, p.Status, p.Detail)
			}
		}
	}
}

// A name that is given twice spoils its event, and no other event of the batch.
func TestBatchWithANameTwice(t *testing.T) {
	body := `{"events":[{"type":"NEXT"},{"type":"NEXT","type":"EXIT"},{"type":"PAUSE"}]}`
	w := newServer(t).post(t, "POST /events/batch", nil, strings.NewReader(body), int64(len(body)))
	var answer batchResults
	if err := httpx.UnmarshalJSON(w.Body.Bytes(), &answer); err != nil || len(answer.Results) != 3 {
		t.Fatalf("answered %d %s: %v", w.Code, w.Body, err)
	}
	for i, want := range []batchResult{
		{Result: "accepted", Status: 200},
		{Result: "rejected", Status: 400, Reason: "the body has two values for /type"},
		{Result: "accepted", Status: 200},
	} {
		if got := answer.Results[i]; got.Result != want.Result || got.Status != want.Status || got.Reason != want.Reason {
			t.Errorf("event %d: %+v", i, got)
		}
	}
}

// A name that the batch itself gives twice spoils the whole batch.
func TestBatchTwice(t *testing.T) {
	body := `{"events":[{"type":"NEXT"}],"events":[{"type":"EXIT"}]}`
	w := newServer(t).post(t, "POST /events/batch", nil, strings.NewReader(body), int64(len(body)))
	if p := problemIn(t, w); p.Status != 400 || p.Detail != "the body has two values for /events" {
		t.Errorf("answered %+v", p)
	}
}
