package oidc_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// TestLogin follows the redirects like a browser: program, provider, program.
func TestLogin(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *oidctest.Provider{
		"http":  oidctest.Start,
		"https": oidctest.StartTLS,
	} {
		t.Run(name, func(t *testing.T) {
			provider := start(t)
			program := startProgram(t, provider)
			answer, err := provider.Client().Get(program + "/login")
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprint(ada(provider)); string(body) != want {
				t.Errorf("logged in as %s, want %s", body, want)
			}
		})
	}
}

// startProgram serves /login, and /callback, which answers with the identity.
func startProgram(t *testing.T, provider *oidctest.Provider) (address string) {
	t.Helper()
	const state, nonce, verifier = "a state", "a nonce", "a-verifier-of-at-least-43-characters-0123456789"
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o := optionsFor(provider)
	o.RedirectURL, o.Now = server.URL+"/callback", time.Now
	if strings.HasPrefix(provider.Issuer(), "http:") {
		o.Client = nil // no certificate to trust, so the client's own will do
	}
	client := newClient(t, o)

	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		authURL, err := client.AuthURL(r.Context(), state, nonce, verifier)
		if err != nil {
			t.Error(err)
		}
		http.Redirect(w, r, authURL, http.StatusFound)
	})
	mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		if got := r.FormValue("state"); got != state {
			t.Errorf("state came back as %q", got)
		}
		who, err := client.Exchange(r.Context(), r.FormValue("code"), nonce, verifier)
		if err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, who)
	})
	return server.URL
}

func TestAuthURL(t *testing.T) {
	p := startProvider(t)
	got, err := newClient(t, optionsFor(p)).AuthURL(t.Context(), "s", "n", "v")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"response_type": {"code"}, "client_id": {oidctest.ClientID}, "redirect_uri": {redirectURL},
		"scope": {"openid email profile"}, "state": {"s"}, "nonce": {"n"},
		"code_challenge_method": {"S256"}, "code_challenge": {oauth2.S256ChallengeFromVerifier("v")},
	}
	if diff := cmp.Diff(want, u.Query()); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestPublicClient(t *testing.T) {
	p := startProvider(t)
	p.Behave(oidctest.PublicClient)
	o := optionsFor(p)
	o.ClientSecret = ""
	c := newClient(t, o)
	got, err := exchange(t, c, browse(t, p, c))
	if err != nil || got != ada(p) {
		t.Errorf("logged in as %v, %v", got, err)
	}
}

// TestRefusedCode tries what the provider must refuse, and checks the error.
func TestRefusedCode(t *testing.T) {
	p := startProvider(t)
	good := optionsFor(p)
	tests := []struct {
		name    string
		options func(*oidc.Options) // of the client that exchanges the code
		login   func(*login)
		unasked bool // the provider is not bothered
		want    error
	}{
		{name: "no code", login: func(l *login) { l.code = "" }, unasked: true, want: account.ErrLoginRefused},
		{name: "unknown code", login: func(l *login) { l.code = "made up" }, want: account.ErrLoginRefused},
		{name: "long code", login: func(l *login) { l.code = strings.Repeat("c", 4097) }, unasked: true, want: account.ErrLoginRefused},
		{name: "verifier of another login", login: func(l *login) { l.verifier = oauth2.GenerateVerifier() }, want: account.ErrLoginRefused},
		{name: "nonce of another login", login: func(l *login) { l.nonce = "of another" }, want: account.ErrLoginRefused},
		{name: "another redirect URL", options: func(o *oidc.Options) { o.RedirectURL += "2" }, want: account.ErrLoginRefused},
		{name: "wrong secret", options: func(o *oidc.Options) { o.ClientSecret += "2" }, want: account.ErrProvider},
		{name: "unknown client", options: func(o *oidc.Options) { o.ClientID += "2" }, want: account.ErrProvider},
		{name: "no secret", options: func(o *oidc.Options) { o.ClientSecret = "" }, want: account.ErrProvider},
		{name: "after the token ended", options: func(o *oidc.Options) { o.Now = at(then.Add(time.Hour)) }, want: account.ErrProvider},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := browse(t, p, newClient(t, good))
			o := good
			if test.options != nil {
				test.options(&o)
			}
			if test.login != nil {
				test.login(&l)
			}
			before := p.Requests(oidctest.Token)
			got, err := exchange(t, newClient(t, o), l)
			checkRefused(t, got, err, test.want)
			if asked := p.Requests(oidctest.Token) > before; asked == test.unasked {
				t.Errorf("asked the provider: %t", asked)
			}
		})
	}
}

func TestCodeIsOfOneUse(t *testing.T) {
	p := startProvider(t)
	c := newClient(t, optionsFor(p))
	l := browse(t, p, c)
	if _, err := exchange(t, c, l); err != nil {
		t.Fatal(err)
	}
	got, err := exchange(t, c, l)
	checkRefused(t, got, err, account.ErrLoginRefused)
}

// A login without its secrets is a mistake of the program, which is not reported to the
// person.
func TestMissingSecrets(t *testing.T) {
	p := startProvider(t)
	c := newClient(t, optionsFor(p))
	for _, l := range []login{{"", "n", "v", "c"}, {"s", "", "v", "c"}, {"s", "n", "", "c"}} {
		if got, err := c.AuthURL(t.Context(), l.state, l.nonce, l.verifier); err == nil || fault.Is(err) {
			t.Errorf("AuthURL of %q: %q, %v", l, got, err)
		}
	}
	for _, l := range []login{{"s", "", "v", "c"}, {"s", "n", "", "c"}} {
		if _, err := exchange(t, c, l); err == nil || fault.Is(err) {
			t.Errorf("Exchange of %q: %v", l, err)
		}
	}
}
