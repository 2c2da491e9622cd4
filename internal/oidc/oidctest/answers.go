package oidctest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// grant is the login that a code stands for.
type grant struct {
	user        User
	redirectURI string
	nonce       string
	challenge   string // of PKCE, by S256
}

func (p *Provider) answerDiscovery(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer":                                p.Issuer(),
		"authorization_endpoint":                p.server.URL + Authorize.path(),
		"token_endpoint":                        p.server.URL + Token.path(),
		"jwks_uri":                              p.server.URL + Keys.path(),
		"userinfo_endpoint":                     p.server.URL + UserInfo.path(),
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{p.authMethod()},
		// The last two tempt a client that believes everything.
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
	}
	if p.has(NoUserInfo) {
		delete(document, "userinfo_endpoint")
	}
	if p.has(OtherIssuerFound) {
		document["issuer"] = p.elsewhere.URL + realm
	}
	writeJSON(w, http.StatusOK, document)
}

func (p *Provider) authMethod() string {
	switch {
	case p.has(SecretInBody):
		return "client_secret_post"
	case p.has(PublicClient):
		return "none"
	}
	return "client_secret_basic"
}

func (p *Provider) answerKeys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	writeJSON(w, http.StatusOK, p.keys.public())
}

// answerAuthorize treats the user as logged in and sends the browser back.
func (p *Provider) answerAuthorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") != ClientID, err != nil, !back.IsAbs(), back.Fragment != "":
		http.Error(w, "unknown client or bad redirect_uri", http.StatusBadRequest)
		return
	case p.has(DeniesLogin):
		redirect(w, r, back, "error", "access_denied")
		return
	case q.Get("response_type") != "code",
		!slices.Contains(strings.Fields(q.Get("scope")), "openid"),
		q.Get("nonce") == "", q.Get("state") == "",
		q.Get("code_challenge_method") != "S256", q.Get("code_challenge") == "":
		redirect(w, r, back, "error", "invalid_request")
		return
	}
	redirect(w, r, back, "code", p.grant(q))
}

// grant makes a code for the user.
func (p *Provider) grant(q url.Values) (code string) {
	code = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants[code] = grant{
		user:        p.user,
		redirectURI: q.Get("redirect_uri"),
		nonce:       q.Get("nonce"),
		challenge:   q.Get("code_challenge"),
	}
	return code
}

func redirect(w http.ResponseWriter, r *http.Request, back *url.URL, name, value string) {
	q := back.Query()
	q.Set(name, value)
	q.Set("state", r.URL.Query().Get("state"))
	back.RawQuery = q.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) answerToken(w http.ResponseWriter, r *http.Request) {
	if !p.knowsClient(r) {
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	if r.PostFormValue("grant_type") != "authorization_code" {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type"})
		return
	}
	g, ok := p.useCode(r.PostFormValue("code"))
	if !ok || g.redirectURI != r.PostFormValue("redirect_uri") || g.challenge != challengeOf(r.PostFormValue("code_verifier")) {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	accessToken := p.open(g.user)
	answer := map[string]any{"access_token": accessToken, "token_type": "Bearer", "expires_in": 300}
	if !p.has(NoIDToken) {
		idToken, err := p.issue(g, accessToken)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer["id_token"] = idToken
	}
	writeJSON(w, http.StatusOK, answer)
}

// knowsClient checks the client's authentication (RFC 6749 section 2.3.1).
func (p *Provider) knowsClient(r *http.Request) bool {
	id, secret, basic := r.BasicAuth()
	id, idErr := url.QueryUnescape(id)
	secret, secretErr := url.QueryUnescape(secret)
	inBody := r.PostFormValue("client_secret")
	switch p.authMethod() {
	case "client_secret_post":
		return !basic && r.PostFormValue("client_id") == ClientID && inBody == ClientSecret
	case "none":
		return !basic && r.PostFormValue("client_id") == ClientID && inBody == ""
	}
	return basic && inBody == "" && idErr == nil && secretErr == nil && id == ClientID && secret == ClientSecret
}

// useCode returns the grant of a code and uses the code up.
func (p *Provider) useCode(code string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.grants[code]
	delete(p.grants, code)
	return g, ok
}

// open makes an access token for the user.
func (p *Provider) open(u User) (accessToken string) {
	accessToken = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions[accessToken] = u
	return accessToken
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (p *Provider) answerUserInfo(w http.ResponseWriter, r *http.Request) {
	accessToken, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	u, ok := p.sessions[accessToken]
	p.mu.Unlock()
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		http.Error(w, "unknown access token", http.StatusUnauthorized)
		return
	}
	if p.has(OtherUserInfo) {
		u.Subject = "somebody else"
	}
	writeJSON(w, http.StatusOK, p.claimsOf(u))
}

// claimsOf returns what the provider says about a person.
func (p *Provider) claimsOf(u User) map[string]any {
	claims := map[string]any{"sub": u.Subject}
	for name, value := range map[string]string{"email": u.Email, "given_name": u.FirstName, "family_name": u.LastName} {
		if value != "" {
			claims[name] = value
		}
	}
	switch {
	case u.Email == "" || p.has(SilentOnVerified):
	case p.has(TextualBool):
		claims["email_verified"] = map[bool]string{true: "true", false: "false"}[u.EmailVerified]
	default:
		claims["email_verified"] = u.EmailVerified
	}
	return claims
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone, as it should be when the body is huge
}

func writeBody(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body) // as above
}
