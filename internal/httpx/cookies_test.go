package httpx

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// SameSite=None is set only where a browser accepts it.
func TestCookies(t *testing.T) {
	const common = "access_token=value; Path=/; Max-Age=3600; HttpOnly"
	tests := []struct {
		name    string
		cookies Cookies
		local   bool
		value   string
		want    string
	}{
		{"secure, on this machine", Cookies{Secure: true, Local: true}, true, "value", common + "; SameSite=Lax"},
		{"secure, from elsewhere", Cookies{Secure: true, Local: true}, false, "value", common + "; Secure; SameSite=None"},
		{"secure everywhere", Cookies{Secure: true}, true, "value", common + "; Secure; SameSite=None"},
		{"secure", Cookies{Secure: true}, false, "value", common + "; Secure; SameSite=None"},
		{"not secure", Cookies{}, false, "value", common + "; SameSite=Lax"},
		{"forced lax", Cookies{Secure: true, Lax: true}, false, "value", common + "; Secure; SameSite=Lax"},
		{"forced lax, not secure", Cookies{Lax: true}, false, "value", common + "; SameSite=Lax"},
		{"taken back", Cookies{Secure: true}, false, "", "access_token=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None"},
		{"taken back, not secure", Cookies{}, false, "", "access_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cookie := test.cookies.Make(test.local, "access_token", test.value, time.Hour)
			if err := cookie.Valid(); err != nil {
				t.Error(err)
			}
			if got := cookie.String(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Plain http at a loopback address without a proxy is local.
func TestIsLocal(t *testing.T) {
	tests := []struct {
		name, peer, host, header string
		tls, want                bool
	}{
		{name: "by address", peer: "127.0.0.1:5", host: "127.0.0.1:8000", want: true},
		{name: "by name", peer: "127.0.0.1:5", host: "localhost", want: true},
		{name: "IPv6", peer: "[::1]:5", host: "[::1]:8000", want: true},
		{name: "IPv6 without port", peer: "[::1]:5", host: "[::1]", want: true},
		{name: "mapped", peer: "[::ffff:127.0.0.1]:5", host: "localhost:8000", want: true},
		{name: "from elsewhere", peer: "192.0.2.1:5", host: "localhost"},
		{name: "to a public name", peer: "127.0.0.1:5", host: "tracker.example.org"},
		{name: "to a name that looks local", peer: "127.0.0.1:5", host: "localhost.example.org"},
		{name: "to a public address", peer: "127.0.0.1:5", host: "192.0.2.1:8000"},
		{name: "https", peer: "127.0.0.1:5", host: "localhost", tls: true},
		{name: "by a proxy", peer: "127.0.0.1:5", host: "localhost", header: "X-Forwarded-For"},
		{name: "by a proxy with TLS", peer: "127.0.0.1:5", host: "localhost", header: "X-Forwarded-Proto"},
		{name: "by a modern proxy", peer: "127.0.0.1:5", host: "localhost", header: "Forwarded"},
		{name: "no peer", peer: "@", host: "localhost"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/auth/csrf", nil)
			r.RemoteAddr, r.Host = test.peer, test.host
			if test.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if test.header != "" {
				r.Header.Set(test.header, "x")
			}
			if got := IsLocal(r); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
