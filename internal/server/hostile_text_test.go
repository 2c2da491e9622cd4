package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// hostileTexts are texts that somebody may type or send where a text is stored.
var hostileTexts = []struct {
	name, text string
	refused    bool // by every field; otherwise every field that has room for it keeps it unchanged
}{
	{"HTML", `<script>alert(1)</script>`, false},
	{"an attribute", `"><img src=x onerror=alert(1)>`, false},
	{"an entity", `&lt;b&gt; &#x3c;`, false},
	{"SQL", `'; DROP TABLE users; --`, false},
	{"a template", `{{7*7}} ${7*7} #{7*7} <%= 7 %>`, false},
	{"a format", `%s%n%d %00 \u0000 \x00`, false},
	{"a path", `../../../../etc/passwd`, false},
	{"JSON", `","role":"admin","x":"`, false},
	{"a formula", `=cmd|' /C calc'!A0`, false},
	{"a formula by plus", `+1+1`, false},
	{"a formula by minus", `-1+2`, false},
	{"a formula by at", `@SUM(1+1)*cmd|' /C calc'!A0`, false},
	{"emoji", "🐇👩\u200d💻🏳️\u200d🌈", false},
	{"four bytes a letter", "𝒜𝓃𝓃 𠜎𠜱", false},
	{"many marks on a letter", "Z̴̡̛͓͚̳͍̯̃̓", false},
	{"right to left", "שלום עולם 5", false},
	{"marks of right-to-left writing", "שלום\u200f Ann\u200e 5\u061c!", false},
	{"letters of two scripts", "раураl", false},
	{"a replacement character", "a\ufffdb", false},
	{"a noncharacter", "a\uffffb", false},
	{"the last character", "a\U0010ffffb", false},

	{"a header", "Ann\r\nBcc: all@example.org", true},
	{"a line of a log", "Ann\nlevel=INFO msg=forged", true},
	{"a tab", "Ann\tLee", true},
	{"NUL", "Ann\x00Lee", true},
	{"an escape", "Ann\x1b[2J", true},
	{"a backspace", "Ann\b\b\bEve", true},
	{"a next line", "Ann\u0085Lee", true},
	{"a line separator", "Ann\u2028Lee", true},
	{"a paragraph separator", "Ann\u2029Lee", true},
	{"an override", "Ann\u202efdp.exe", true},
	{"an embedding", "Ann\u202bLee\u202c", true},
	{"an isolate", "Ann\u2067Lee\u2069", true},
	{"very long", strings.Repeat("Ann ", 16_000/4), true},
	{"very long, four bytes a letter", strings.Repeat("🐇", 4_000), true},
}

// textField is where a text can be stored.
type textField struct {
	name         string
	method, path string
	frame        string   // format of the body; %s is the text in JSON
	shownBy      []string // routes; none when the field accepts only words of a list
}

var (
	ofProfile  = []string{"GET /me"}
	ofQuestion = []string{"GET /summary/{session_id}", "GET /sessions/{session_id}/summary", "GET /admin/debug/user-events/{session_id}"}
)

var textFields = []textField{
	{"first_name", "PATCH", "/me", `{"first_name":%s}`, ofProfile},
	{"last_name", "PATCH", "/me", `{"last_name":%s}`, ofProfile},
	{"timezone", "PATCH", "/me", `{"timezone":%s}`, nil},
	{"reporting_timezone", "PATCH", "/me", `{"reporting_timezone":%s}`, nil},
	{"week_start", "PATCH", "/me", `{"week_start":%s}`, nil},
	{"aet_text", "POST", "/events", `{"type":"NEXT","aet_text":%s}`, ofQuestion},
	{"task_id", "POST", "/events", `{"type":"NEXT","task_id":%s}`, ofQuestion},
	{"task_type", "POST", "/events", `{"type":"NEXT","task_type":%s}`, ofQuestion},
	{"type", "POST", "/events", `{"type":%s}`, nil},
	{"id", "POST", "/events", `{"type":"NEXT","id":%s}`, nil},
	{"timestamp", "POST", "/events", `{"type":"NEXT","timestamp":%s}`, nil},
}

// A text that people send is either refused, with the name of its field, or returned
// unchanged, in JSON that no browser reads as anything else.
func TestHostileText(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	for _, field := range textFields {
		for _, hostile := range hostileTexts {
			t.Run(field.name+"/"+hostile.name, func(t *testing.T) {
				// A new session, so that there is one question to look at.
				c.clock.advance(time.Second)
				c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: p.token, body: `{"type":"EXIT"}`})
				c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT"}`})

				w := c.answer(t, ask{method: field.method, path: field.path, bearer: p.token, body: fmt.Sprintf(field.frame, quoted(t, hostile.text))})
				if hostile.refused || field.shownBy == nil {
					refusesField(t, w, field.name, hostile.text)
					return
				}
				if w.Code != http.StatusOK {
					t.Fatalf("answered %d %s", w.Code, w.Body)
				}
				pressed := decoded[struct {
					SessionID string `json:"session_id"`
				}](t, c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT"}`}))
				shown := person{token: p.token, ids: map[string]string{"session_id": pressed.SessionID}}
				c.shows(t, shown, field.shownBy, field.name, hostile.text)
			})
		}
	}
}

// Every summary contains the user's e-mail address, so hostile addresses are tried there
// too.
func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	accepted := 0
	for _, hostile := range hostileTexts {
		for _, address := range []string{hostile.text, hostile.text + "@example.org", "ann@" + hostile.text, hostile.text + "\u200e@example.org", `"` + hostile.text + `"@example.org`} {
			t.Run(hostile.name+"/"+strings.Replace(address, hostile.text, "…", 1), func(t *testing.T) {
				body := fmt.Sprintf(`{"email":%s,"password":"%s"}`, quoted(t, address), chainPassword)
				w := c.answer(t, ask{method: "POST", path: "/auth/register", body: body})
				if hostile.refused || w.Code != http.StatusOK {
					refusesField(t, w, "email", address)
					return
				}
				accepted++
				p := person{token: decoded[struct {
					Token string `json:"access_token"`
				}](t, w).Token}
				c.shows(t, p, ofProfile, "email", strings.ToLower(address))
				c.shows(t, p, []string{"GET /dashboard/today/json", "GET /dashboard/week/json", "GET /dashboard/month/json"}, "user_external_id", strings.ToLower(address))
			})
		}
	}
	if accepted == 0 {
		t.Error("no address was accepted, so none was looked at")
	}
}

// quoted returns a text as a JSON string.
func quoted(t *testing.T, text string) string {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// refusesField fails the test unless the answer is a problem with this field that does not
// repeat the text.
func refusesField(t *testing.T, w *httptest.ResponseRecorder, field, text string) {
	t.Helper()
	isInert(t, w, "application/problem+json")
	p := decoded[httpx.Problem](t, w)
	named := false
	for _, e := range p.Errors {
		named = named || e.Location == field
	}
	if w.Code != http.StatusUnprocessableEntity || !named {
		t.Errorf("answered %d %.300s, want 422 that names %s", w.Code, w.Body, field)
	}
	if strings.Contains(p.Detail, text) {
		t.Errorf("sends the text back: %.300s", p.Detail)
	}
}

// shows fails the test unless, on each route, every field of that name that is not empty
// has the text, and at least one has it.
func (c *chain) shows(t *testing.T, p person, names []string, field, text string) {
	t.Helper()
	for _, name := range names {
		i := slices.IndexFunc(c.routes, func(r route) bool { return r.name == name })
		if i < 0 {
			t.Fatalf("there is no route %s", name)
		}
		w := c.must(t, http.StatusOK, ask{method: "GET", path: c.routes[i].fill(t, p.ids), bearer: p.token})
		isInert(t, w, "application/json")
		found := valuesOf(decoded[any](t, w), field)
		found = slices.DeleteFunc(found, func(v string) bool { return v == "" })
		if len(found) == 0 || slices.ContainsFunc(found, func(v string) bool { return v != text }) {
			t.Errorf("%s: %s is %q, want %q", name, field, found, text)
		}
	}
}

// valuesOf returns the texts of all fields with this name, at any depth.
func valuesOf(node any, field string) []string {
	var found []string
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			found = append(found, valuesOf(item, field)...)
		}
	case map[string]any:
		for name, value := range node {
			if text, ok := value.(string); ok && name == field {
				found = append(found, text)
			}
			found = append(found, valuesOf(value, field)...)
		}
	}
	return found
}

// isInert fails the test unless a browser must read the answer as this media type.
func isInert(t *testing.T, w *httptest.ResponseRecorder, mediaType string) {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != mediaType {
		t.Errorf("Content-Type %q, want %q", got, mediaType)
	}
	if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options %q, want nosniff", got)
	}
}

// No browser reads a JSON answer as a page, whatever it contains.
func TestJSONIsInert(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	for _, r := range c.routes {
		if !r.documented {
			continue
		}
		for _, a := range []ask{{bearer: p.token, body: exampleOf(t, r).body}, {bearer: p.token, body: "{"}, {}} {
			a.method, a.path = r.method, r.fill(t, p.ids)
			w := c.answer(t, a)
			want := "application/json"
			if w.Code >= http.StatusBadRequest {
				want = "application/problem+json"
			}
			isInert(t, w, want)
		}
	}
}
