package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// useAccount does what users do, with secrets in the wrong places.
func (s *secretTalk) useAccount(t *testing.T) {
	t.Helper()
	for _, body := range []string{
		`{"first_name":"Ann","password":"` + canaryPassword + `"}`,
		`{"timezone":"` + canary + `"}`,
		`{"week_start":"` + canary + `"}`,
		`{"first_name":"` + canary + `\u0000"}`,
		`{"target_minutes":"` + canary + `"}`,
		`{"first_name":"` + canary,
	} {
		if _, err := s.Do(t.Context(), http.MethodPatch, "/me", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{
		`{"type":"NEXT","token":"` + s.Token + `"}`, `{"type":"` + canary + `"}`, `{"type":"NEXT","id":"` + canary + `"}`, `{"type":"NEXT","timestamp":"` + canary,
	} {
		if _, err := s.Do(t.Context(), http.MethodPost, "/events", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	s.Must(t, http.StatusOK, http.MethodPost, "/auth/logout", nil)
	s.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	s.expect(t, http.StatusOK, "/auth/login", credentials(s.user, canaryPassword), nil)
}

// useSecondFactors changes the password and the second factors, and logs in with them.
func (s *secretTalk) useSecondFactors(t *testing.T) {
	t.Helper()
	bearer := func() http.Header { return http.Header{"Authorization": {"Bearer " + s.Token}} }
	s.expect(t, http.StatusUnprocessableEntity, "/me/password", `{"current_password":"`+canaryWrongPassword+`","new_password":"`+canary+`"}`, bearer())
	s.expect(t, http.StatusUnprocessableEntity, "/me/password", `{"current_password":"`+canaryPassword+`","new_password":"`+canary+`"}`, bearer())
	s.expect(t, http.StatusOK, "/me/password", `{"current_password":"`+canaryPassword+`","new_password":"New-`+canaryPassword+`"}`, bearer())
	confirmed := `{"password":"New-` + canaryPassword + `"}`

	var app struct{ Secret string }
	s.post(t, "/me/totp", confirmed, bearer()).Decode(t, &app)
	s.expect(t, http.StatusUnauthorized, "/me/totp/confirm", `{"code":"`+canary+`"}`, bearer())
	var recovery struct {
		Codes []string `json:"recovery_codes"`
	}
	s.post(t, "/me/totp/confirm", `{"code":"`+totpCode(t, app.Secret)+`"}`, bearer()).Decode(t, &recovery)
	if app.Secret == "" || len(recovery.Codes) == 0 {
		t.Fatalf("the authenticator app is not set up: %+v, %+v", app, recovery)
	}
	s.issued = append(append(s.issued, app.Secret), recovery.Codes...)
	s.expect(t, http.StatusOK, "/me/passkeys/start", confirmed, bearer())

	var login struct {
		SecondFactor struct{ Challenge string } `json:"second_factor"`
	}
	s.post(t, "/auth/login", credentials(s.user, "New-"+canaryPassword), nil).Decode(t, &login)
	challenge := login.SecondFactor.Challenge
	if challenge == "" {
		t.Fatal("the login needs no second factor")
	}
	s.issued = append(s.issued, challenge)
	step := func(field, value string) string {
		return fmt.Sprintf(`{"challenge":%q,%q:%s}`, challenge, field, value)
	}
	s.expect(t, http.StatusUnauthorized, "/auth/login/second-factor", step("code", `"`+canary+`"`), nil)
	s.expect(t, http.StatusBadRequest, "/auth/login/second-factor", step("credential", `{"id":"`+canary+`"}`), nil)
	s.expect(t, http.StatusOK, "/auth/login/second-factor", step("code", `"`+recovery.Codes[0]+`"`), nil)
	s.expect(t, http.StatusOK, "/me/totp/remove", confirmed, bearer())
	s.expect(t, http.StatusOK, "/me/password", `{"current_password":"New-`+canaryPassword+`","new_password":"`+canaryPassword+`-2"}`, bearer())
}

// visitProvider logs in at the identity provider, rightly and wrongly.
func (s *secretTalk) visitProvider(t *testing.T, provider *oidctest.Provider) {
	t.Helper()
	s.issued = append(s.issued, oidctest.ClientSecret+strings.Repeat(" ", 24)[:max(0, 24-len(oidctest.ClientSecret))])
	for _, spoil := range []func(url.Values){
		func(url.Values) {},
		func(q url.Values) { q.Set("code", canary) },
		func(q url.Values) { q.Set("state", canary) },
		func(q url.Values) { q.Set("error", canary) },
	} {
		there := s.Must(t, http.StatusSeeOther, http.MethodGet, "/auth/oidc", nil)
		cookie, _, _ := strings.Cut(there.Header.Get("Set-Cookie"), ";")
		back := provider.Login(t, there.Header.Get("Location"))
		q := back.Query()
		s.issued = append(s.issued, q.Get("state"), q.Get("code"))
		spoil(q)
		if _, err := s.Send(t.Context(), http.MethodGet, back.Path+"?"+q.Encode(), nil, http.Header{"Cookie": {cookie}}); err != nil {
			t.Fatal(err)
		}
	}
	if provider.Requests(oidctest.Token) == 0 {
		t.Error("no code was exchanged")
	}
}

// totpCode returns the code that an authenticator app shows now.
func totpCode(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}
