package oidc_test

import (
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc"
)

func TestOptions(t *testing.T) {
	tests := []struct {
		name   string
		change func(*oidc.Options)
		want   string // in the error; "" means there is none
	}{
		{"good", func(*oidc.Options) {}, ""},
		{"no secret", func(o *oidc.Options) { o.ClientSecret = "" }, ""},
		{"own scopes", func(o *oidc.Options) { o.Scopes = []string{"openid", "groups"} }, ""},
		{"localhost without TLS", func(o *oidc.Options) { o.Issuer = "http://localhost:8080/realm" }, ""},
		{"IPv6 loopback without TLS", func(o *oidc.Options) { o.Issuer = "http://[::1]:8080" }, ""},
		{"redirect without TLS", func(o *oidc.Options) { o.RedirectURL = "http://tracker.lan/callback" }, ""},

		{"no issuer", func(o *oidc.Options) { o.Issuer = "" }, "issuer"},
		{"issuer without scheme", func(o *oidc.Options) { o.Issuer = "id.example" }, "issuer"},
		{"issuer without host", func(o *oidc.Options) { o.Issuer = "https:///realm" }, "issuer"},
		{"issuer without TLS", func(o *oidc.Options) { o.Issuer = "http://id.example" }, "issuer"},
		{"issuer that begins like this machine", func(o *oidc.Options) { o.Issuer = "http://localhost.example" }, "issuer"},
		{"issuer with a query", func(o *oidc.Options) { o.Issuer += "?tenant=1" }, "issuer"},
		{"issuer with an empty query", func(o *oidc.Options) { o.Issuer += "?" }, "issuer"},
		{"issuer with a fragment", func(o *oidc.Options) { o.Issuer += "#a" }, "issuer"},
		{"issuer with a password", func(o *oidc.Options) { o.Issuer = "https://me:hunter2@id.example" }, "issuer"},
		{"issuer that is no URL", func(o *oidc.Options) { o.Issuer = "https://me:hunter2@id example\x00" }, "issuer"},
		{"no client ID", func(o *oidc.Options) { o.ClientID = "" }, "client ID"},
		{"no redirect URL", func(o *oidc.Options) { o.RedirectURL = "" }, "redirect URL"},
		{"redirect path", func(o *oidc.Options) { o.RedirectURL = "/callback" }, "redirect URL"},
		{"scopes without openid", func(o *oidc.Options) { o.Scopes = []string{"email"} }, "scopes"},
		{"empty scopes", func(o *oidc.Options) { o.Scopes = []string{} }, "scopes"},
		{"no clock", func(o *oidc.Options) { o.Now = nil }, "clock"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := oidc.Options{
				Issuer: issuer, ClientID: "id", ClientSecret: "secret", RedirectURL: redirectURL, Now: at(then),
			}
			test.change(&o)
			c, err := oidc.New(o)
			switch {
			case (c != nil) != (test.want == ""), (err == nil) != (test.want == ""):
				t.Fatalf("got %v, %v", c, err)
			case err == nil:
			case !strings.Contains(err.Error(), test.want), strings.Contains(err.Error(), "hunter2"):
				t.Errorf("got %v", err)
			}
		})
	}
}
