package oidc

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// The limits of one call to the provider.
const (
	callTimeout  = 5 * time.Second
	maxAnswer    = 256 << 10 // bytes of a body; a set of keys has about 10,000
	maxHeader    = 64 << 10  // bytes
	maxRedirects = 3

	idleTimeout = time.Minute // of a connection between calls
)

// limited returns a copy of client, or a new client, that keeps the limits.
func limited(client *http.Client) *http.Client {
	var c http.Client
	if client != nil {
		c = *client
	}
	if c.Timeout <= 0 || c.Timeout > callTimeout {
		c.Timeout = callTimeout
	}
	c.CheckRedirect = stayOnHost
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	c.Transport = &limitedTransport{base: c.Transport}
	return &c
}

func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxHeader,
		IdleConnTimeout:        idleTimeout,
	}
}

// stayOnHost refuses redirects that would show codes and secrets to another host, or to
// anybody on the network.
func stayOnHost(next *http.Request, via []*http.Request) error {
	from := via[0].URL
	switch {
	case next.URL.Scheme != from.Scheme || next.URL.Host != from.Host:
		return errors.New("it redirects to another host")
	case len(via) > maxRedirects:
		return errors.New("it redirects too often")
	}
	return nil
}

// limitedTransport bounds how much of an answer is read.
type limitedTransport struct{ base http.RoundTripper }

func (t *limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && answer.StatusCode != http.StatusOK {
		// The status is enough, and the library would put the body into its error.
		_ = answer.Body.Close() // nothing of it is needed
		answer.Body = http.NoBody
		return answer, nil
	}
	answer.Body = &limitedBody{ReadCloser: answer.Body, left: maxAnswer}
	return answer, nil
}

// limitedBody fails after left bytes, instead of ending: half an answer must not look
// like a whole one.
type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return n, err
}
