package account

import (
	"errors"
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

func TestNoPasskeyToProve(t *testing.T) {
	t.Parallel()
	if _, _, err := testPasskeys(t).beginAssertion(ann, nil, newClock().now()); !errors.Is(err, ErrNoPasskey) {
		t.Errorf("got %v, want ErrNoPasskey", err)
	}
}

// Mistakes of the caller or the store are not reported as the person's.
func TestPasskeyInternalErrors(t *testing.T) {
	t.Parallel()
	p, now, phone := testPasskeys(t), newClock().now(), newKeeper(virtualwebauthn.KeyTypeEC2)
	good := phone.registered(t, p, ann, now)
	options, session, err := p.beginAssertion(ann, []Passkey{good}, now)
	if err != nil {
		t.Fatal(err)
	}
	answer := phone.get(t, options)
	theirs, unreadable, misfiled := good, good, good
	theirs.UserID, unreadable.Credential, misfiled.ID = bob.ID, []byte("{"), "AAAA"

	for name, finish := range map[string]func() error{
		"another user's passkey is offered": func() error {
			_, _, err := p.beginRegistration(ann, []Passkey{theirs}, now)
			return err
		},
		"another user's passkey is asked for": func() error {
			_, _, err := p.beginAssertion(ann, []Passkey{theirs}, now)
			return err
		},
		"another user's passkey is accepted": func() error {
			_, err := p.finishAssertion(ann, []Passkey{theirs}, session, answer, now)
			return err
		},
		"an unreadable credential": func() error {
			_, err := p.finishAssertion(ann, []Passkey{unreadable}, session, answer, now)
			return err
		},
		"a credential under another's ID": func() error {
			_, err := p.finishAssertion(ann, []Passkey{misfiled}, session, answer, now)
			return err
		},
		"an unreadable session": func() error {
			_, err := p.finishAssertion(ann, []Passkey{good}, session[1:], answer, now)
			return err
		},
		"an unreadable session of a registration": func() error {
			_, err := p.finishRegistration(ann, nil, answer, now)
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
		o    PasskeyOptions
	}{
		{"no domain", PasskeyOptions{RPName: "x", Origins: []string{"https://example.com"}}},
		{"an address for a domain", PasskeyOptions{RPID: "192.0.2.1", RPName: "x", Origins: []string{"https://192.0.2.1"}}},
		{"an origin for a domain", PasskeyOptions{RPID: "https://example.com", RPName: "x", Origins: []string{"https://example.com"}}},
		{"no name", PasskeyOptions{RPID: "example.com", Origins: []string{"https://example.com"}}},
		{"no origin", PasskeyOptions{RPID: "example.com", RPName: "x"}},
	} {
		if _, err := newPasskeys(c.o); err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
	if _, err := newPasskeys(PasskeyOptions{RPID: "localhost", RPName: "x", Origins: []string{"http://localhost:8000"}}); err != nil {
		t.Errorf("localhost: %v", err)
	}
}
