package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestPasskeyIsRegisteredAndProved(t *testing.T) {
	t.Parallel()
	for _, key := range []virtualwebauthn.KeyType{virtualwebauthn.KeyTypeEC2, virtualwebauthn.KeyTypeRSA} {
		t.Run(string(key), func(t *testing.T) {
			p, clock, phone := testPasskeys(t), newClock(), newKeeper(key)
			passkey := phone.registered(t, p, ann, clock.now())
			want := Key{
				ID: base64.RawURLEncoding.EncodeToString(phone.credential.ID), UserID: ann.ID,
				Credential: passkey.Credential, CreatedAt: timeline.InstantOf(clock.now()),
			}
			if diff := cmp.Diff(want, passkey); diff != "" {
				t.Errorf("registered (-want +got):\n%s", diff)
			}

			passkey.Name = "phone"
			other := newKeeper(key).registered(t, p, ann, clock.now())
			for _, counter := range []uint32{0, 0, 1, 2, 4_000_000_000} { // synced passkeys stay at 0
				clock.advance(time.Hour)
				phone.credential.Counter = counter
				options, session, err := p.BeginAssertion(ann, []Key{other, passkey}, clock.now())
				if err != nil {
					t.Fatal(err)
				}
				used, err := p.FinishAssertion(ann, []Key{other, passkey}, session, phone.get(t, options), clock.now())
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
	t.Parallel()
	p, now := testPasskeys(t), newClock().now()
	passkey := newKeeper(virtualwebauthn.KeyTypeEC2).registered(t, p, ann, now)
	named := []any{map[string]any{"type": "public-key", "id": passkey.ID}}

	creation, _, err := p.BeginRegistration(ann, []Key{passkey}, now)
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

	assertion, _, err := p.BeginAssertion(ann, []Key{passkey}, now)
	if err != nil {
		t.Fatal(err)
	}
	checkOptions(t, assertion, map[string]any{
		"rpId": "example.com", "timeout": 300_000.0, "userVerification": "preferred", "allowCredentials": named,
	})
}

// checkOptions compares everything except the challenge, which must be there.
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

// The handle is all that an authenticator keeps of a user besides the e-mail address.
func TestPasskeyUserHandle(t *testing.T) {
	t.Parallel()
	p, now, phone := testPasskeys(t), newClock().now(), newKeeper(virtualwebauthn.KeyTypeEC2)
	owned := []Key{phone.registered(t, p, ann, now)}
	for _, c := range []struct {
		name   string
		handle []byte
		want   error
	}{
		{"absent", nil, nil},
		{"the user's", []byte{0, 1, 2, 3, 4, 5, 6, 7}, nil},
		{"another user's", holder{user: bob}.WebAuthnID(), ErrRefused},
		{"the user's, cut", []byte{0, 1, 2, 3, 4, 5, 6}, ErrRefused},
	} {
		phone.holder.Options.UserHandle = c.handle
		options, session, err := p.BeginAssertion(ann, owned, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.FinishAssertion(ann, owned, session, phone.get(t, options), now); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// A passkey whose counter stands still or goes back may exist twice.
func TestCopiedPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	p, now, phone := testPasskeys(t), newClock().now(), newKeeper(virtualwebauthn.KeyTypeEC2)
	phone.credential.Counter = 5
	owned := []Key{phone.registered(t, p, ann, now)}
	for _, c := range []struct {
		counter uint32
		want    error
	}{{6, nil}, {6, ErrCopied}, {5, ErrCopied}, {0, ErrCopied}, {7, nil}, {6, ErrCopied}} {
		phone.credential.Counter = c.counter
		options, session, err := p.BeginAssertion(ann, owned, now)
		if err != nil {
			t.Fatal(err)
		}
		used, err := p.FinishAssertion(ann, owned, session, phone.get(t, options), now)
		if !errors.Is(err, c.want) || (err == nil) != (used.ID != "") {
			t.Errorf("counter %d: got passkey %q, %v; want %v", c.counter, used.ID, err, c.want)
		}
		if err == nil {
			owned = []Key{used}
		}
	}
}

// The session expires by the injected clock, whatever the system's clock says.
func TestPasskeySessionExpires(t *testing.T) {
	t.Parallel()
	p := testPasskeys(t)
	for _, year := range []int{2001, 2201} {
		begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		phone := newKeeper(virtualwebauthn.KeyTypeEC2)
		owned := []Key{phone.registered(t, p, ann, begin)}
		options, session, err := p.BeginAssertion(ann, owned, begin)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := readSession("webauthn.get", session, begin); err != nil || !data.Expires.IsZero() {
			t.Errorf("the library compares %v with the system's clock; %v", data.Expires, err)
		}
		answer := phone.get(t, options)
		for _, c := range []struct {
			after time.Duration
			want  error
		}{{0, nil}, {5*time.Minute - time.Microsecond, nil}, {5 * time.Minute, ErrRefused}} {
			if _, err := p.FinishAssertion(ann, owned, session, answer, begin.Add(c.after)); !errors.Is(err, c.want) {
				t.Errorf("%d, after %v: got %v, want %v", year, c.after, err, c.want)
			}
		}
	}
}

// What various browsers and authenticators do must not be refused.
func TestPasskeyQuirks(t *testing.T) {
	t.Parallel()
	p, now := testPasskeys(t), newClock().now()
	for name, spoil := range map[string]func(*keeper, map[string]any){
		"no PIN, no fingerprint":    func(d *keeper, _ map[string]any) { d.holder.Options.UserNotVerified = true },
		"another configured origin": func(d *keeper, _ map[string]any) { d.party.Origin = "http://localhost:8000" },
		"synced": func(d *keeper, _ map[string]any) {
			d.holder.Options.BackupEligible, d.holder.Options.BackupState = true, true
		},
		"Safari's unasked appid": func(_ *keeper, extra map[string]any) {
			extra["clientExtensionResults"] = map[string]any{"appid": false}
		},
		"an unasked credProps": func(_ *keeper, extra map[string]any) {
			extra["clientExtensionResults"] = map[string]any{"credProps": map[string]any{"rk": true}}
		},
		"members of a later standard": func(_ *keeper, extra map[string]any) {
			extra["authenticatorAttachment"], extra["later"] = "brain", []any{1, 2}
		},
	} {
		t.Run(name, func(t *testing.T) {
			phone, extra := newKeeper(virtualwebauthn.KeyTypeEC2), map[string]any{}
			spoil(phone, extra)
			options, session, err := p.BeginRegistration(ann, nil, now)
			if err != nil {
				t.Fatal(err)
			}
			passkey, err := p.FinishRegistration(ann, session, withMembers(t, phone.create(t, options), extra), now)
			if err != nil {
				t.Fatalf("registration: %v", err)
			}
			owned := []Key{passkey}
			options, session, err = p.BeginAssertion(ann, owned, now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.FinishAssertion(ann, owned, session, withMembers(t, phone.get(t, options), extra), now); err != nil {
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
