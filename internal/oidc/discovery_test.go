package oidc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// TestManyAtOnce logs many people in at the same time, from the first login on.
func TestManyAtOnce(t *testing.T) {
	p := startProvider(t)
	c := newClient(t, optionsFor(p))
	var people sync.WaitGroup
	for range 16 {
		people.Go(func() {
			authURL, err := c.AuthURL(t.Context(), "s", "n", "v")
			if err != nil {
				t.Error(err)
				return
			}
			code := p.Login(t, authURL).Query().Get("code")
			if got, err := c.Exchange(t.Context(), code, "n", "v"); err != nil || got != ada(p) {
				t.Errorf("logged in as %v, %v", got, err)
			}
		})
	}
	people.Wait()
	if got := p.Requests(oidctest.Discovery); got != 1 {
		t.Errorf("%d requests for the discovery document", got)
	}
}

// document returns a discovery document of this issuer with one change.
func document(issuer string, change map[string]any) []byte {
	fields := map[string]any{
		"issuer":                 issuer,
		"authorization_endpoint": "https://id.example/authorize",
		"token_endpoint":         "https://id.example/token",
		"jwks_uri":               "https://keys.example/set",
		"userinfo_endpoint":      "https://id.example/userinfo",
	}
	for name, value := range change {
		fields[name] = value
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err) // of the test's own data
	}
	return text
}

func answerOf(body []byte) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(string(body))),
	}
}

const issuer = "https://id.example/realm"

// clientOver returns a client of issuer whose requests go to f.
func clientOver(t *testing.T, timeout time.Duration, f transport) *oidc.Client {
	t.Helper()
	return newClient(t, oidc.Options{
		Issuer: issuer, ClientID: "id", ClientSecret: "secret", RedirectURL: redirectURL,
		Now: at(then), Client: &http.Client{Transport: f, Timeout: timeout},
	})
}

func TestDiscoveryDocuments(t *testing.T) {
	tests := []struct {
		name   string
		change map[string]any
		good   bool
	}{
		{"none", nil, true},
		{"another host for the keys", map[string]any{"jwks_uri": "https://cdn.example/keys"}, true},
		{"no userinfo", map[string]any{"userinfo_endpoint": ""}, true},
		{"an authorize address with a query", map[string]any{"authorization_endpoint": "https://id.example/a?tenant=1"}, true},
		{"another issuer", map[string]any{"issuer": "https://evil.example/realm"}, false},
		{"the issuer with a slash more", map[string]any{"issuer": issuer + "/"}, false},
		{"a long issuer", map[string]any{"issuer": strings.Repeat("é", 100_000)}, false},
		{"no issuer", map[string]any{"issuer": nil}, false},
		{"no authorize address", map[string]any{"authorization_endpoint": nil}, false},
		{"no token address", map[string]any{"token_endpoint": ""}, false},
		{"no keys", map[string]any{"jwks_uri": nil}, false},
		{"tokens without TLS", map[string]any{"token_endpoint": "http://id.example/token"}, false},
		{"keys without TLS", map[string]any{"jwks_uri": "http://id.example/keys"}, false},
		{"userinfo without TLS", map[string]any{"userinfo_endpoint": "http://id.example/userinfo"}, false},
		{"login without TLS", map[string]any{"authorization_endpoint": "http://id.example/authorize"}, false},
		{"a script for the browser", map[string]any{"authorization_endpoint": "javascript:alert(1)"}, false},
		{"an address with a fragment", map[string]any{"authorization_endpoint": "https://id.example/#a"}, false},
		{"a list for an address", map[string]any{"token_endpoint": []string{"https://id.example/token"}}, false},
		{"a word for the ways of authentication", map[string]any{"token_endpoint_auth_methods_supported": "basic"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := clientOver(t, 0, func(*http.Request) (*http.Response, error) {
				return answerOf(document(issuer, test.change)), nil
			})
			got, err := c.AuthURL(t.Context(), "s", "n", "v")
			if test.good && err != nil || !test.good && !errors.Is(err, account.ErrProvider) {
				t.Errorf("got %q, %v", got, err)
			}
			if err != nil && (len(err.Error()) > 500 || !utf8.ValidString(err.Error())) {
				t.Errorf("the log gets %d bytes: %q", len(err.Error()), err)
			}
		})
	}
}

// The client presents its secret only in the way that the provider supports: after a
// failed try the code would be used up.
func TestSecretIsShownOnce(t *testing.T) {
	tests := []struct {
		name     string
		methods  any
		secret   string
		inHeader bool
	}{
		{"provider does not say", nil, "secret", true},
		{"both", []string{"client_secret_post", "client_secret_basic"}, "secret", true},
		{"body only", []string{"client_secret_post"}, "secret", false},
		{"no secret, provider does not say", nil, "", false},
		{"no secret, any way", []string{"client_secret_basic", "none"}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var sent []string
			o := oidc.Options{Issuer: issuer, ClientID: "id", ClientSecret: test.secret, RedirectURL: redirectURL, Now: at(then)}
			o.Client = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodGet {
					return answerOf(document(issuer, map[string]any{"token_endpoint_auth_methods_supported": test.methods})), nil
				}
				id, secret, inHeader := r.BasicAuth()
				if !inHeader {
					id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
				}
				sent = append(sent, fmt.Sprintf("%s %s %t", id, secret, inHeader))
				return &http.Response{StatusCode: http.StatusUnauthorized, Body: http.NoBody}, nil
			})}
			_, err := newClient(t, o).Exchange(t.Context(), "code", "n", "v")
			if !errors.Is(err, account.ErrProvider) {
				t.Errorf("got %v", err)
			}
			if want := []string{fmt.Sprintf("id %s %t", test.secret, test.inHeader)}; !slices.Equal(sent, want) {
				t.Errorf("sent %q, want %q", sent, want)
			}
		})
	}
}

// A provider may redirect to other addresses, but only on its own host and only a few
// times.
func TestRedirects(t *testing.T) {
	const wellKnown = issuer + "/.well-known/openid-configuration"
	tests := []struct {
		name  string
		moved map[string]string
		good  bool
	}{
		{"same host", map[string]string{wellKnown: "https://id.example/a"}, true},
		{"three times", map[string]string{
			wellKnown: "https://id.example/a", "https://id.example/a": "/b", "https://id.example/b": "/c",
		}, true},
		{"four times", map[string]string{
			wellKnown: "https://id.example/a", "https://id.example/a": "/b", "https://id.example/b": "/c", "https://id.example/c": "/d",
		}, false},
		{"in a circle", map[string]string{wellKnown: wellKnown}, false},
		{"another host", map[string]string{wellKnown: "https://evil.example/"}, false},
		{"another port", map[string]string{wellKnown: "https://id.example:8443/"}, false},
		{"a host below", map[string]string{wellKnown: "https://a.id.example/"}, false},
		{"without TLS", map[string]string{wellKnown: "http://id.example/"}, false},
		{"to nowhere", map[string]string{wellKnown: ""}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := clientOver(t, 0, func(r *http.Request) (*http.Response, error) {
				answer := answerOf(document(issuer, nil))
				if to, ok := test.moved[r.URL.String()]; ok {
					answer.StatusCode = http.StatusFound
					answer.Header.Set("Location", to)
				}
				return answer, nil
			})
			got, err := c.AuthURL(t.Context(), "s", "n", "v")
			if test.good && err != nil || !test.good && !errors.Is(err, account.ErrProvider) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// A call takes at most five seconds, whatever client is given.
func TestTimeLimit(t *testing.T) {
	for timeout, want := range map[time.Duration]time.Duration{
		0:           5 * time.Second,
		time.Hour:   5 * time.Second,
		time.Second: time.Second,
	} {
		t.Run(timeout.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := clientOver(t, timeout, func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				start := time.Now()
				_, err := c.AuthURL(t.Context(), "s", "n", "v")
				if !errors.Is(err, account.ErrProvider) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				if got := time.Since(start); got != want {
					t.Errorf("took %v, want %v", got, want)
				}
			})
		})
	}
}

// If the caller who began the discovery gives up, another who waits for it still gets the
// result, and there is one request.
func TestCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests, answer := 0, make(chan struct{})
		c := clientOver(t, 0, func(r *http.Request) (*http.Response, error) {
			requests++
			select {
			case <-answer:
				return answerOf(document(issuer, nil)), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		leaving, leave := context.WithCancel(t.Context())
		begin := func(ctx context.Context) <-chan error {
			done := make(chan error, 1)
			go func() {
				_, err := c.AuthURL(ctx, "s", "n", "v")
				done <- err
			}()
			synctest.Wait()
			return done
		}
		first, second := begin(leaving), begin(t.Context())

		leave()
		if err := <-first; !errors.Is(err, context.Canceled) || errors.Is(err, account.ErrProvider) {
			t.Errorf("the one who left got %v", err)
		}
		close(answer)
		if err := <-second; err != nil {
			t.Errorf("the one who stayed got %v", err)
		}
		if requests != 1 {
			t.Errorf("%d requests", requests)
		}
	})
}

// A caller who gives up during the exchange is not told that the provider failed.
func TestCallerLeavesExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		c := clientOver(t, 0, func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodGet {
				return answerOf(document(issuer, nil)), nil
			}
			leave()
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		got, err := c.Exchange(ctx, "code", "n", "v")
		if !errors.Is(err, context.Canceled) || errors.Is(err, account.ErrProvider) || got != (account.Identity{}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
