package account

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

var (
	ann = User{ID: 0x01020304050607, Email: "ann@example.com"}
	bob = User{ID: 0x1a2b3c4d5e6f7, Email: "bob@example.com"}
)

func testPasskeys(t testing.TB) *passkeys {
	t.Helper()
	p, err := newPasskeys(PasskeyOptions{
		RPID: "example.com", RPName: "RaterHub Tracker",
		Origins: []string{"https://tracker.example.com", "http://localhost:8000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// device is a browser with one passkey in it.
type device struct {
	party      virtualwebauthn.RelyingParty
	holder     virtualwebauthn.Authenticator
	credential virtualwebauthn.Credential
}

func newDevice(key virtualwebauthn.KeyType) *device {
	return &device{
		party:      virtualwebauthn.RelyingParty{ID: "example.com", Origin: "https://tracker.example.com"},
		holder:     virtualwebauthn.NewAuthenticator(),
		credential: newCredential(key),
	}
}

// newCredential makes another one when a coordinate of its key begins with a zero:
// the virtual device leaves that out, which none may do and no server accepts.
func newCredential(key virtualwebauthn.KeyType) virtualwebauthn.Credential {
	const full = 77 // bytes of a COSE key on P-256
	for {
		c := virtualwebauthn.NewCredential(key)
		if key != virtualwebauthn.KeyTypeEC2 || len(c.Key.AttestationData()) == full {
			return c
		}
	}
}

// create is the device's answer to a registration.
func (d *device) create(t testing.TB, options json.RawMessage) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAttestationResponse(d.party, d.holder, d.credential, *parsed))
}

// get is the device's answer to an assertion.
func (d *device) get(t testing.TB, options json.RawMessage) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(d.party, d.holder, d.credential, *parsed))
}

// registered is the passkey of a device, added to those of a user.
func (d *device) registered(t testing.TB, p *passkeys, u User, now time.Time) Passkey {
	t.Helper()
	options, session, err := p.beginRegistration(u, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	passkey, err := p.finishRegistration(u, session, d.create(t, options), now)
	if err != nil {
		t.Fatal(err)
	}
	return passkey
}

// ceremony is one that has begun, and what finishes it. A test spoils it.
type ceremony struct {
	user            User
	owned           []Passkey
	options         json.RawMessage
	session, answer []byte
	now             time.Time
}

// unspoiled names the case that must pass, or the others show nothing.
const unspoiled = "nothing"

func TestPasskeyIsRegisteredAndProved(t *testing.T) {
	for _, key := range []virtualwebauthn.KeyType{virtualwebauthn.KeyTypeEC2, virtualwebauthn.KeyTypeRSA} {
		t.Run(string(key), func(t *testing.T) {
			p, clock, phone := testPasskeys(t), newClock(), newDevice(key)
			passkey := phone.registered(t, p, ann, clock.now())
			want := Passkey{
				ID: base64.RawURLEncoding.EncodeToString(phone.credential.ID), UserID: ann.ID,
				Credential: passkey.Credential, CreatedAt: timeline.InstantOf(clock.now()),
			}
			if diff := cmp.Diff(want, passkey); diff != "" {
				t.Errorf("registered (-want +got):\n%s", diff)
			}

			passkey.Name = "phone"
			other := newDevice(key).registered(t, p, ann, clock.now())
			for _, counter := range []uint32{0, 0, 1, 2, 4_000_000_000} { // synced passkeys stay at 0
				clock.advance(time.Hour)
				phone.credential.Counter = counter
				options, session, err := p.beginAssertion(ann, []Passkey{other, passkey}, clock.now())
				if err != nil {
					t.Fatal(err)
				}
				used, err := p.finishAssertion(ann, []Passkey{other, passkey}, session, phone.get(t, options), clock.now())
				if err != nil {
					t.Fatalf("counter %d: %v", counter, err)
				}
				passkey.LastUsedAt, passkey.Credential = timeline.InstantOf(clock.now()), used.Credential
				if diff := cmp.Diff(passkey, used); diff != "" {
					t.Errorf("used (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestPasskeyOptionsForTheBrowser(t *testing.T) {
	p, now := testPasskeys(t), newClock().now()
	passkey := newDevice(virtualwebauthn.KeyTypeEC2).registered(t, p, ann, now)
	named := []any{map[string]any{"type": "public-key", "id": passkey.ID}}

	creation, _, err := p.beginRegistration(ann, []Passkey{passkey}, now)
	if err != nil {
		t.Fatal(err)
	}
	checkOptions(t, creation, map[string]any{
		"rp":   map[string]any{"id": "example.com", "name": "RaterHub Tracker"},
		"user": map[string]any{"id": "AAECAwQFBgc", "name": "ann@example.com", "displayName": "ann@example.com"},
		"pubKeyCredParams": []any{
			map[string]any{"type": "public-key", "alg": -8.0},   // EdDSA
			map[string]any{"type": "public-key", "alg": -7.0},   // ES256
			map[string]any{"type": "public-key", "alg": -257.0}, // RS256
		},
		"timeout": 300_000.0, "attestation": "none",
		"authenticatorSelection": map[string]any{
			"residentKey": "preferred", "requireResidentKey": false, "userVerification": "preferred",
		},
		"excludeCredentials": named,
	})

	assertion, _, err := p.beginAssertion(ann, []Passkey{passkey}, now)
	if err != nil {
		t.Fatal(err)
	}
	checkOptions(t, assertion, map[string]any{
		"rpId": "example.com", "timeout": 300_000.0, "userVerification": "preferred", "allowCredentials": named,
	})
}

// checkOptions compares everything but the challenge, which must be there.
func checkOptions(t *testing.T, options json.RawMessage, want map[string]any) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(options, &got); err != nil {
		t.Fatal(err)
	}
	challenge, _ := got["challenge"].(string)
	if raw, err := base64.RawURLEncoding.DecodeString(challenge); err != nil || len(raw) != 32 {
		t.Errorf("challenge %q: %d bytes, %v; want 32", challenge, len(raw), err)
	}
	delete(got, "challenge")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

// The handle is all that a device keeps of a user besides the e-mail address.
func TestPasskeyUserHandle(t *testing.T) {
	p, now, phone := testPasskeys(t), newClock().now(), newDevice(virtualwebauthn.KeyTypeEC2)
	owned := []Passkey{phone.registered(t, p, ann, now)}
	for _, c := range []struct {
		name   string
		handle []byte
		want   error
	}{
		{"absent", nil, nil},
		{"the user's", []byte{0, 1, 2, 3, 4, 5, 6, 7}, nil},
		{"another user's", passkeyOwner{user: bob}.WebAuthnID(), ErrPasskey},
		{"the user's, cut", []byte{0, 1, 2, 3, 4, 5, 6}, ErrPasskey},
	} {
		phone.holder.Options.UserHandle = c.handle
		options, session, err := p.beginAssertion(ann, owned, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.finishAssertion(ann, owned, session, phone.get(t, options), now); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestPasskeyRegistrationIsRefused(t *testing.T) {
	p := testPasskeys(t)
	for name, spoil := range map[string]func(*testing.T, *ceremony, *device){
		unspoiled: func(*testing.T, *ceremony, *device) {},
		"another site": func(t *testing.T, c *ceremony, d *device) {
			d.party.Origin = "https://tracker.example.org"
			c.answer = d.create(t, c.options)
		},
		"another port": func(t *testing.T, c *ceremony, d *device) {
			d.party.Origin = "https://tracker.example.com:8443"
			c.answer = d.create(t, c.options)
		},
		"another scheme": func(t *testing.T, c *ceremony, d *device) {
			d.party.Origin = "http://tracker.example.com"
			c.answer = d.create(t, c.options)
		},
		"a sibling page": func(t *testing.T, c *ceremony, d *device) {
			d.party.Origin = "https://blog.example.com"
			c.answer = d.create(t, c.options)
		},
		"another domain": func(t *testing.T, c *ceremony, d *device) {
			d.party.ID = "tracker.example.com"
			c.answer = d.create(t, c.options)
		},
		"nobody touched the device": func(t *testing.T, c *ceremony, d *device) {
			d.holder.Options.UserNotPresent = true
			c.answer = d.create(t, c.options)
		},
		"the challenge of another ceremony": func(t *testing.T, c *ceremony, d *device) {
			options, _, err := p.beginRegistration(c.user, nil, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.answer = d.create(t, options)
		},
		"an assertion instead": func(t *testing.T, c *ceremony, d *device) { c.answer = d.get(t, c.options) },
		"the session of an assertion": func(t *testing.T, c *ceremony, d *device) {
			options, session, err := p.beginAssertion(c.user, []Passkey{d.registered(t, p, c.user, c.now)}, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.session, c.answer = session, newDevice(virtualwebauthn.KeyTypeEC2).create(t, options)
		},
		"another user's session": func(_ *testing.T, c *ceremony, _ *device) { c.user = bob },
		"expired":                func(_ *testing.T, c *ceremony, _ *device) { c.now = c.now.Add(passkeyLifetime) },
		"too large": func(_ *testing.T, c *ceremony, _ *device) {
			c.answer = append(bytes.Repeat([]byte(" "), maxPasskeyAnswer), c.answer...)
		},
		"trailing data": func(_ *testing.T, c *ceremony, _ *device) { c.answer = append(c.answer, "{}"...) },
	} {
		t.Run(name, func(t *testing.T) {
			c := ceremony{user: ann, now: newClock().now()}
			var err error
			if c.options, c.session, err = p.beginRegistration(c.user, nil, c.now); err != nil {
				t.Fatal(err)
			}
			phone := newDevice(virtualwebauthn.KeyTypeEC2)
			c.answer = phone.create(t, c.options)
			spoil(t, &c, phone)
			passkey, err := p.finishRegistration(c.user, c.session, c.answer, c.now)
			checkRefused(t, passkey, err, name != unspoiled)
		})
	}
}

func TestPasskeyAssertionIsRefused(t *testing.T) {
	p := testPasskeys(t)
	for name, spoil := range map[string]func(*testing.T, *ceremony, *device){
		unspoiled: func(*testing.T, *ceremony, *device) {},
		"another site": func(t *testing.T, c *ceremony, d *device) {
			d.party.Origin = "https://tracker.example.org"
			c.answer = d.get(t, c.options)
		},
		"another domain": func(t *testing.T, c *ceremony, d *device) {
			d.party.ID = "tracker.example.com"
			c.answer = d.get(t, c.options)
		},
		"nobody touched the device": func(t *testing.T, c *ceremony, d *device) {
			d.holder.Options.UserNotPresent = true
			c.answer = d.get(t, c.options)
		},
		"another key": func(t *testing.T, c *ceremony, d *device) {
			d.credential.Key = newDevice(virtualwebauthn.KeyTypeEC2).credential.Key
			c.answer = d.get(t, c.options)
		},
		"a key of another kind": func(t *testing.T, c *ceremony, d *device) {
			d.credential.Key = newDevice(virtualwebauthn.KeyTypeRSA).credential.Key
			c.answer = d.get(t, c.options)
		},
		"the challenge of another ceremony": func(t *testing.T, c *ceremony, d *device) {
			options, _, err := p.beginAssertion(c.user, c.owned, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.answer = d.get(t, options)
		},
		"a registration instead": func(t *testing.T, c *ceremony, d *device) { c.answer = d.create(t, c.options) },
		"the session of a registration": func(t *testing.T, c *ceremony, d *device) {
			options, session, err := p.beginRegistration(c.user, nil, c.now)
			if err != nil {
				t.Fatal(err)
			}
			c.session, c.answer = session, d.get(t, options)
		},
		"another user's passkey": func(t *testing.T, c *ceremony, _ *device) {
			theirs := newDevice(virtualwebauthn.KeyTypeEC2)
			theirs.registered(t, p, bob, c.now)
			c.answer = theirs.get(t, c.options)
		},
		"another user's session": func(t *testing.T, c *ceremony, _ *device) {
			c.user, c.owned = bob, []Passkey{newDevice(virtualwebauthn.KeyTypeEC2).registered(t, p, bob, c.now)}
		},
		"a passkey removed meanwhile": func(_ *testing.T, c *ceremony, _ *device) { c.owned = nil },
		"a passkey added meanwhile": func(t *testing.T, c *ceremony, _ *device) {
			added := newDevice(virtualwebauthn.KeyTypeEC2)
			c.owned = append(c.owned, added.registered(t, p, c.user, c.now))
			c.answer = added.get(t, c.options)
		},
		"expired": func(_ *testing.T, c *ceremony, _ *device) { c.now = c.now.Add(passkeyLifetime) },
		"too large": func(_ *testing.T, c *ceremony, _ *device) {
			c.answer = append(bytes.Repeat([]byte(" "), maxPasskeyAnswer), c.answer...)
		},
		"trailing data": func(_ *testing.T, c *ceremony, _ *device) { c.answer = append(c.answer, "{}"...) },
	} {
		t.Run(name, func(t *testing.T) {
			phone := newDevice(virtualwebauthn.KeyTypeEC2)
			c := ceremony{user: ann, now: newClock().now()}
			c.owned = []Passkey{phone.registered(t, p, ann, c.now)}
			var err error
			if c.options, c.session, err = p.beginAssertion(c.user, c.owned, c.now); err != nil {
				t.Fatal(err)
			}
			c.answer = phone.get(t, c.options)
			spoil(t, &c, phone)
			passkey, err := p.finishAssertion(c.user, c.owned, c.session, c.answer, c.now)
			checkRefused(t, passkey, err, name != unspoiled)
		})
	}
}

func checkRefused(t *testing.T, passkey Passkey, err error, refused bool) {
	t.Helper()
	switch {
	case !refused && err != nil:
		t.Errorf("the good one is refused: %v", err)
	case refused && (!errors.Is(err, ErrPasskey) || passkey.ID != ""):
		t.Errorf("got passkey %q, %v; want ErrPasskey", passkey.ID, err)
	}
}

// A passkey whose counter stands still or goes back may exist twice.
func TestCopiedPasskeyIsRefused(t *testing.T) {
	p, now, phone := testPasskeys(t), newClock().now(), newDevice(virtualwebauthn.KeyTypeEC2)
	phone.credential.Counter = 5
	owned := []Passkey{phone.registered(t, p, ann, now)}
	for _, c := range []struct {
		counter uint32
		want    error
	}{{6, nil}, {6, ErrPasskeyCopied}, {5, ErrPasskeyCopied}, {0, ErrPasskeyCopied}, {7, nil}, {6, ErrPasskeyCopied}} {
		phone.credential.Counter = c.counter
		options, session, err := p.beginAssertion(ann, owned, now)
		if err != nil {
			t.Fatal(err)
		}
		used, err := p.finishAssertion(ann, owned, session, phone.get(t, options), now)
		if !errors.Is(err, c.want) || (err == nil) != (used.ID != "") {
			t.Errorf("counter %d: got passkey %q, %v; want %v", c.counter, used.ID, err, c.want)
		}
		if err == nil {
			owned = []Passkey{used}
		}
	}
}

// The session ends by the clock that is handed in, whatever year it is outside.
func TestPasskeySessionExpires(t *testing.T) {
	p := testPasskeys(t)
	for _, year := range []int{2001, 2201} {
		begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		phone := newDevice(virtualwebauthn.KeyTypeEC2)
		owned := []Passkey{phone.registered(t, p, ann, begin)}
		options, session, err := p.beginAssertion(ann, owned, begin)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := readPasskeySession("webauthn.get", session, begin); err != nil || !data.Expires.IsZero() {
			t.Errorf("the library compares %v with the system's clock; %v", data.Expires, err)
		}
		answer := phone.get(t, options)
		for _, c := range []struct {
			after time.Duration
			want  error
		}{{0, nil}, {5*time.Minute - time.Microsecond, nil}, {5 * time.Minute, ErrPasskey}} {
			if _, err := p.finishAssertion(ann, owned, session, answer, begin.Add(c.after)); !errors.Is(err, c.want) {
				t.Errorf("%d, after %v: got %v, want %v", year, c.after, err, c.want)
			}
		}
	}
}

// What browsers and devices of all kinds do must not be refused.
func TestPasskeyQuirks(t *testing.T) {
	p, now := testPasskeys(t), newClock().now()
	for name, spoil := range map[string]func(*device, map[string]any){
		"no PIN, no fingerprint":    func(d *device, _ map[string]any) { d.holder.Options.UserNotVerified = true },
		"another configured origin": func(d *device, _ map[string]any) { d.party.Origin = "http://localhost:8000" },
		"synced": func(d *device, _ map[string]any) {
			d.holder.Options.BackupEligible, d.holder.Options.BackupState = true, true
		},
		"Safari's unasked appid": func(_ *device, extra map[string]any) {
			extra["clientExtensionResults"] = map[string]any{"appid": false}
		},
		"an unasked credProps": func(_ *device, extra map[string]any) {
			extra["clientExtensionResults"] = map[string]any{"credProps": map[string]any{"rk": true}}
		},
		"members of a later standard": func(_ *device, extra map[string]any) {
			extra["authenticatorAttachment"], extra["later"] = "brain", []any{1, 2}
		},
	} {
		t.Run(name, func(t *testing.T) {
			phone, extra := newDevice(virtualwebauthn.KeyTypeEC2), map[string]any{}
			spoil(phone, extra)
			options, session, err := p.beginRegistration(ann, nil, now)
			if err != nil {
				t.Fatal(err)
			}
			passkey, err := p.finishRegistration(ann, session, withMembers(t, phone.create(t, options), extra), now)
			if err != nil {
				t.Fatalf("registration: %v", err)
			}
			owned := []Passkey{passkey}
			options, session, err = p.beginAssertion(ann, owned, now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.finishAssertion(ann, owned, session, withMembers(t, phone.get(t, options), extra), now); err != nil {
				t.Errorf("assertion: %v", err)
			}
		})
	}
}

func withMembers(t testing.TB, answer []byte, extra map[string]any) []byte {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(answer, &members); err != nil {
		t.Fatal(err)
	}
	maps.Copy(members, extra)
	changed, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestNoPasskeyToProve(t *testing.T) {
	if _, _, err := testPasskeys(t).beginAssertion(ann, nil, newClock().now()); !errors.Is(err, ErrNoPasskey) {
		t.Errorf("got %v, want ErrNoPasskey", err)
	}
}

// What the caller or the store got wrong is no failure of the person.
func TestPasskeyInternalErrors(t *testing.T) {
	p, now, phone := testPasskeys(t), newClock().now(), newDevice(virtualwebauthn.KeyTypeEC2)
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
