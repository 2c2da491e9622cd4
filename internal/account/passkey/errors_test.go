package passkey

import (
	"errors"
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

func TestNoPasskeyToProve(t *testing.T) {
	t.Parallel()
	if _, _, err := testPasskeys(t).BeginAssertion(ann, nil, newClock().now()); !errors.Is(err, ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
}

// Mistakes of the caller or the store are not reported as the person's.
func TestPasskeyInternalErrors(t *testing.T) {
	t.Parallel()
	p, now, phone := testPasskeys(t), newClock().now(), newKeeper(virtualwebauthn.KeyTypeEC2)
	good := phone.registered(t, p, ann, now)
	options, session, err := p.BeginAssertion(ann, []Key{good}, now)
	if err != nil {
		t.Fatal(err)
	}
	answer := phone.get(t, options)
	theirs, unreadable, misfiled := good, good, good
	theirs.UserID, unreadable.Credential, misfiled.ID = bob.ID, []byte("{"), "AAAA"

	for name, finish := range map[string]func() error{
		"another user's passkey is offered": func() error {
			_, _, err := p.BeginRegistration(ann, []Key{theirs}, now)
			return err
		},
		"another user's passkey is asked for": func() error {
			_, _, err := p.BeginAssertion(ann, []Key{theirs}, now)
			return err
		},
		"another user's passkey is accepted": func() error {
			_, err := p.FinishAssertion(ann, []Key{theirs}, session, answer, now)
			return err
		},
		"an unreadable credential": func() error {
			_, err := p.FinishAssertion(ann, []Key{unreadable}, session, answer, now)
			return err
		},
		"a credential under another's ID": func() error {
			_, err := p.FinishAssertion(ann, []Key{misfiled}, session, answer, now)
			return err
		},
		"an unreadable session": func() error {
			_, err := p.FinishAssertion(ann, []Key{good}, session[1:], answer, now)
			return err
		},
		"an unreadable session of a registration": func() error {
			_, err := p.FinishRegistration(ann, nil, answer, now)
			return err
		},
	} {
		if err := finish(); err == nil || fault.Is(err) {
			t.Errorf("%s: got %v, want an error of ours", name, err)
		}
	}
}

func TestNewPasskeysRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"no domain", Options{RPName: "x", Origins: []string{"https://example.com"}}},
		{"an address for a domain", Options{RPID: "192.0.2.1", RPName: "x", Origins: []string{"https://192.0.2.1"}}},
		{"an origin for a domain", Options{RPID: "https://example.com", RPName: "x", Origins: []string{"https://example.com"}}},
		{"no name", Options{RPID: "example.com", Origins: []string{"https://example.com"}}},
		{"no origin", Options{RPID: "example.com", RPName: "x"}},
	} {
		if _, err := New(c.o); err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
	if _, err := New(Options{RPID: "localhost", RPName: "x", Origins: []string{"http://localhost:8000"}}); err != nil {
		t.Errorf("localhost: %v", err)
	}
}
