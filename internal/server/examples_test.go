package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// example is a request that a route accepts.
type example struct {
	body string // JSON
	form string // or the fields of a form
	want int    // status; 0 is 200
	// after is the route of a request that comes first, so that there is something to
	// change; it needs no body.
	after string
}

// examples has a request for every route that changes something. A test that sees no
// change then knows that the request could have made one.
var examples = map[string]example{
	"POST /auth/register":           {body: `{"email":"new@example.org","password":"` + chainPassword + `"}`},
	"POST /auth/login":              {body: `{"email":"` + guest + `","password":"` + chainPassword + `"}`},
	"POST /auth/logout":             {},
	"PATCH /me":                     {body: `{"first_name":"Mallory"}`},
	"POST /events":                  {body: `{"type":"NEXT"}`},
	"POST /events/batch":            {body: `{"events":[{"type":"NEXT"}]}`},
	"PATCH /sessions/{session_id}":  {body: `{"target_minutes_per_question":4}`},
	"DELETE /sessions/{session_id}": {},
	"DELETE /sessions/{session_id}/questions/{question_id}":       {},
	"PATCH /sessions/{session_id}/questions/{question_id}":        {body: `{"active_seconds":0}`},
	"POST /sessions/{session_id}/restore":                         {after: "DELETE /sessions/{session_id}"},
	"POST /sessions/{session_id}/questions/{question_id}/restore": {after: "DELETE /sessions/{session_id}/questions/{question_id}"},

	"POST /events/resume":                                    {body: `{"event_id":"00000000-0000-4000-8000-000000000000"}`, want: http.StatusNotFound},
	"POST /sessions":                                         {body: `{"started_at":"2026-01-31T10:00:00Z","ended_at":"2026-01-31T11:00:00Z"}`},
	"POST /sessions/{session_id}/presses":                    {body: `{"type":"NEXT","timestamp":"2026-01-31T11:59:30Z"}`},
	"PATCH /sessions/{session_id}/presses/{event_id}":        {body: `{"timestamp":"2026-01-31T11:59:00Z"}`},
	"DELETE /sessions/{session_id}/presses/{event_id}":       {},
	"POST /sessions/{session_id}/presses/{event_id}/restore": {after: "DELETE /sessions/{session_id}/presses/{event_id}"},

	"POST /login":               {form: "email=" + guest + "&password=" + chainPassword, want: http.StatusSeeOther},
	"POST /login/second-factor": {form: "challenge=of+no+login&code=000000", want: http.StatusBadRequest},
	"POST /register":            {form: "email=newer@example.org&password=" + chainPassword, want: http.StatusSeeOther},
	"POST /logout":              {form: "x=", want: http.StatusSeeOther},
	"POST /profile":             {form: "form_type=profile&first_name=Mallory"},
	"POST /profile/timezone":    {form: "timezone_name=Europe/Berlin", want: http.StatusSeeOther},
	"POST /dashboard/press":     {form: "event_id=11111111-1111-4111-8111-111111111111&type=NEXT", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/delete":                         {form: "x=", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/questions/{question_id}/delete": {form: "x=", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/restore": {
		form: "x=", want: http.StatusSeeOther, after: "DELETE /sessions/{session_id}",
	},
	"POST /dashboard/sessions/{session_id}/questions/{question_id}/restore": {
		form: "x=", want: http.StatusSeeOther, after: "DELETE /sessions/{session_id}/questions/{question_id}",
	},
	"POST /dashboard/sessions/{session_id}/questions/{question_id}/adjust": {form: "active_time=0:00", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/presses/new":                    {form: "type=next&timestamp=2026-01-31T11:59:30", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/presses/{event_id}/move":        {form: "timestamp=2026-01-31T11:59:00", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/presses/{event_id}/remove":      {form: "x=", want: http.StatusSeeOther},
	"POST /dashboard/sessions/{session_id}/presses/{event_id}/restore": {
		form: "x=", want: http.StatusSeeOther, after: "DELETE /sessions/{session_id}/presses/{event_id}",
	},
	"POST /dashboard/sessions/{session_id}/presses/{event_id}/resume": {form: "x=", want: http.StatusNotFound}, // it is no EXIT
	"POST /dashboard/work": {form: "date=2026-01-31&started_at=10:00&ended_at=11:00&questions=3", want: http.StatusSeeOther},

	"POST /profile/security/totp":                         {form: passwordField},
	"POST /profile/security/totp/confirm":                 {form: "code=000000", want: http.StatusNotFound},
	"POST /profile/security/totp/remove":                  {form: passwordField, want: http.StatusNotFound},
	"POST /profile/security/recovery-codes":               {form: passwordField},
	"POST /profile/security/passkeys/{passkey_id}/remove": {form: passwordField, want: http.StatusSeeOther},
	"POST /profile/security/identity":                     {form: passwordField, want: http.StatusNotFound},
	"POST /profile/security/identity/remove":              {form: passwordField, want: http.StatusNotFound},
	"POST /profile/security/logout-others":                {form: passwordField, want: http.StatusSeeOther},
	"POST /profile/security/logins/{login_id}/end":        {form: passwordField, want: http.StatusSeeOther},

	"POST /auth/login/passkey":              {body: `{"challenge":"of no login"}`, want: http.StatusBadRequest},
	"POST /auth/login/second-factor":        {body: `{"challenge":"of no login","code":"000000"}`, want: http.StatusBadRequest},
	"POST /me/password":                     {body: `{"current_password":"` + chainPassword + `","new_password":"Another-Path-2027"}`},
	"POST /me/totp":                         {body: confirmation},
	"POST /me/totp/confirm":                 {body: `{"code":"000000"}`, want: http.StatusNotFound},
	"POST /me/totp/remove":                  {body: confirmation, want: http.StatusNotFound},
	"POST /me/recovery-codes":               {body: confirmation},
	"POST /me/passkeys/start":               {body: confirmation},
	"POST /me/passkeys":                     {body: `{"challenge":"of no passkey","name":"x","credential":{}}`, want: http.StatusBadRequest},
	"POST /me/passkeys/{passkey_id}/remove": {body: confirmation},
	"POST /me/identity":                     {body: confirmation, want: http.StatusNotFound},
	"DELETE /me":                            {body: confirmation},
	"POST /profile/delete":                  {form: "email=x", want: http.StatusUnprocessableEntity}, // refused: not the user's own address; pages_admin_test.go deletes accounts
	"POST /admin/invitations":               {form: "days=7", want: http.StatusNotFound},
	"POST /admin/invitations/revoke":        {form: "id=none", want: http.StatusNotFound},
	"POST /admin/users/new":                 {form: "email=newest@example.org&role=user", want: http.StatusNotFound},
	"POST /admin/users/{user_id}":           {form: "action=deactivate", want: http.StatusNotFound}, // as for everybody but admins
	"POST /admin/users/{user_id}/delete":    {form: "email=x", want: http.StatusNotFound},
	"POST /me/identity/remove":              {body: confirmation, want: http.StatusNotFound},

	"POST /auth/device/token":                  {body: `{"code":"of no pairing","verifier":"` + chainVerifier + `"}`, want: http.StatusUnauthorized},
	"POST /auth/device/refresh":                {body: `{"refresh_token":"of no device"}`, want: http.StatusUnauthorized},
	"DELETE /me/devices/{device_id}":           {},
	"DELETE /me/logins/{login_id}":             {body: confirmation},
	"DELETE /me/logins":                        {body: confirmation},
	"DELETE /me/device":                        {want: http.StatusNotFound}, // a login belongs to no device
	"POST /widget/pair":                        {form: "name=Firefox&kind=userscript&challenge=" + chainChallenge() + "&" + passwordField},
	"POST /profile/devices/{device_id}/revoke": {form: "x=", want: http.StatusSeeOther},
}

const passwordField = "password=" + chainPassword

const confirmation = `{"password":"` + chainPassword + `"}`

// exampleOf fails the test when a route that changes something has no example.
func exampleOf(t *testing.T, r route) example {
	t.Helper()
	e, ok := examples[r.name]
	if !ok && r.changes() {
		t.Errorf("%s: declare in examples a body that it accepts, and the status of its answer", r.name)
	}
	if e.want == 0 {
		e.want = http.StatusOK
	}
	return e
}

// Every example gets the status that it wants; those that are accepted change something.
func TestExamples(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.newPerson(t) // it also makes the guest, who logs in
	for name := range examples {
		if !slices.ContainsFunc(c.routes, func(r route) bool { return r.name == name }) {
			t.Errorf("examples has %s, and there is no such route", name)
		}
	}
	for _, r := range c.routes {
		if !r.changes() {
			continue
		}
		p, e := c.newPerson(t), exampleOf(t, r)
		if method, path, ok := strings.Cut(e.after, " "); ok {
			c.must(t, http.StatusOK, ask{method: method, path: route{name: e.after, path: path}.fill(t, p.ids), bearer: p.token})
		}
		before := c.dump(t)
		w := c.answer(t, ask{method: r.method, path: r.fill(t, p.ids), body: e.body, form: e.form, cookie: p.token, origin: chainOrigin, site: "same-origin"})
		if w.Code != e.want {
			t.Errorf("%s: %d %s, want %d", r.name, w.Code, w.Body, e.want)
		}
		if e.want < http.StatusBadRequest && c.dump(t) == before {
			t.Errorf("%s: changed nothing in the database", r.name)
		}
	}
}
