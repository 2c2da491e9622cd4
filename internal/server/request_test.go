package server

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask is one request; what is "" is left out.
type ask struct {
	method, path, body string
	form               string      // instead of a body: the fields of a form of ours, without its CSRF token
	bearer, cookie     string      // tokens
	origin, site       string      // Origin and Sec-Fetch-Site
	header             http.Header // besides
	client             string      // address
}

// answer sends a request through the whole chain. Each request has a valid CSRF token,
// because what the tests check must hold without that protection.
func (c *chain) answer(t *testing.T, a ask) *httptest.ResponseRecorder {
	t.Helper()
	csrf, body := c.csrf.Token(), a.body
	header := map[string]string{"X-CSRF-Token": csrf, "Origin": a.origin, "Sec-Fetch-Site": a.site}
	switch {
	case a.form != "":
		body = a.form + "&csrf_token=" + csrf
		header["Content-Type"] = "application/x-www-form-urlencoded"
		header["Cookie"] = "csrf_token=" + csrf
	default: // also without a body, as a change by cookie needs it
		header["Content-Type"] = "application/json"
	}
	r := httptest.NewRequestWithContext(t.Context(), a.method, a.path, strings.NewReader(body))
	r.Host = chainHost
	if a.bearer != "" {
		header["Authorization"] = "Bearer " + a.bearer
	}
	if a.cookie != "" {
		header["Cookie"] = strings.TrimPrefix(header["Cookie"]+"; access_token="+a.cookie, "; ")
	}
	for name, value := range header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.client != "" {
		r.RemoteAddr = net.JoinHostPort(a.client, "40000")
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// must sends a request and fails the test unless the answer has this status.
func (c *chain) must(t *testing.T, want int, a ask) *httptest.ResponseRecorder {
	t.Helper()
	w := c.answer(t, a)
	if w.Code != want {
		t.Fatalf("%s %s: %d %s, want %d", a.method, a.path, w.Code, w.Body, want)
	}
	return w
}

// decoded reads the body of an answer.
func decoded[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var body T
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return body
}
