package passkey

import (
	"bytes"
	"errors"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// unspoiled names the case that must succeed, or the others would prove nothing.
const unspoiled = "nothing"

func TestPasskeyRegistrationIsRefused(t *testing.T) {
	t.Parallel()
	p := testPasskeys(t)
	for name, spoil := range map[string]func(*testing.T, *begun, *keeper){
		unspoiled: func(*testing.T, *begun, *keeper) {},
		"another site": func(t *testing.T, c *begun, d *keeper) {
			d.party.Origin = "https://tracker.example.org"
			c.answer = d.create(t, c.options)
		},
		"another port": func(t *testing.T, c *begun, d *keeper) {
			d.party.Origin = "https://tracker.example.com:8443"
			c.answer = d.create(t, c.options)
		},
		"another scheme": func(t *testing.T, c *begun, d *keeper) {
			d.party.Origin = "http://tracker.example.com"
			c.answer = d.create(t, c.options)
		},
		"a sibling page": func(t *testing.T, c *begun, d *keeper) {
			d.party.Origin = "https://blog.example.com"
			c.answer = d.create(t, c.options)
		},
		"another domain": func(t *testing.T, c *begun, d *keeper) {
			d.party.ID = "tracker.example.com"
			c.answer = d.create(t, c.options)
		},
		"nobody touched the authenticator": func(t *testing.T, c *begun, d *keeper) {
			d.holder.Options.UserNotPresent = true
			c.answer = d.create(t, c.options)
		},
		"the challenge of another ceremony": func(t *testing.T, c *begun, d *keeper) {
			options, _, err := p.BeginRegistration(c.user, nil, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.answer = d.create(t, options)
		},
		"an assertion instead": func(t *testing.T, c *begun, d *keeper) { c.answer = d.get(t, c.options) },
		"the session of an assertion": func(t *testing.T, c *begun, d *keeper) {
			options, session, err := p.BeginAssertion(c.user, []Key{d.registered(t, p, c.user, c.now)}, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.session, c.answer = session, newKeeper(virtualwebauthn.KeyTypeEC2).create(t, options)
		},
		"another user's session": func(_ *testing.T, c *begun, _ *keeper) { c.user = bob },
		"expired":                func(_ *testing.T, c *begun, _ *keeper) { c.now = c.now.Add(lifetime) },
		"too large": func(_ *testing.T, c *begun, _ *keeper) {
			c.answer = append(bytes.Repeat([]byte(" "), maxAnswer), c.answer...)
		},
		"trailing data": func(_ *testing.T, c *begun, _ *keeper) { c.answer = append(c.answer, "{}"...) },
	} {
		t.Run(name, func(t *testing.T) {
			c := begun{user: ann, now: newClock().now()}
			var err error
			if c.options, c.session, err = p.BeginRegistration(c.user, nil, c.now); err != nil {
				t.Fatal(err)
			}
			phone := newKeeper(virtualwebauthn.KeyTypeEC2)
			c.answer = phone.create(t, c.options)
			spoil(t, &c, phone)
			passkey, err := p.FinishRegistration(c.user, c.session, c.answer, c.now)
			checkRefused(t, passkey, err, name != unspoiled)
		})
	}
}

func TestPasskeyAssertionIsRefused(t *testing.T) {
	t.Parallel()
	p := testPasskeys(t)
	for name, spoil := range map[string]func(*testing.T, *begun, *keeper){
		unspoiled: func(*testing.T, *begun, *keeper) {},
		"another site": func(t *testing.T, c *begun, d *keeper) {
			d.party.Origin = "https://tracker.example.org"
			c.answer = d.get(t, c.options)
		},
		"another domain": func(t *testing.T, c *begun, d *keeper) {
			d.party.ID = "tracker.example.com"
			c.answer = d.get(t, c.options)
		},
		"nobody touched the authenticator": func(t *testing.T, c *begun, d *keeper) {
			d.holder.Options.UserNotPresent = true
			c.answer = d.get(t, c.options)
		},
		"another key": func(t *testing.T, c *begun, d *keeper) {
			d.credential.Key = newKeeper(virtualwebauthn.KeyTypeEC2).credential.Key
			c.answer = d.get(t, c.options)
		},
		"a key of another kind": func(t *testing.T, c *begun, d *keeper) {
			d.credential.Key = newKeeper(virtualwebauthn.KeyTypeRSA).credential.Key
			c.answer = d.get(t, c.options)
		},
		"the challenge of another ceremony": func(t *testing.T, c *begun, d *keeper) {
			options, _, err := p.BeginAssertion(c.user, c.owned, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.answer = d.get(t, options)
		},
		"a registration instead": func(t *testing.T, c *begun, d *keeper) { c.answer = d.create(t, c.options) },
		"the session of a registration": func(t *testing.T, c *begun, d *keeper) {
			options, session, err := p.BeginRegistration(c.user, nil, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.session, c.answer = session, d.get(t, options)
		},
		"another user's passkey": func(t *testing.T, c *begun, _ *keeper) {
			theirs := newKeeper(virtualwebauthn.KeyTypeEC2)
			theirs.registered(t, p, bob, c.now)
			c.answer = theirs.get(t, c.options)
		},
		"another user's session": func(t *testing.T, c *begun, _ *keeper) {
			c.user, c.owned = bob, []Key{newKeeper(virtualwebauthn.KeyTypeEC2).registered(t, p, bob, c.now)}
		},
		"a passkey removed meanwhile": func(_ *testing.T, c *begun, _ *keeper) { c.owned = nil },
		"a passkey added meanwhile": func(t *testing.T, c *begun, _ *keeper) {
			added := newKeeper(virtualwebauthn.KeyTypeEC2)
			c.owned = append(c.owned, added.registered(t, p, c.user, c.now))
			c.answer = added.get(t, c.options)
		},
		"expired": func(_ *testing.T, c *begun, _ *keeper) { c.now = c.now.Add(lifetime) },
		"too large": func(_ *testing.T, c *begun, _ *keeper) {
			c.answer = append(bytes.Repeat([]byte(" "), maxAnswer), c.answer...)
		},
		"trailing data": func(_ *testing.T, c *begun, _ *keeper) { c.answer = append(c.answer, "{}"...) },
	} {
		t.Run(name, func(t *testing.T) {
			phone := newKeeper(virtualwebauthn.KeyTypeEC2)
			c := begun{user: ann, now: newClock().now()}
			c.owned = []Key{phone.registered(t, p, ann, c.now)}
			var err error
			if c.options, c.session, err = p.BeginAssertion(c.user, c.owned, c.now); err != nil {
				t.Fatal(err)
			}
			c.answer = phone.get(t, c.options)
			spoil(t, &c, phone)
			passkey, err := p.FinishAssertion(c.user, c.owned, c.session, c.answer, c.now)
			checkRefused(t, passkey, err, name != unspoiled)
		})
	}
}

func checkRefused(t *testing.T, passkey Key, err error, refused bool) {
	t.Helper()
	switch {
	case !refused && err != nil:
		t.Errorf("the good one is refused: %v", err)
	case refused && (!errors.Is(err, ErrRefused) || passkey.ID != ""):
		t.Errorf("got passkey %q, %v; want ErrRefused", passkey.ID, err)
	}
}
