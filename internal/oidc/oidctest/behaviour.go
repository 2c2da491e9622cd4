package oidctest

import (
	"io"
	"net/http"
	"strings"
)

// Quirk is a way in which the provider differs from what a client may expect.
type Quirk string

// Quirks that OpenID Connect allows.
const (
	// SignsES256 signs ID tokens with ES256 instead of RS256.
	SignsES256 Quirk = "signs with ES256"
	// ThinToken leaves everything but the subject to the userinfo endpoint.
	ThinToken Quirk = "claims at userinfo only"
	// NoUserInfo has no userinfo endpoint.
	NoUserInfo Quirk = "no userinfo endpoint"
	// SecretInBody takes the client's secret in the body only.
	SecretInBody Quirk = "secret in the body only"
	// PublicClient takes the client without a secret only.
	PublicClient Quirk = "public client"
	// TextualBool writes email_verified as a string.
	TextualBool Quirk = "email_verified is a string"
	// SilentOnVerified does not say whether the e-mail address is verified.
	SilentOnVerified Quirk = "no email_verified"
	// TwoAudiences names another audience beside the client, and the client in azp.
	TwoAudiences Quirk = "two audiences"
	// DeniesLogin sends the browser back without a code, as when somebody declines.
	DeniesLogin Quirk = "login denied"
)

// Quirks that a client must refuse. They concern the ID token unless they say otherwise.
const (
	// OtherIssuerFound names another issuer in the discovery document.
	OtherIssuerFound Quirk = "discovery of another issuer"
	// NoIDToken answers with an access token alone.
	NoIDToken Quirk = "no ID token"
	// WrongNonce has the nonce of another login.
	WrongNonce Quirk = "wrong nonce"
	// NoNonce has no nonce.
	NoNonce Quirk = "no nonce"
	// WrongIssuer names another issuer.
	WrongIssuer Quirk = "wrong issuer"
	// WrongAudience is for another client.
	WrongAudience Quirk = "wrong audience"
	// NoParty has two audiences and does not say which it was issued to.
	NoParty Quirk = "two audiences without azp"
	// WrongParty was issued to another client.
	WrongParty Quirk = "azp of another client"
	// Expired expired a second ago.
	Expired Quirk = "expired"
	// NoExpiry never expires.
	NoExpiry Quirk = "no expiry"
	// NoSubject names nobody.
	NoSubject Quirk = "no subject"
	// LongSubject has a subject of 256 bytes.
	LongSubject Quirk = "long subject"
	// ControlSubject has a NUL in the subject.
	ControlSubject Quirk = "control character in the subject"
	// LongEmail has an e-mail address of 255 bytes.
	LongEmail Quirk = "long e-mail"
	// WrongAccessToken has the hash of another access token.
	WrongAccessToken Quirk = "at_hash of another access token"
	// AlgNone is not signed and says so.
	AlgNone Quirk = "alg none"
	// AlgHS256 is signed with the client's secret.
	AlgHS256 Quirk = "alg HS256 with the client's secret"
	// UnknownKey is signed with a key that is not published.
	UnknownKey Quirk = "unknown kid"
	// ForgedSignature is signed with that key and names a published one.
	ForgedSignature Quirk = "forged signature"
	// OtherUserInfo answers with another person at the userinfo endpoint.
	OtherUserInfo Quirk = "userinfo of another subject"
)

// Endpoint is one address of the provider.
type Endpoint string

// The endpoints.
const (
	Discovery Endpoint = "GET " + realm + "/.well-known/openid-configuration"
	Authorize Endpoint = "GET " + realm + "/authorize"
	Token     Endpoint = "POST " + realm + "/token"
	Keys      Endpoint = "GET " + realm + "/keys"
	UserInfo  Endpoint = "GET " + realm + "/userinfo"
)

func (e Endpoint) path() string {
	_, path, _ := strings.Cut(string(e), " ")
	return path
}

// Failure is a way in which an endpoint fails.
type Failure string

// The failures.
const (
	// ServerError answers with status 500.
	ServerError Failure = "status 500"
	// Echo answers with status 400 and repeats the request.
	Echo Failure = "status 400 with an echo"
	// Garbage answers with something that is not JSON.
	Garbage Failure = "garbage"
	// Hangup closes the connection without an answer.
	Hangup Failure = "hang-up"
	// Stall does not answer before the client gives up or the test ends.
	Stall Failure = "stall"
	// Elsewhere redirects to another host, which has the right answer, and repeats the
	// request's parameters in the address.
	Elsewhere Failure = "redirect to another host"
	// HugeBody puts 4 MiB of spaces before the right answer.
	HugeBody Failure = "huge body"
)

const hugeBody = 4 << 20

// routes returns the handler of all endpoints, each wrapped.
func (p *Provider) routes(wrap func(Endpoint, http.Handler) http.Handler) http.Handler {
	mux := http.NewServeMux()
	for endpoint, answer := range map[Endpoint]http.HandlerFunc{
		Discovery: p.answerDiscovery,
		Authorize: p.answerAuthorize,
		Token:     p.answerToken,
		Keys:      p.answerKeys,
		UserInfo:  p.answerUserInfo,
	} {
		mux.Handle(string(endpoint), wrap(endpoint, answer))
	}
	return mux
}

// serve counts a request and answers it, or fails as the test has chosen.
func (p *Provider) serve(at Endpoint, answer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.requests[at]++
		failure := p.failures[at]
		p.mu.Unlock()
		p.fail(w, r, failure, answer)
	})
}

// serveStrayed counts and answers a request to the other host.
func (p *Provider) serveStrayed(_ Endpoint, answer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.strayed++
		p.mu.Unlock()
		answer.ServeHTTP(w, r)
	})
}

func (p *Provider) fail(w http.ResponseWriter, r *http.Request, how Failure, answer http.Handler) {
	switch how {
	case ServerError:
		http.Error(w, "out of order", http.StatusInternalServerError)
	case Echo:
		echo(w, r)
	case Garbage:
		writeBody(w, "<html>Welcome to the hotel's Wi-Fi!</html>")
	case Hangup:
		panic(http.ErrAbortHandler)
	case Stall:
		_, _ = io.Copy(io.Discard, r.Body) // or the server would not notice that the client is gone
		select {
		case <-r.Context().Done():
		case <-p.closing:
		}
	case Elsewhere:
		_ = r.ParseForm() // what cannot be read is not repeated
		to := p.elsewhere.URL + r.URL.Path + "?" + r.Form.Encode()
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	case HugeBody:
		writeBody(w, strings.Repeat(" ", hugeBody))
		answer.ServeHTTP(begun{w}, r)
	default:
		answer.ServeHTTP(w, r)
	}
}

// begun is an answer whose status has been sent.
type begun struct{ http.ResponseWriter }

func (begun) WriteHeader(int) {}

// echo repeats the request, as servers in debug mode do: once in the description, and
// once in the error code, which a client is most likely to log.
func echo(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what cannot be read is not repeated
	id, secret, _ := r.BasicAuth()
	sent := id + " " + secret + " " + r.Header.Get("Authorization") + " " + r.Form.Encode()
	for _, values := range r.Form {
		sent += " " + strings.Join(values, " ")
	}
	writeJSON(w, http.StatusBadRequest, map[string]any{"error": sent, "error_description": sent})
}
