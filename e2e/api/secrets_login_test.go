package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func credentials(email, password string) string {
	raw, _ := json.Marshal(map[string]string{"email": email, "password": password}) // strings can always be encoded
	return string(raw)
}

// badBodies returns bodies with a secret in a place where a program may mishandle it, and the
// status that each must get.
func badBodies(user string) map[string]int {
	return map[string]int{
		credentials(canaryPassword, user):                                         http.StatusUnprocessableEntity, // the fields mixed up
		credentials(canaryPassword, canaryEmail):                                  http.StatusUnprocessableEntity,
		`{"email":"` + user + `","password":"` + canaryPassword:                   http.StatusBadRequest,
		`email=` + user + `&password=` + canaryPassword:                           http.StatusBadRequest,
		`{"email":["` + canaryEmail + `"],"password":["` + canaryPassword + `"]}`: http.StatusUnprocessableEntity,
		`{"email":"` + user + `","password":{"` + canaryPassword + `":1}}`:        http.StatusUnprocessableEntity,
		`"` + canaryPassword + `"`:                                                http.StatusUnprocessableEntity,
		credentials(user, strings.Repeat(canaryPassword, 100)):                    http.StatusUnprocessableEntity,
		credentials(user, canaryPassword+strings.Repeat("x", largestBody)):        http.StatusRequestEntityTooLarge,
	}
}

func (s *secretTalk) register(t *testing.T) {
	t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	s.Must(t, http.StatusOK, http.MethodGet, "/auth/csrf", nil).Decode(t, &csrf)
	s.csrf = csrf.Token
	s.issued = append(s.issued, s.csrf)
	for body, want := range badBodies(s.user) {
		s.expect(t, want, "/auth/register", body, nil)
	}
	s.expect(t, http.StatusUnprocessableEntity, "/auth/register", credentials(s.user, canary), nil) // too short
	s.expect(t, http.StatusOK, "/auth/register", credentials(s.user, canaryPassword), nil)
	s.expect(t, http.StatusConflict, "/auth/register", credentials(s.user, canaryWrongPassword), nil)
}

func (s *secretTalk) logIn(t *testing.T) {
	t.Helper()
	for body, want := range badBodies(s.user) {
		if strings.HasPrefix(body, `{"email":"`+canary) || body == credentials(canaryPassword, s.user) || body == credentials(canaryPassword, canaryEmail) {
			want = http.StatusUnauthorized // a login is told nothing about its fields
		}
		s.expect(t, want, "/auth/login", body, nil)
	}
	s.expect(t, http.StatusUnauthorized, "/auth/login", credentials(s.user, canaryWrongPassword), nil)
	s.expect(t, http.StatusUnauthorized, "/auth/login", credentials(s.user, canaryEmail), nil)
	for _, header := range []http.Header{
		{"X-Csrf-Token": {canary}},
		{"Cookie": {"csrf_token=" + canary}},
		{"X-Csrf-Token": {s.csrf + canary}, "Cookie": {"csrf_token=" + s.csrf}},
	} {
		s.expect(t, http.StatusBadRequest, "/auth/login", credentials(s.user, canaryPassword), header)
	}
	s.expect(t, http.StatusOK, "/auth/login", credentials(s.user, canaryPassword), nil)
}

// misuseTokens sends valid and invalid tokens, in the right and in the wrong places.
func (s *secretTalk) misuseTokens(t *testing.T) {
	t.Helper()
	good := s.Token
	header, payload, _ := strings.Cut(good, ".")
	for _, token := range []string{
		canary, canary + "." + canary + "." + canary, good + canary, header + "." + payload[:40] + "." + canary,
		"eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+canary+`"}`)) + ".", strings.Repeat(canary, 1000),
	} {
		for _, h := range []http.Header{
			{"Authorization": {"Bearer " + token}},
			{"Authorization": {"Basic " + token}},
			{"Authorization": {token}},
			{"Cookie": {"access_token=" + token}},
			{"Cookie": {"access_token=" + token + "; csrf_token=" + token}, "Origin": {"https://evil.test"}},
			{"X-Forwarded-For": {token}, "Referer": {"https://evil.test/?" + token}, "User-Agent": {token}},
		} {
			h.Set("Content-Type", "application/json")
			for _, method := range []string{http.MethodGet, http.MethodPatch} {
				got, err := s.Send(t.Context(), method, "/me?access_token="+url.QueryEscape(token), nil, h)
				if err != nil {
					t.Fatal(err)
				}
				if got.Status != http.StatusUnauthorized && got.Status != http.StatusForbidden {
					t.Errorf("%s /me with %.60v: %v", method, h, got)
				}
			}
		}
	}
	for _, place := range []string{"/me?access_token=", "/nowhere?token=", "/docs?code=", "/?password="} {
		if _, err := s.Send(t.Context(), http.MethodGet, place+url.QueryEscape(good)+canary, nil, http.Header{}); err != nil {
			t.Fatal(err)
		}
	}
}
