package oidc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/oidc/oidctest"
)

// TestGoodQuirks tries what a client must accept.
func TestGoodQuirks(t *testing.T) {
	type identity = account.Identity
	unverified := func(who *identity) { who.EmailVerified = false }
	noEmail := func(who *identity) { who.Email, who.EmailVerified = "", false }
	tests := []struct {
		name     string
		quirks   []oidctest.Quirk
		user     func(*oidctest.User)
		but      func(*identity)
		userinfo int // requests
	}{
		{name: "none"},
		{name: "ES256", quirks: []oidctest.Quirk{oidctest.SignsES256}},
		{name: "two audiences", quirks: []oidctest.Quirk{oidctest.TwoAudiences}},
		{name: "secret in the body", quirks: []oidctest.Quirk{oidctest.SecretInBody}},
		{name: "text for a boolean", quirks: []oidctest.Quirk{oidctest.TextualBool}},
		{name: "claims at userinfo", quirks: []oidctest.Quirk{oidctest.ThinToken}, userinfo: 1},
		{
			name: "text for a boolean at userinfo", userinfo: 1,
			quirks: []oidctest.Quirk{oidctest.ThinToken, oidctest.TextualBool},
		},
		{name: "thin token and no userinfo", quirks: []oidctest.Quirk{oidctest.ThinToken, oidctest.NoUserInfo}, but: func(who *identity) {
			*who = identity{Issuer: who.Issuer, Subject: who.Subject}
		}},
		{
			name: "e-mail not verified", but: unverified,
			user: func(u *oidctest.User) { u.EmailVerified = false },
		},
		{
			name: "e-mail not verified, as text", but: unverified,
			user:   func(u *oidctest.User) { u.EmailVerified = false },
			quirks: []oidctest.Quirk{oidctest.TextualBool},
		},
		{name: "nothing about verified", quirks: []oidctest.Quirk{oidctest.SilentOnVerified}, but: unverified, userinfo: 1},
		{name: "no e-mail", user: func(u *oidctest.User) { u.Email = "" }, but: noEmail, userinfo: 1},
		{name: "no e-mail, no userinfo", user: func(u *oidctest.User) { u.Email = "" }, quirks: []oidctest.Quirk{oidctest.NoUserInfo}, but: noEmail},
		{
			name: "a name too long",
			user: func(u *oidctest.User) { u.FirstName = strings.Repeat("A", 256) },
			but:  func(who *identity) { who.FirstName = "" },
		},
		{
			name: "the longest values",
			user: func(u *oidctest.User) {
				u.Subject, u.Email = strings.Repeat("s", 255), strings.Repeat("e", 254)
			},
			but: func(who *identity) {
				who.Subject, who.Email = strings.Repeat("s", 255), strings.Repeat("e", 254)
			},
		},
	}
	p := startProvider(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			user, want := oidctest.Ada(), ada(p)
			if test.user != nil {
				test.user(&user)
			}
			if test.but != nil {
				test.but(&want)
			}
			p.SetUser(user)
			p.Behave(test.quirks...)
			asked := p.Requests(oidctest.UserInfo)

			c := newClient(t, optionsFor(p))
			got, err := exchange(t, c, browse(t, p, c))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := p.Requests(oidctest.UserInfo) - asked; got != test.userinfo {
				t.Errorf("userinfo was asked %d times, want %d", got, test.userinfo)
			}
		})
	}
}

// TestBadQuirks tries what a client must refuse.
func TestBadQuirks(t *testing.T) {
	tests := []struct {
		quirk oidctest.Quirk
		also  oidctest.Quirk
		want  error
	}{
		{quirk: oidctest.WrongNonce, want: account.ErrLoginRefused},
		{quirk: oidctest.NoNonce, want: account.ErrLoginRefused},
		{quirk: oidctest.NoIDToken, want: account.ErrProvider},
		{quirk: oidctest.WrongIssuer, want: account.ErrProvider},
		{quirk: oidctest.WrongAudience, want: account.ErrProvider},
		{quirk: oidctest.NoParty, want: account.ErrProvider},
		{quirk: oidctest.WrongParty, want: account.ErrProvider},
		{quirk: oidctest.Expired, want: account.ErrProvider},
		{quirk: oidctest.NoExpiry, want: account.ErrProvider},
		{quirk: oidctest.NoSubject, want: account.ErrProvider},
		{quirk: oidctest.LongSubject, want: account.ErrProvider},
		{quirk: oidctest.ControlSubject, want: account.ErrProvider},
		{quirk: oidctest.LongEmail, want: account.ErrProvider},
		{quirk: oidctest.WrongAccessToken, want: account.ErrProvider},
		{quirk: oidctest.AlgNone, want: account.ErrProvider},
		{quirk: oidctest.AlgHS256, want: account.ErrProvider},
		{quirk: oidctest.UnknownKey, want: account.ErrProvider},
		{quirk: oidctest.ForgedSignature, want: account.ErrProvider},
		{quirk: oidctest.OtherUserInfo, also: oidctest.ThinToken, want: account.ErrProvider},
	}
	p := startProvider(t)
	for _, test := range tests {
		t.Run(string(test.quirk), func(t *testing.T) {
			p.Behave(test.quirk, test.also)
			c := newClient(t, optionsFor(p))
			got, err := exchange(t, c, browse(t, p, c))
			checkRefused(t, got, err, test.want)
		})
	}
}

// checkRefused checks that there is no identity, and which of the two errors there is.
func checkRefused(t *testing.T, got account.Identity, err error, want error) {
	t.Helper()
	if got != (account.Identity{}) {
		t.Errorf("logged in as %v", got)
	}
	for _, other := range []error{account.ErrProvider, account.ErrLoginRefused} {
		if errors.Is(err, other) != (other == want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if !fault.Is(err) {
		t.Errorf("%v is no fault", err)
	}
}
