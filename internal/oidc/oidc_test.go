package oidc

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

const redirectURL = "https://tracker.example.org/auth/oidc/callback"

var ann = map[string]any{
	"sub": "ann-1", "email": "ann@example.com", "email_verified": true, "given_name": "Ann", "family_name": "Lee",
}

func now() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

func start(t *testing.T) (*oidctest.Provider, *Client) {
	t.Helper()
	p := oidctest.Start(t, now)
	p.LogIn(ann)
	return p, newClient(p)
}

func newClient(p *oidctest.Provider) *Client {
	return New(Options{
		Issuer: p.URL, ClientID: oidctest.ClientID, ClientSecret: oidctest.ClientSecret,
		RedirectURL: redirectURL, Now: now, Transport: &http.Transport{},
	})
}

// visit goes where the browser is sent, and returns what it comes back with.
func visit(t *testing.T, c *Client, nonce, verifier string) (code, state string) {
	t.Helper()
	there, err := c.AuthURL(t.Context(), "the state", nonce, verifier)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, there, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Transport{}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := url.Parse(response.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), redirectURL) {
		t.Fatalf("sent back to %q, %v", back, err)
	}
	return back.Query().Get("code"), back.Query().Get("state")
}

func TestLogin(t *testing.T) {
	p, c := start(t)
	verifier := oauth2.GenerateVerifier()
	code, state := visit(t, c, "a nonce", verifier)
	if state != "the state" {
		t.Errorf("came back with state %q", state)
	}
	got, err := c.Exchange(t.Context(), code, "a nonce", verifier)
	if err != nil {
		t.Fatal(err)
	}
	want := account.Identity{
		Issuer: p.URL, Subject: "ann-1", Email: "ann@example.com", EmailVerified: true, FirstName: "Ann", LastName: "Lee",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := c.Exchange(t.Context(), code, "a nonce", verifier); !errors.Is(err, account.ErrProviderRefused) || strings.Contains(err.Error(), code) {
		t.Errorf("the same code again: %v, want ErrProviderRefused and no code in it", err)
	}
}

// unsigned is a token whose algorithm is none.
func unsigned(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + payload + "."
}

// signedWithSecret is a token signed with what the client and the provider share.
func signedWithSecret(token string) string {
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		panic(err)
	}
	key := []byte(oidctest.ClientSecret + strings.Repeat("\x00", 32))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, nil)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return compact
}

// at answers in the place of one of the provider's paths.
func at(path string, handler http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		handler(w, r)
		return true
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

// Nobody is logged in by a provider, or by somebody between, who misbehaves.
func TestMisbehaviour(t *testing.T) {
	claim := func(name string, value any) oidctest.Twist {
		return oidctest.Twist{Claims: map[string]any{name: value}}
	}
	for name, c := range map[string]struct {
		twist oidctest.Twist
		want  error
	}{
		"another nonce":              {claim("nonce", "another"), account.ErrProviderRefused},
		"no nonce":                   {claim("nonce", nil), account.ErrProviderRefused},
		"another audience":           {claim("aud", "another"), account.ErrProviderRefused},
		"another authorized party":   {claim("azp", "another"), account.ErrProviderRefused},
		"another issuer":             {claim("iss", "https://login.example.net"), account.ErrProviderRefused},
		"expired":                    {claim("exp", now().Add(-time.Second).Unix()), account.ErrProviderRefused},
		"no expiry":                  {claim("exp", nil), account.ErrProviderRefused},
		"not yet valid":              {claim("nbf", now().Add(time.Hour).Unix()), account.ErrProviderRefused},
		"no subject":                 {claim("sub", nil), account.ErrProviderRefused},
		"a long subject":             {claim("sub", strings.Repeat("x", 256)), account.ErrProviderRefused},
		"algorithm none":             {oidctest.Twist{Token: unsigned}, account.ErrProviderRefused},
		"the client's secret as key": {oidctest.Twist{Token: signedWithSecret}, account.ErrProviderRefused},
		"a changed payload": {oidctest.Twist{Token: func(token string) string {
			parts := strings.Split(token, ".")
			return parts[0] + "." + parts[1][:len(parts[1])-2] + "." + parts[2]
		}}, account.ErrProviderRefused},
		"no ID token":              {oidctest.Twist{Token: func(string) string { return "" }}, account.ErrProviderRefused},
		"userinfo of another":      {oidctest.Twist{Claims: map[string]any{"email": nil}, UserInfo: map[string]any{"sub": "bob"}}, account.ErrProviderRefused},
		"userinfo fails":           {oidctest.Twist{Claims: map[string]any{"email": nil}, Serve: at("/userinfo", status(http.StatusInternalServerError))}, account.ErrProviderDown},
		"the token endpoint fails": {oidctest.Twist{Serve: at("/token", status(http.StatusInternalServerError))}, account.ErrProviderDown},
		"the token endpoint redirects": {oidctest.Twist{Serve: at("/token", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		})}, account.ErrProviderDown},
		"the token endpoint talks garbage": {oidctest.Twist{Serve: at("/token", text("hello"))}, account.ErrProviderDown},
		"an endless answer":                {oidctest.Twist{Serve: at("/token", text(`{"id_token":"`+strings.Repeat("x", 2<<20)))}, account.ErrProviderDown},
		"no keys":                          {oidctest.Twist{Serve: at("/keys", text(`{"keys":[]}`))}, account.ErrProviderRefused},
	} {
		t.Run(name, func(t *testing.T) {
			p, client := start(t)
			verifier := oauth2.GenerateVerifier()
			code, _ := visit(t, client, "n", verifier)
			p.Misbehave(c.twist)
			got, err := client.Exchange(t.Context(), code, "n", verifier)
			if !errors.Is(err, c.want) || got != (account.Identity{}) {
				t.Errorf("got %+v, %v; want nobody and %v", got, err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), code) || strings.Contains(err.Error(), oidctest.ClientSecret) || strings.Contains(err.Error(), verifier)) {
				t.Errorf("the error has a secret: %v", err)
			}
		})
	}
}

// A code is worth nothing to who has not the verifier, or another client's secret.
func TestExchangeRefuses(t *testing.T) {
	p, c := start(t)
	verifier := oauth2.GenerateVerifier()
	code, _ := visit(t, c, "n", verifier)
	if _, err := c.Exchange(t.Context(), code, "n", oauth2.GenerateVerifier()); !errors.Is(err, account.ErrProviderRefused) {
		t.Errorf("another verifier: %v", err)
	}
	code, _ = visit(t, c, "n", verifier)
	stranger := newClient(p)
	stranger.options.ClientSecret = "wrong"
	if _, err := stranger.Exchange(t.Context(), code, "n", verifier); !errors.Is(err, account.ErrProviderRefused) {
		t.Errorf("another secret: %v", err)
	}
}

func TestClaimsOfOtherProviders(t *testing.T) {
	for name, c := range map[string]struct {
		claims, userInfo map[string]any
		email            string
		verified         bool
	}{
		"verified as a text":     {map[string]any{"email_verified": "true"}, nil, "ann@example.com", true},
		"not verified":           {map[string]any{"email_verified": false}, nil, "ann@example.com", false},
		"verified is not said":   {map[string]any{"email_verified": nil}, nil, "ann@example.com", false},
		"verified is a number":   {map[string]any{"email_verified": 1}, nil, "ann@example.com", false},
		"the e-mail in userinfo": {map[string]any{"email": nil, "email_verified": nil}, nil, "ann@example.com", true},
		"no e-mail anywhere":     {map[string]any{"email": nil}, map[string]any{"email": nil}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p, client := start(t)
			p.Misbehave(oidctest.Twist{Claims: c.claims, UserInfo: c.userInfo})
			verifier := oauth2.GenerateVerifier()
			code, _ := visit(t, client, "n", verifier)
			got, err := client.Exchange(t.Context(), code, "n", verifier)
			if err != nil || got.Email != c.email || got.EmailVerified != c.verified {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// The server starts while the provider is down, and needs no restart when it is back.
func TestDiscoveryRecovers(t *testing.T) {
	p, c := start(t)
	for name, handler := range map[string]http.HandlerFunc{
		"down": status(http.StatusBadGateway), "garbage": text("<html>"),
		"another issuer": text(`{"issuer":"https://login.example.net","authorization_endpoint":"https://x","token_endpoint":"https://x","jwks_uri":"https://x"}`),
		"no endpoints":   text(`{"issuer":"` + p.URL + `"}`),
	} {
		p.Misbehave(oidctest.Twist{Serve: at("/.well-known/openid-configuration", handler)})
		if where, err := c.AuthURL(t.Context(), "s", "n", "v"); !errors.Is(err, account.ErrProviderDown) || where != "" {
			t.Errorf("%s: %q, %v; want ErrProviderDown", name, where, err)
		}
	}
	p.Misbehave(oidctest.Twist{})
	if _, err := c.AuthURL(t.Context(), "s", "n", "v"); err != nil {
		t.Errorf("back again: %v", err)
	}
}

// A provider that changes its key is followed at the next login; one discovery
// serves everybody.
func TestKeyRotationAndConcurrency(t *testing.T) {
	p, c := start(t)
	var discoveries atomic.Int64
	p.Misbehave(oidctest.Twist{Serve: counting("/.well-known/openid-configuration", &discoveries)})
	logIn := func() {
		verifier := oauth2.GenerateVerifier()
		code, _ := visit(t, c, "n", verifier)
		if _, err := c.Exchange(t.Context(), code, "n", verifier); err != nil {
			t.Error(err)
		}
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(logIn)
	}
	group.Wait()
	p.RotateKey(t)
	logIn()
	if discoveries.Load() != 1 {
		t.Errorf("%d discoveries, want 1", discoveries.Load())
	}
}

// counting counts the requests of a path and leaves them to the provider.
func counting(path string, count *atomic.Int64) func(http.ResponseWriter, *http.Request) bool {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			count.Add(1)
		}
		return false
	}
}

// hangs never answers.
type hangs struct{}

func (hangs) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A provider that hangs holds nobody for longer than a call may take.
func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{Issuer: "https://login.example.org", Now: now, Transport: hangs{}})
		start := time.Now()
		if _, err := c.AuthURL(t.Context(), "s", "n", "v"); !errors.Is(err, account.ErrProviderDown) {
			t.Errorf("got %v, want ErrProviderDown", err)
		}
		if took := time.Since(start); took != callTimeout {
			t.Errorf("took %s, want %s", took, callTimeout)
		}
	})
}
