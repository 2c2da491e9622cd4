// Package oidctest is an OpenID Connect provider for tests: real HTTP, real
// signatures, and switches to misbehave.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The client that the provider knows.
const (
	ClientID     = "raterhub-tracker"
	ClientSecret = "canary-client-secret"
)

// Provider is a provider that listens on a loopback address.
type Provider struct {
	// URL is the issuer.
	URL string

	mu     sync.Mutex
	now    func() time.Time
	user   map[string]any
	twist  Twist
	key    *rsa.PrivateKey
	keyID  string
	codes  map[string]request
	tokens map[string]map[string]any // access token to the user
}

// request is what a browser brought along.
type request struct {
	redirectURI, nonce, challenge string
}

// Twist makes the provider misbehave; the zero value behaves.
type Twist struct {
	Claims   map[string]any      // replace those of the ID token; nil removes one
	Token    func(string) string // changes the signed ID token
	UserInfo map[string]any      // replace those of userinfo
	// Serve answers in the place of the provider if it returns true.
	Serve func(w http.ResponseWriter, r *http.Request) bool
}

// Start starts a provider until the test is over. now is the time in its tokens.
func Start(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	p := &Provider{now: now, codes: map[string]request{}, tokens: map[string]map[string]any{}}
	p.RotateKey(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userInfo)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if serve := p.twisted().Serve; serve == nil || !serve(w, r) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// LogIn makes everybody who is sent here this user from now on: the claims of the
// ID token, "sub" among them.
func (p *Provider) LogIn(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.user = claims
}

// Misbehave changes how the provider behaves from now on.
func (p *Provider) Misbehave(twist Twist) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.twist = twist
}

func (p *Provider) twisted() Twist {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.twist
}

// RotateKey makes the provider sign with a new key, and forget the one before.
func (p *Provider) RotateKey(t testing.TB) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key, p.keyID = key, rand.Text()
}

// Sign is a token signed with the provider's key, of any claims.
func (p *Provider) Sign(claims map[string]any) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sign(claims)
}

// sign holds mu.
func (p *Provider) sign(claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: p.keyID},
	}, nil)
	if err != nil {
		panic(err) // a key of the right kind, made above
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // claims of a test
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

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "userinfo_endpoint": p.URL + "/userinfo",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: p.key.Public(), KeyID: p.keyID, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

// authorize logs the user in at once and sends the browser back.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "not a request of the client: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = request{q.Get("redirect_uri"), q.Get("nonce"), q.Get("code_challenge")}
	p.mu.Unlock()
	back := q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back, http.StatusFound)
}

// token exchanges a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	if !ok || id != ClientID || secret != ClientSecret {
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || asked.redirectURI != r.FormValue("redirect_uri") || asked.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		answer(w, http.StatusBadRequest, map[string]any{
			"error": "invalid_grant", "error_description": fmt.Sprintf("the code %s is not good", r.FormValue("code")),
		})
		return
	}
	claims := map[string]any{
		"iss": p.URL, "aud": ClientID, "nonce": asked.nonce,
		"iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix(),
	}
	maps.Copy(claims, p.user)
	replace(claims, p.twist.Claims)
	signed := p.sign(claims)
	if p.twist.Token != nil {
		signed = p.twist.Token(signed)
	}
	access := rand.Text()
	p.tokens[access] = p.user
	answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "id_token": signed})
}

func (p *Provider) userInfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user, ok := p.tokens[r.Header.Get("Authorization")[len("Bearer "):]]
	if !ok {
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token"})
		return
	}
	claims := maps.Clone(user)
	replace(claims, p.twist.UserInfo)
	answer(w, http.StatusOK, claims)
}

func replace(claims, by map[string]any) {
	for name, value := range by {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone is the test's affair
}
