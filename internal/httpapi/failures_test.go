package httpapi

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// faulty is a request to which every operation gives the same answer, if the document has
// that answer.
type faulty struct {
	name   string
	status int
	header map[string]string
	body   io.Reader // nil: none
}

// The document names exactly the failures with which the server answers.
func TestDocumentedFailures(t *testing.T) {
	r := newUnlimited(t)
	d := documentOf(t, r.server)
	device := r.connectDevice(t)
	origins, err := httpx.NewOrigins("https://tracker.example.org", nil)
	if err != nil {
		t.Fatal(err)
	}
	handler := origins.Guard(r.handler)
	for _, o := range d.operations() {
		forbidden := false
		for _, f := range []faulty{
			{name: "a device token", status: 403, header: map[string]string{"Authorization": "Bearer " + device}},
			{name: "a foreign page", status: 403, header: map[string]string{"Origin": "https://evil.example", "Cookie": "access_token=" + r.token}},
			{name: "a stranger", status: 401},
			{name: "no type", status: 415, header: map[string]string{"Content-Type": "", "Cookie": "access_token=" + r.token}},
			{name: "a form", status: 415, header: map[string]string{"Content-Type": "text/plain"}, body: strings.NewReader("{}")},
			{name: "a body too large", status: 413, body: strings.NewReader(strings.Repeat(" ", httpx.MaxBatchBody+1))},
			{name: "a slow body", status: 408, body: iotest.ErrReader(os.ErrDeadlineExceeded)},
			{name: "no JSON", status: 400, body: strings.NewReader("{")},
		} {
			if f.body != nil && o.body() == nil {
				continue
			}
			if o.name() == "DELETE /me/device" && f.status == 403 && f.header["Authorization"] != "" {
				continue // it would disconnect the device
			}
			if f.body != nil {
				f.header = map[string]string{"Content-Type": cmp.Or(f.header["Content-Type"], "application/json"), "Authorization": "Bearer " + r.token, "X-CSRF-Token": r.csrf.Token()}
			}
			w := o.ask(t, handler, f)
			o.checkAnswer(t, strconv.Itoa(w.Code), w.Header(), w.Body.Bytes())
			isTypeless := f.name == "no type" && isChange(o.method)
			switch {
			case (f.body != nil || isTypeless) && w.Code != f.status:
				t.Errorf("%s with %s: %d, want %d", o.name(), f.name, w.Code, f.status)
			case f.status == http.StatusUnauthorized && (w.Code == f.status) != o.needsLogin() && o.path != "/auth/device/token" && o.path != "/auth/device/refresh":
				t.Errorf("%s with %s: %d, and it needs a login: %t", o.name(), f.name, w.Code, o.needsLogin())
			}
			forbidden = forbidden || w.Code == http.StatusForbidden
		}
		if o.mayAnswer("403") != forbidden && o.path != "/auth/oidc/callback" { // there a disabled user
			t.Errorf("%s: 403 is documented: %t, and was answered: %t", o.name(), o.mayAnswer("403"), forbidden)
		}
		for status, may := range map[string]bool{"408": o.body() != nil, "413": o.body() != nil, "415": isChange(o.method)} {
			if o.mayAnswer(status) != may {
				t.Errorf("%s: %s is documented: %t", o.name(), status, !may)
			}
		}
	}
}

// ask sends a faulty request of the operation.
func (o documentedOperation) ask(t *testing.T, handler http.Handler, f faulty) *httptest.ResponseRecorder {
	t.Helper()
	path := strings.NewReplacer(
		"{session_id}", missingID, "{question_id}", missingID, "{event_id}", missingID, "{passkey_id}", "AAAA", "{device_id}", missingID, "{login_id}", missingID,
	).Replace(o.path)
	r := httptest.NewRequestWithContext(t.Context(), o.method, path, f.body)
	r.Header.Set("Content-Type", "application/json")
	for name, value := range f.header {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
	if o.body() != nil && f.body == nil {
		r.Body = io.NopCloser(strings.NewReader("{}"))
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// connectDevice connects a device of the user, and returns its access token.
func (r recorded) connectDevice(t *testing.T) string {
	t.Helper()
	const verifier = "a verifier of 43 characters or more: here it is"
	user, login, err := r.accounts.Authenticate(t.Context(), r.token)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(verifier))
	code, err := r.accounts.StartPairing(t.Context(), user, account.Pairing{
		Challenge: base64.RawURLEncoding.EncodeToString(sum[:]), Name: "Firefox", Kind: account.Userscript,
	}, testPassword, account.By{UserID: user.ID, Login: login})
	if err != nil {
		t.Fatal(err)
	}
	granted, err := r.accounts.ConnectDevice(t.Context(), code, verifier, "")
	if err != nil {
		t.Fatal(err)
	}
	return granted.Access
}

// The document names 429, with Retry-After, exactly where the server limits the rate.
func TestDocumentedRateLimits(t *testing.T) {
	d := documentOf(t, newServer(t))
	once := limit.Rate{Requests: 1, Window: time.Second}
	shared := newServerWith(t, httpx.Rates{Login: once, Register: once, Events: once, Corrections: once, Reads: once})
	for _, o := range d.operations() {
		if strings.HasPrefix(o.path, "/auth/oidc") {
			continue // limited with an identity provider only
		}
		s := shared
		if o.path == "/auth/logout" {
			s = newServerWith(t, httpx.Rates{Login: once, Register: once, Events: once, Corrections: once, Reads: once}) // it ends the login
		}
		s.now = s.now.Add(2 * time.Second) // past the limits of the operations before
		header := map[string]string{"Authorization": "Bearer " + s.token, "X-CSRF-Token": s.csrf.Token()}
		body := map[string]any{} // counts, and changes nothing
		if o.path == "/auth/device/refresh" {
			body = o.firstBody(t) // the handler counts by the content of the body
		}
		limited := false
		for range 7 { // refreshes have six times the rate
			w := o.ask(t, s.handler, faulty{header: header, body: bytes.NewReader(mustJSON(t, body))})
			o.checkAnswer(t, strconv.Itoa(w.Code), w.Header(), w.Body.Bytes())
			limited = limited || w.Code == http.StatusTooManyRequests
		}
		if limited != o.mayAnswer("429") {
			t.Errorf("%s: 429 is documented: %t, and was answered: %t", o.name(), o.mayAnswer("429"), limited)
		}
	}
}

// A login that needs a second factor is answered with the 401 that the document describes.
func TestDocumentedSecondFactor(t *testing.T) {
	r := newUnlimited(t)
	var app struct {
		Secret string `json:"secret"`
	}
	decode(t, r.must(t, http.StatusOK, "POST", "/me/totp", confirmation), &app)
	code, err := totp.GenerateCode(app.Secret, r.now)
	if err != nil {
		t.Fatal(err)
	}
	r.must(t, http.StatusOK, "POST", "/me/totp/confirm", `{"code":"`+code+`"}`)

	w := r.logIn(t, http.StatusUnauthorized)
	login := documentedOperation{documentOf(t, r.server), "POST", "/auth/login"}
	login.checkAnswer(t, "401", w.Header(), w.Body.Bytes())
	required := problemIn(t, w).SecondFactor
	if required == nil || required.Challenge == "" || !slices.Contains(required.Methods, account.MethodTOTP) {
		t.Errorf("answered %s", w.Body)
	}
}
