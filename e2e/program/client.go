package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// password is good enough for every account of the tests.
const password = "Kestrel-orbit-7-Lumen!"

// requestTimeout is generous: it only ends a test that hangs.
const requestTimeout = 60 * time.Second

// client is one user at one server.
type client struct {
	url   string
	email string
	token string // "" until registered
	http  *http.Client
}

// reply is an answer with its body read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// newClient has connections of its own, as a separate machine would.
func newClient(t testing.TB, url string) *client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{url: url, http: &http.Client{
		Transport:     transport,
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// newUser is a registered user with a new e-mail address.
func newUser(t testing.TB, url string) *client {
	t.Helper()
	c := newClient(t, url)
	c.email = fmt.Sprintf("rater-%d@example.com", registered.Add(1))
	c.register(t)
	return c
}

// registered numbers the e-mail addresses.
var registered atomic.Int64

// at is the same user at another server, or over another connection.
func (c *client) at(t *testing.T, url string) *client {
	t.Helper()
	other := newClient(t, url)
	other.email, other.token = c.email, c.token
	return other
}

func (c *client) register(t testing.TB) {
	t.Helper()
	c.authenticate(t, "/auth/register")
}

func (c *client) login(t testing.TB) {
	t.Helper()
	c.authenticate(t, "/auth/login")
}

// authenticate gets a token as a script would: a CSRF token first, then the
// account's e-mail address and password with it.
func (c *client) authenticate(t testing.TB, path string) {
	t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	issued := c.must(t, http.StatusOK, http.MethodGet, "/auth/csrf", nil)
	issued.decode(t, &csrf)
	headers := http.Header{"X-Csrf-Token": {csrf.Token}, "Content-Type": {"application/json"}}
	for _, cookie := range (&http.Response{Header: issued.header}).Cookies() {
		headers.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	body := mustEncode(t, map[string]string{"email": c.email, "password": password})
	got, err := c.send(t.Context(), http.MethodPost, path, body, headers)
	if err != nil || got.status/100 != 2 {
		t.Fatalf("%s as %s: %v %v, want 2xx", path, c.email, got, err)
	}
	var login struct {
		AccessToken string `json:"access_token"`
	}
	got.decode(t, &login)
	c.token = login.AccessToken
}

// do sends a request as this user. body is sent as it is when it is []byte or
// json.RawMessage, as JSON otherwise, and not at all when it is nil.
func (c *client) do(ctx context.Context, method, path string, body any) (reply, error) {
	var encoded []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		encoded = b
	case json.RawMessage:
		encoded = b
	default:
		var err error
		if encoded, err = json.Marshal(body); err != nil {
			return reply{}, err
		}
	}
	headers := http.Header{}
	if encoded != nil {
		headers.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		headers.Set("Authorization", "Bearer "+c.token)
	}
	return c.send(ctx, method, path, encoded, headers)
}

// must is do that fails the test on anything but the wanted status.
func (c *client) must(t testing.TB, wantStatus int, method, path string, body any) reply {
	t.Helper()
	got, err := c.do(t.Context(), method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if got.status != wantStatus {
		t.Fatalf("%s %s: %v, want %d", method, path, got, wantStatus)
	}
	return got
}

func (c *client) send(ctx context.Context, method, path string, body []byte, headers http.Header) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header = headers
	response, err := c.http.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }() // the body is read to its end, or the read failed
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return reply{response.StatusCode, response.Header, answer}, nil
}

// decode reads the body into v and fails the test when it is not that JSON.
func (r reply) decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("answer %v is not the expected JSON: %v", r, err)
	}
}

func (r reply) String() string {
	const most = 500
	return fmt.Sprintf("%d %s", r.status, r.body[:min(most, len(r.body))])
}

func mustEncode(t testing.TB, v any) []byte {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}
