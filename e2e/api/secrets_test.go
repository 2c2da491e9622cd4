package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// canary is in every secret that this test makes up, and in nothing else.
const canary = "c4n4ry"

// The secrets that a person types, some of them into the wrong field.
const (
	canaryPassword      = "Right-" + canary + "-7-Lumen!"
	canaryWrongPassword = "Wrong-" + canary + "-7-Lumen!"
	canaryEmail         = canary + "@example.com" // where a password belongs
)

// jwtShaped is a header and a payload of any token.
var jwtShaped = regexp.MustCompile(`eyJ[\w-]{8,}\.[\w-]{8,}`)

// TestSecretsLeaveNoTrace takes the program, at its most verbose log level, through everything
// that has to do with secrets, successful or not. Then it looks for the secrets wherever the
// program has written.
func TestSecretsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		provider := oidctest.Start(t)
		s := tracker.Start(t, databaseURL, behindProxy, "PUBLIC_URL=https://tracker.example.com", "OIDC_ISSUER="+provider.Issuer(),
			"OIDC_CLIENT_ID="+oidctest.ClientID, "OIDC_CLIENT_SECRET="+oidctest.ClientSecret)
		talk := &secretTalk{Client: program.NewClient(t, s.URL), user: "rater-" + canaryFree(databaseURL) + "@example.com"}
		talk.register(t)
		talk.logIn(t)
		talk.misuseTokens(t)
		talk.useAccount(t)
		talk.useSecondFactors(t)
		talk.visitProvider(t, provider)
		talk.breakHTTP(t, s.URL)
		talk.failInside(t, databaseURL)
		s.Stop(t)

		log := s.Output.String()
		for _, shown := range []string{"POST", "/auth/login", "status=401", "request failed", "status=500"} {
			if !strings.Contains(log, shown) {
				t.Errorf("the log does not show %q, so it is not what was meant to be looked at:\n%s", shown, s.Output.Tail())
			}
		}
		// If the program comes to write anywhere else, add it here. Every table of the database
		// is searched already.
		for where, text := range map[string]string{"log": log, "database": everyRow(t, databaseURL)} {
			for _, secret := range talk.secrets() {
				if at := strings.Index(text, secret); at >= 0 {
					t.Errorf("%s has the secret %.40q: …%s…", where, secret, text[max(0, at-200):min(len(text), at+100)])
				}
			}
			if found := jwtShaped.FindString(text); found != "" {
				t.Errorf("%s has what looks like a token: %s", where, found)
			}
		}
		if found := strings.Index(log, "$argon2"); found >= 0 {
			t.Errorf("the log has a hash: %.100s", log[found:])
		}
	})
}

// canaryFree returns a part of an e-mail address that differs by database.
func canaryFree(databaseURL string) string {
	name, _, _ := strings.Cut(databaseURL, ":")
	return name
}

// secretTalk is a client that remembers every secret that it was given.
type secretTalk struct {
	*program.Client
	user   string // e-mail address
	csrf   string
	issued []string // tokens, codes and other secrets that the server made
	tries  int
}

// secrets returns all texts that must not appear anywhere.
func (s *secretTalk) secrets() []string {
	secrets := []string{canary, "end-to-end", base64.StdEncoding.EncodeToString([]byte(canary))[:8]} // "end-to-end" is SECRET_KEY
	for _, token := range s.issued {
		secrets = append(secrets, token, token[len(token)-24:]) // its signature
	}
	return secrets
}

// post sends a body with the CSRF token.
func (s *secretTalk) post(t *testing.T, path, body string, header http.Header) program.Reply {
	t.Helper()
	s.tries++ // each from an address of its own, so that none has to wait
	all := http.Header{
		"Content-Type": {"application/json"}, "X-Csrf-Token": {s.csrf},
		"X-Forwarded-For": {fmt.Sprintf("203.0.113.%d", s.tries)},
	}
	for name, values := range header {
		all[name] = values
	}
	got, err := s.Send(t.Context(), http.MethodPost, path, []byte(body), all)
	if err != nil {
		t.Fatalf("POST %s: %v", path, err)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(got.Body, &answer); err == nil && answer.AccessToken != "" {
		s.Token = answer.AccessToken
		s.issued = append(s.issued, answer.AccessToken)
	}
	return got
}

// expect posts and fails the test if the answer has another status.
func (s *secretTalk) expect(t *testing.T, want int, path, body string, header http.Header) {
	t.Helper()
	if got := s.post(t, path, body, header); got.Status != want {
		t.Errorf("POST %s %s: %v, want %d", path, body, got, want)
	}
}
