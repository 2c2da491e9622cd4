package program

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Password is the password of every account of the tests.
const Password = "Kestrel-orbit-7-Lumen!"

// requestTimeout is so long that even on a busy machine only a test that hangs reaches it.
const requestTimeout = 5 * time.Minute

// Client sends requests as one user to one server.
type Client struct {
	URL   string
	Email string
	Token string // "" until registered
	http  *http.Client
}

// Reply is an answer with its whole body.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewClient returns a client without a user. It has its own connections, as a separate
// machine would have.
func NewClient(t testing.TB, url string) *Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{URL: url, http: &http.Client{
		Transport:     transport,
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// NewUser registers a user with a new e-mail address and returns a client for it.
func NewUser(t testing.TB, url string) *Client {
	t.Helper()
	c := NewClient(t, url)
	c.Email = NewEmail()
	c.register(t)
	return c
}

// NewEmail returns an address that no other user of the tests has.
func NewEmail() string { return fmt.Sprintf("rater-%08x@example.com", rand.Uint32()) }

// At returns a client for the same user at another server, or over another connection.
func (c *Client) At(t *testing.T, url string) *Client {
	t.Helper()
	other := NewClient(t, url)
	other.Email, other.Token = c.Email, c.Token
	return other
}

func (c *Client) register(t testing.TB) {
	t.Helper()
	c.authenticate(t, "/auth/register")
}

// Login logs the user in and keeps the new access token.
func (c *Client) Login(t testing.TB) {
	t.Helper()
	c.authenticate(t, "/auth/login")
}

// authenticate gets a token as a script would: a CSRF token first, then the
// account's e-mail address and password with it.
func (c *Client) authenticate(t testing.TB, path string) {
	t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	issued := c.Must(t, http.StatusOK, http.MethodGet, "/auth/csrf", nil)
	issued.Decode(t, &csrf)
	headers := http.Header{"X-Csrf-Token": {csrf.Token}, "Content-Type": {"application/json"}}
	for _, cookie := range (&http.Response{Header: issued.Header}).Cookies() {
		headers.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	body := Encode(t, map[string]string{"email": c.Email, "password": Password})
	got, err := c.Send(t.Context(), http.MethodPost, path, body, headers)
	if err != nil || got.Status/100 != 2 {
		t.Fatalf("%s as %s: %v %v, want 2xx", path, c.Email, got, err)
	}
	var login struct {
		AccessToken string `json:"access_token"`
	}
	got.Decode(t, &login)
	c.Token = login.AccessToken
}

// Do sends a request of JSON as this user. A body of type []byte or json.RawMessage is sent as it is,
// nil is not sent, and anything else is sent as JSON.
func (c *Client) Do(ctx context.Context, method, path string, body any) (Reply, error) {
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
			return Reply{}, err
		}
	}
	headers := http.Header{"Content-Type": {"application/json"}}
	if c.Token != "" {
		headers.Set("Authorization", "Bearer "+c.Token)
	}
	return c.Send(ctx, method, path, encoded, headers)
}

// Must sends a request as Do does, and fails the test unless the answer has the wanted status.
func (c *Client) Must(t testing.TB, wantStatus int, method, path string, body any) Reply {
	t.Helper()
	got, err := c.Do(t.Context(), method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if got.Status != wantStatus {
		t.Fatalf("%s %s: %v, want %d", method, path, got, wantStatus)
	}
	return got
}

// Send sends a request with these headers and no others of the client's own.
func (c *Client) Send(ctx context.Context, method, path string, body []byte, headers http.Header) (Reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return Reply{}, err
	}
	request.Header = headers
	response, err := c.http.Do(request)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = response.Body.Close() }() // the body is read to its end, or the read failed
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return Reply{}, fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return Reply{response.StatusCode, response.Header, answer}, nil
}

// Decode decodes the JSON of the body into v. It fails the test if that is not possible.
func (r Reply) Decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		t.Fatalf("answer %v is not the expected JSON: %v", r, err)
	}
}

// Decoded returns the JSON of an answer's body.
func Decoded[T any](r Reply) (T, error) {
	var answer T
	if err := json.Unmarshal(r.Body, &answer); err != nil {
		return answer, fmt.Errorf("answer %v is not the expected JSON: %w", r, err)
	}
	return answer, nil
}

// next returns the address of a list's next page, as the header Link names it; "" if there is none.
func (r Reply) next() string {
	address, relation, _ := strings.Cut(r.Header.Get("Link"), ">; ")
	if relation != `rel="next"` {
		return ""
	}
	return strings.TrimPrefix(address, "<")
}

// String returns the status and the start of the body, for messages of failed tests.
func (r Reply) String() string {
	const most = 500
	return fmt.Sprintf("%d %s", r.Status, r.Body[:min(most, len(r.Body))])
}

// Encode returns v as JSON.
func Encode(t testing.TB, v any) []byte {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// TryLogin sends a password as a script without cookies would. address is where the request
// seems to come from, if the server trusts its proxy; "" leaves that out.
func (c *Client) TryLogin(ctx context.Context, csrf, password, address string) (Reply, error) {
	headers := http.Header{"X-Csrf-Token": {csrf}, "Content-Type": {"application/json"}}
	if address != "" {
		headers.Set("X-Forwarded-For", address)
	}
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, c.Email, password)
	return c.Send(ctx, http.MethodPost, "/auth/login", []byte(body), headers)
}

// CSRFToken gets a CSRF token from the server.
func (c *Client) CSRFToken(t *testing.T) string {
	t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	issued := c.Must(t, http.StatusOK, http.MethodGet, "/auth/csrf", nil)
	issued.Decode(t, &csrf)
	return csrf.Token
}
