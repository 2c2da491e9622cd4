// Package oidctest runs a small OpenID Connect provider on this machine, for tests: it
// logs in the user that the test chooses, and misbehaves on request.
//
// The rules are:
//   - Without a quirk or a failure it behaves as OpenID Connect Core 1.0 and PKCE
//     (RFC 7636) require, and refuses what they require to be refused.
//   - A quirk changes one thing only: a client without the check for it would accept
//     the login, so that a test of the check can fail.
package oidctest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// The client that the provider knows. The secret is long enough for a key of HS256, and
// has characters that must be escaped in a header.
const (
	ClientID     = "tracker test:1"
	ClientSecret = "not a secret & long enough: 100% +/=?"
)

// realm is in the issuer's path, as it is with providers that serve several realms.
const realm = "/realm"

// User is somebody who can log in at the provider.
type User struct {
	Subject             string
	Email               string // "" if the provider does not know it
	EmailVerified       bool
	FirstName, LastName string
}

// Ada returns the user who logs in unless SetUser says otherwise.
func Ada() User {
	return User{
		Subject: "ada-1815", Email: "ada@example.org", EmailVerified: true,
		FirstName: "Ada", LastName: "Lovelace",
	}
}

// Provider is a running provider. It is safe for concurrent use.
type Provider struct {
	server    *httptest.Server
	elsewhere *httptest.Server // answers like server, at another address
	closing   chan struct{}

	mu       sync.Mutex // guards the fields below
	now      func() time.Time
	user     User
	quirks   map[Quirk]bool
	failures map[Endpoint]Failure
	requests map[Endpoint]int
	strayed  int
	keys     *keys
	grants   map[string]grant // by code
	sessions map[string]User  // by access token
}

// Start runs a provider without TLS until the test ends.
func Start(t testing.TB) *Provider {
	t.Helper()
	return start(t, (*httptest.Server).Start)
}

// StartTLS runs a provider with TLS until the test ends. Client trusts it.
func StartTLS(t testing.TB) *Provider {
	t.Helper()
	return start(t, (*httptest.Server).StartTLS)
}

func start(t testing.TB, run func(*httptest.Server)) *Provider {
	t.Helper()
	keys, err := newKeys()
	if err != nil {
		t.Fatalf("oidctest: make keys: %v", err)
	}
	p := &Provider{
		closing:  make(chan struct{}),
		now:      time.Now,
		user:     Ada(),
		failures: map[Endpoint]Failure{},
		requests: map[Endpoint]int{},
		keys:     keys,
		grants:   map[string]grant{},
		sessions: map[string]User{},
	}
	p.server = httptest.NewUnstartedServer(p.routes(p.serve))
	p.elsewhere = httptest.NewUnstartedServer(p.routes(p.serveStrayed))
	for _, server := range []*httptest.Server{p.server, p.elsewhere} {
		run(server)
		t.Cleanup(server.Close)
	}
	t.Cleanup(func() { close(p.closing) }) // before the servers, which wait for stalled requests
	return p
}

// Issuer returns the provider's identifier and the address of its discovery.
func (p *Provider) Issuer() string { return p.server.URL + realm }

// Client returns an HTTP client that trusts the provider's certificate.
func (p *Provider) Client() *http.Client { return p.server.Client() }

// SetUser changes who logs in from now on.
func (p *Provider) SetUser(u User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.user = u
}

// SetClock changes the provider's clock, which is time.Now at first.
func (p *Provider) SetClock(now func() time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
}

// RotateKeys signs with new keys from now on. The old ones are no longer
// published.
func (p *Provider) RotateKeys() error {
	fresh, err := newKeys()
	if err != nil {
		return fmt.Errorf("oidctest: rotate keys: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = fresh
	return nil
}

// Behave gives the provider these quirks and takes all others away.
func (p *Provider) Behave(quirks ...Quirk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quirks = map[Quirk]bool{}
	for _, q := range quirks {
		p.quirks[q] = true
	}
}

// Break makes one endpoint fail until Mend.
func (p *Provider) Break(at Endpoint, how Failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures[at] = how
}

// Mend ends all failures.
func (p *Provider) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.failures)
}

// Requests returns how many requests an endpoint has had, including failed ones.
func (p *Provider) Requests(at Endpoint) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[at]
}

// Strayed returns how many requests followed a redirect (the failure Elsewhere) to the
// other host.
func (p *Provider) Strayed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.strayed
}

// Login does what a browser does between the URL of a login and the redirect back. It
// returns the address to which the provider redirects, with code and state in its query.
func (p *Provider) Login(t testing.TB, authURL string) *url.URL {
	t.Helper()
	browser := *p.Client()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, authURL, nil)
	if err != nil {
		t.Fatalf("oidctest: log in: %v", err)
	}
	answer, err := browser.Do(request)
	if err != nil {
		t.Fatalf("oidctest: log in: %v", err)
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		t.Fatalf("oidctest: log in: status %d and no redirect back: %v", answer.StatusCode, err)
	}
	return back
}

func (p *Provider) has(q Quirk) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.quirks[q]
}
