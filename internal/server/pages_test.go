package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

// browser is a person's: it keeps cookies and asks for pages.
type browser struct {
	*chain
	cookies map[string]string
}

func (c *chain) newBrowser() *browser { return &browser{chain: c, cookies: map[string]string{}} }

// page is an answer to a browser.
type page struct {
	*httptest.ResponseRecorder
	root *html.Node
}

// visit asks for a page.
func (b *browser) visit(t *testing.T, path string) page {
	t.Helper()
	return b.request(t, http.MethodGet, path, nil)
}

// send submits a form as its page would: with the token that the page has, which the
// cookie repeats.
func (b *browser) send(t *testing.T, from page, action string, fields url.Values) page {
	t.Helper()
	for n := range from.root.Descendants() {
		if n.Data != "form" || attribute(n, "action") != action {
			continue
		}
		for field := range n.Descendants() {
			if name := attribute(field, "name"); attribute(field, "type") == "hidden" && !fields.Has(name) {
				fields.Set(name, attribute(field, "value"))
			}
		}
		return b.request(t, http.MethodPost, action, fields)
	}
	t.Fatalf("the page has no form to %s:\n%s", action, from.Body)
	return page{}
}

func (b *browser) request(t *testing.T, method, path string, fields url.Values) page {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(fields.Encode()))
	r.Host = chainHost
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Origin", chainOrigin)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		b.cookies[cookie.Name] = cookie.Value
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		}
	}
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page{w, root}
}

// expect fails the test unless the page has this status and each of these texts.
func (p page) expect(t *testing.T, status int, texts ...string) page {
	t.Helper()
	if p.Code != status {
		t.Fatalf("%d %s, want %d", p.Code, p.text(), status)
	}
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			t.Errorf("%q is not on the page: %s", text, p.text())
		}
	}
	policy := p.Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self'") && p.Body.Len() > 0 && status < 300 {
		t.Errorf("Content-Security-Policy %q", policy)
	}
	return p
}

// leadsTo fails the test unless the answer sends the browser on to this path.
func (p page) leadsTo(t *testing.T, path string) {
	t.Helper()
	if got := p.Header().Get("Location"); p.Code != http.StatusSeeOther || got != path {
		t.Fatalf("%d to %q, want 303 to %q: %s", p.Code, got, path, p.text())
	}
}

// text is what a person reads.
func (p page) text() string { return textOf(p.root) }

func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// find is the text of the element with this attribute, or "".
func (p page) find(name, value string) string {
	for n := range p.root.Descendants() {
		if attribute(n, name) == value {
			return textOf(n)
		}
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// register makes an account in a new browser, as a person does.
func (c *chain) register(t *testing.T, email string) *browser {
	t.Helper()
	b := c.newBrowser()
	form := b.visit(t, "/register").expect(t, http.StatusOK, "Register")
	b.send(t, form, "/register", url.Values{"email": {email}, "password": {chainPassword}}).leadsTo(t, "/dashboard/today")
	return b
}

// press records presses, each some time after the one before.
func (b *browser) press(t *testing.T, after time.Duration, presses ...string) {
	t.Helper()
	for _, press := range presses {
		b.clock.advance(after)
		b.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: b.cookies["access_token"], body: `{"type":"` + press + `"}`})
	}
}

// json is the JSON of a path, for the person of the browser.
func (b *browser) json(t *testing.T, path string) map[string]any {
	t.Helper()
	return decoded[map[string]any](t, b.must(t, http.StatusOK, ask{method: "GET", path: path, bearer: b.cookies["access_token"]}))
}

// A person's whole way through the pages, without script.
func TestWayThroughThePages(t *testing.T) {
	c := newChain(t, withoutLimits)
	b := c.newBrowser()
	b.visit(t, "/").expect(t, http.StatusOK, "Log in", "Register")
	b = c.register(t, "ann@example.org")
	b.visit(t, "/").leadsTo(t, "/dashboard/today")
	b.visit(t, "/login?next=/profile").leadsTo(t, "/profile")
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Nothing yet today", "Saturday, 31 January 2026", "ann@example.org")

	b.press(t, 5*time.Minute, "NEXT", "NEXT", "NEXT")
	c.clock.advance(2*time.Minute + 7*time.Second)
	today := b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Question 3 · running", "in 1 session")
	if got := today.find("id", "running-clock"); got != "02:07" {
		t.Errorf("the clock shows %q", got)
	}
	day := b.json(t, "/dashboard/today/json")
	session := day["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	questions := b.json(t, "/summary/"+session)["questions"].([]any)
	question := questions[0].(map[string]any)["id"].(string)

	sessionPage := b.visit(t, "/dashboard/sessions/"+session).expect(t, http.StatusOK, "-00:30", "05:00")
	b.send(t, sessionPage, "/dashboard/sessions/"+session+"/questions/"+question+"/delete", url.Values{}).
		leadsTo(t, "/dashboard/sessions/"+session+"?undo=question%3A"+session+"%3A"+question)
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Question 2 · running")
	b.send(t, today, "/dashboard/sessions/"+session+"/delete", url.Values{}).
		leadsTo(t, "/dashboard/today?date=2026-01-31&undo=session%3A"+session)
	b.visit(t, "/dashboard/today").expect(t, http.StatusOK, "Nothing yet today")
	b.visit(t, "/dashboard/sessions/"+session).expect(t, http.StatusNotFound, "Nothing here")

	b.send(t, b.visit(t, "/dashboard/today"), "/logout", url.Values{}).leadsTo(t, "/")
	b.visit(t, "/dashboard/week").leadsTo(t, "/login?next=%2Fdashboard%2Fweek")
	login := b.visit(t, "/login?next=%2Fdashboard%2Fweek").expect(t, http.StatusOK)
	b.send(t, login, "/login", url.Values{"email": {"ann@example.org"}, "password": {chainPassword}}).leadsTo(t, "/dashboard/week")
	b.visit(t, "/dashboard/week").expect(t, http.StatusOK, "26 January – 1 February 2026")
}

// SPEC section 5: the two forms of the profile, each answered by the page again.
func TestProfilePage(t *testing.T) {
	c := newChain(t, withoutLimits)
	b, elsewhere := c.register(t, "ann@example.org"), c.newBrowser()
	elsewhere.cookies["access_token"] = c.logIn(t, "/auth/login", "ann@example.org")
	profile := b.visit(t, "/profile").expect(t, http.StatusOK, "Time zone of your days")
	b.send(t, profile, "/profile", url.Values{
		"form_type": {"profile"}, "first_name": {"Ann"}, "last_name": {`<b>"Lee"`}, "timezone_name": {"Asia/Tokyo"},
		"wants_report_emails": {"true"}, "target_minutes": {"4,5"}, "week_start": {"Sunday"}, "reporting_timezone": {"America/Los_Angeles"},
	}).expect(t, http.StatusOK, "Saved.")
	me := b.json(t, "/me")
	for field, want := range map[string]any{
		"first_name": "Ann", "last_name": `<b>"Lee"`, "timezone": "Asia/Tokyo", "wants_report_emails": true,
		"target_minutes": 4.5, "week_start": "sunday", "reporting_timezone": "America/Los_Angeles",
	} {
		if me[field] != want {
			t.Errorf("%s is %v, want %v", field, me[field], want)
		}
	}
	// The fields of the contract alone leave the others as they are; a box that is not
	// ticked sends nothing.
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "first_name": {"Anna"}, "last_name": {""}, "timezone_name": {"Europe/Rome"}}).expect(t, http.StatusOK)
	if me := b.json(t, "/me"); me["target_minutes"] != 4.5 || me["wants_report_emails"] != false || me["timezone"] != "Europe/Rome" {
		t.Errorf("then %v", me)
	}
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "timezone_name": {"Mars/Base"}, "target_minutes": {"NaN"}}).
		expect(t, http.StatusUnprocessableEntity, "must be from 0.1 to 1440 minutes")
	b.send(t, profile, "/profile", url.Values{"form_type": {"profile"}, "timezone_name": {"Mars/Base"}}).
		expect(t, http.StatusUnprocessableEntity, "is not a known IANA time zone")
	b.send(t, profile, "/profile", url.Values{"form_type": {"other"}}).expect(t, http.StatusBadRequest, "must be profile or password")

	const next = "Another-Path-2027"
	change := func(current, chosen, again string) page {
		return b.send(t, profile, "/profile", url.Values{
			"form_type": {"password"}, "current_password": {current}, "new_password": {chosen}, "new_password_confirm": {again},
		})
	}
	change("wrong", next, next).expect(t, http.StatusUnprocessableEntity, "is not your password")
	change(chainPassword, next, next+"!").expect(t, http.StatusUnprocessableEntity, "is not the same")
	change(chainPassword, "short", "short").expect(t, http.StatusUnprocessableEntity)
	answer := change(chainPassword, next, next).expect(t, http.StatusOK, "Your password is changed")
	if strings.Contains(answer.Body.String(), next) {
		t.Error("a password is sent back")
	}
	b.visit(t, "/profile").expect(t, http.StatusOK)
	elsewhere.visit(t, "/profile").leadsTo(t, "/login?next=%2Fprofile")
}

// A login that fails shows its form again, with what was typed but the password.
func TestLoginPage(t *testing.T) {
	c := newChain(t, withoutLimits)
	c.register(t, "ann@example.org")
	b := c.newBrowser()
	form := b.visit(t, "/login?next=https://evil.example/").expect(t, http.StatusOK)
	wrong := b.send(t, form, "/login", url.Values{"email": {"ann@example.org"}, "password": {"a wrong one"}}).
		expect(t, http.StatusUnauthorized, "Wrong e-mail address or password")
	if body := wrong.Body.String(); !strings.Contains(body, `value="ann@example.org"`) || strings.Contains(body, "a wrong one") {
		t.Errorf("the form has %s", body)
	}
	stale := url.Values{"email": {"ann@example.org"}, "password": {chainPassword}, "csrf_token": {c.csrf.Token()}}
	b.send(t, form, "/login", stale).expect(t, http.StatusBadRequest, "open for too long")
	right := func() url.Values {
		return url.Values{"email": {"ann@example.org"}, "password": {chainPassword}, "next": {"//evil.example"}}
	}
	// A form needs the cookie beside its token.
	c.newBrowser().send(t, form, "/login", right()).expect(t, http.StatusBadRequest, "open for too long")
	b.send(t, form, "/login", right()).leadsTo(t, "/dashboard/today")
	b = c.newBrowser()
	form = b.visit(t, "/login?next=https://evil.example/")
	b.send(t, form, "/login", url.Values{"email": {"ann@example.org"}, "password": {chainPassword}}).leadsTo(t, "/dashboard/today")
}

// Who tries too often is told how long to wait.
func TestLoginPageLimits(t *testing.T) {
	c := newChain(t, func(*config.Settings) {})
	b := c.newBrowser()
	form := b.visit(t, "/login")
	last := page{}
	for range 6 {
		last = b.send(t, form, "/login", url.Values{"email": {"nobody@example.org"}, "password": {"x"}})
	}
	if last.expect(t, http.StatusTooManyRequests, "try again in 60 s"); last.Header().Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q", last.Header().Get("Retry-After"))
	}
	// Both faces count together.
	if w := c.answer(t, ask{method: "POST", path: "/auth/login", body: `{"email":"a@example.org","password":"x"}`}); w.Code != http.StatusTooManyRequests {
		t.Errorf("the other face: %d", w.Code)
	}
}

// Every problem stands beside its field, and what was typed stays.
func TestRegisterPage(t *testing.T) {
	c := newChain(t, withoutLimits)
	c.register(t, "ann@example.org")
	b := c.newBrowser()
	form := b.visit(t, "/register")
	refused := b.send(t, form, "/register", url.Values{"email": {"no address"}, "password": {"short"}, "first_name": {"Bob"}, "last_name": {"B\x00b"}}).
		expect(t, http.StatusUnprocessableEntity)
	for _, field := range []string{"email", "password", "last_name"} {
		if refused.find("id", field+"-problem") == "" {
			t.Errorf("nothing is said of %s: %s", field, refused.text())
		}
	}
	if body := refused.Body.String(); !strings.Contains(body, `value="Bob"`) || strings.Contains(body, "short") || refused.find("id", "first_name-problem") != "" {
		t.Errorf("the form has %s", body)
	}
	b.send(t, form, "/register", url.Values{"email": {"Ann@Example.org"}, "password": {chainPassword}}).
		expect(t, http.StatusConflict, "is registered already")
}

// A second factor is a second page.
func TestSecondFactorPage(t *testing.T) {
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	setup := decoded[struct{ Secret string }](t, c.must(t, http.StatusOK, ask{method: "POST", path: "/me/totp", bearer: b.cookies["access_token"], body: confirmation}))
	code := func() string {
		text, err := totp.GenerateCode(setup.Secret, c.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	c.must(t, http.StatusOK, ask{method: "POST", path: "/me/totp/confirm", bearer: b.cookies["access_token"], body: `{"code":"` + code() + `"}`})
	c.clock.advance(time.Minute)

	b = c.newBrowser()
	login := b.visit(t, "/login?next=/profile")
	second := b.send(t, login, "/login", url.Values{"email": {"ann@example.org"}, "password": {chainPassword}}).expect(t, http.StatusOK, "One more step")
	if b.cookies["access_token"] != "" {
		t.Fatal("the password alone logs in")
	}
	again := b.send(t, second, "/login/second-factor", url.Values{"code": {"000000"}}).expect(t, http.StatusUnauthorized, "Wrong or used code")
	b.send(t, again, "/login/second-factor", url.Values{"code": {code()}}).leadsTo(t, "/profile")
	b.visit(t, "/profile").expect(t, http.StatusOK)
	c.newBrowser().send(t, second, "/login/second-factor", url.Values{"code": {code()}}).expect(t, http.StatusBadRequest)
}

// The numbers of a page are those of the JSON of the same day, session, week or month.
func TestPagesSayWhatTheJSONSays(t *testing.T) {
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.press(t, 4*time.Minute+31*time.Second, "NEXT", "NEXT", "PAUSE", "PAUSE", "NEXT", "EXIT")
	b.press(t, 47*time.Minute+499*time.Millisecond, "NEXT", "NEXT", "NEXT")
	figures := func(p page) map[string]string {
		return map[string]string{
			"questions": p.find("id", "total-questions"), "active": p.find("id", "total-active"), "average": p.find("id", "average"),
			"pace": strings.ToLower(p.find("id", "pace")), "score": p.find("id", "score"),
		}
	}
	same := func(t *testing.T, what string, json map[string]any, pace, active string, p page) {
		t.Helper()
		want := map[string]string{
			"questions": fmt.Sprint(json["total_questions"]), "active": active, "average": fmt.Sprint(json["avg_active_mmss"]),
			"pace": fmt.Sprint(json[pace+"pace_label"]), "score": fmt.Sprint(json[pace+"score"]),
		}
		for name, got := range figures(p) {
			if got != want[name] && (name != "active" || active != "") || got == "" {
				t.Errorf("%s: %s is %q, and %q in the JSON", what, name, got, want[name])
			}
		}
	}
	day := b.json(t, "/dashboard/today/json")
	today := b.visit(t, "/dashboard/today").expect(t, http.StatusOK)
	same(t, "day", withNames(day, "daily_pace_label", "pace_label", "daily_score", "score"), "", fmt.Sprint(day["total_active_mmss"]), today)
	for _, period := range []string{"week", "month"} {
		json := b.json(t, "/dashboard/"+period+"/json")
		p := b.visit(t, "/dashboard/"+period).expect(t, http.StatusOK)
		same(t, period, json, "", fmt.Sprint(json["total_active_mmss"]), p)
		for _, d := range json["days"].([]any) {
			d := d.(map[string]any)
			row := p.find("data-date", d["date"].(string))
			if d["total_questions"] != 0.0 && !hasAll(row, d["total_sessions"], d["total_questions"], d["total_active_mmss"], d["avg_active_mmss"], d["daily_score"]) {
				t.Errorf("%s: %q, and in the JSON %v", period, row, d)
			}
		}
	}
	for _, s := range day["sessions"].([]any) {
		s := s.(map[string]any)
		id := s["session_id"].(string)
		if row := today.find("data-session", id); !hasAll(row, s["total_questions"], s["avg_active_mmss"], s["score"]) {
			t.Errorf("session %q, and in the JSON %v", row, s)
		}
		json, p := b.json(t, "/summary/"+id), b.visit(t, "/dashboard/sessions/"+id).expect(t, http.StatusOK)
		same(t, "session", json, "", "", p)
		for _, q := range json["questions"].([]any) {
			q := q.(map[string]any)
			if row := p.find("data-question", q["id"].(string)); !hasAll(row, q["index"], q["active_mmss"], q["over_under_target_mmss"]) {
				t.Errorf("question %q, and in the JSON %v", row, q)
			}
		}
	}
}

// withNames is a body in which names are called otherwise: pairs of old and new.
func withNames(body map[string]any, pairs ...string) map[string]any {
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i+1]] = body[pairs[i]]
	}
	return body
}

// hasAll reports whether a text has each value as a word of its own.
func hasAll(text string, values ...any) bool {
	for _, v := range values {
		if !strings.Contains(" "+text+" ", " "+fmt.Sprint(v)+" ") {
			return false
		}
	}
	return true
}

// What goes wrong is a page for a person, and stays a problem for everything else.
func TestFailuresAreForPersons(t *testing.T) {
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.visit(t, "/nowhere").expect(t, http.StatusNotFound, "Nothing here", "To the start")
	b.visit(t, "/logout").expect(t, http.StatusMethodNotAllowed, "Nothing to see here")
	b.visit(t, "/dashboard/today?date=yesterday").expect(t, http.StatusBadRequest, "want YYYY-MM-DD")
	b.visit(t, "/dashboard/month?month=2026-13").expect(t, http.StatusBadRequest, "want YYYY-MM")
	b.visit(t, "/dashboard/sessions/"+missingIDs()["session_id"]).expect(t, http.StatusNotFound, "Nothing here")
	b.request(t, http.MethodPost, "/logout", url.Values{"x": {strings.Repeat("x", 70_000)}}).expect(t, http.StatusRequestEntityTooLarge, "Too much at once")
	b.request(t, http.MethodPost, "/logout", url.Values{}).expect(t, http.StatusBadRequest, "open for too long")
	c.must(t, http.StatusUnsupportedMediaType, ask{method: "POST", path: "/logout", bearer: b.cookies["access_token"], body: `{}`})
	if w := c.answer(t, ask{method: "GET", path: "/dashboard/today"}); w.Code != http.StatusUnauthorized || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("who asks for no page: %d %v", w.Code, w.Header())
	}
}

// Who can log in elsewhere finds the way there on the login page.
func TestLoginPageOffersTheProvider(t *testing.T) {
	with, _ := withProvider(t)
	for c, want := range map[*chain]bool{with: true, newChain(t, withoutLimits): false} {
		body := c.newBrowser().visit(t, "/login").expect(t, http.StatusOK).Body.String()
		if got := strings.Contains(body, `href="/auth/oidc"`); got != want {
			t.Errorf("offered: %t, want %t", got, want)
		}
	}
}
