package account

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

const deviceVerifier = "a verifier of a widget: 43 characters or more"

// pairer is a user who connects widgets.
type pairer struct {
	*Service
	store *fakeStore
	clock *clock
	user  User
	login string // token
}

func newPairer(t testing.TB) *pairer {
	t.Helper()
	service, store, clock := newTestService(t)
	login, err := service.Register(t.Context(), Registration{Email: "ann@example.com", Password: "Kestrel-orbit-7-Lumen!"})
	if err != nil {
		t.Fatal(err)
	}
	return &pairer{Service: service, store: store, clock: clock, user: login.User, login: login.Token}
}

func phone() Pairing {
	return Pairing{Challenge: challengeOf(deviceVerifier), Name: "Firefox at home", Kind: Userscript}
}

func (p *pairer) code(t testing.TB) string {
	t.Helper()
	code, err := p.StartPairing(t.Context(), p.user, phone())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (p *pairer) connect(t testing.TB) Granted {
	t.Helper()
	granted, err := p.ConnectDevice(t.Context(), p.code(t), deviceVerifier, "203.0.113.7")
	if err != nil {
		t.Fatal(err)
	}
	return granted
}

func (p *pairer) refresh(t testing.TB, presented string) (Granted, error) {
	return p.RefreshDevice(t.Context(), presented, "203.0.113.8")
}

// kinds are the newest entries of the security log, newest first.
func (p *pairer) kinds(t testing.TB, n int) []SecurityKind {
	t.Helper()
	events, err := p.SecurityEvents(t.Context(), p.user.ID, n)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []SecurityKind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func expectDenied(t testing.TB, what string, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestConnectDevice(t *testing.T) {
	p := newPairer(t)
	granted := p.connect(t)
	user, ref, err := p.Authenticate(t.Context(), granted.Access)
	if err != nil || user.ID != p.user.ID || ref.DeviceID != granted.DeviceID {
		t.Fatalf("the access token is of user %d, %+v, %v", user.ID, ref, err)
	}
	if _, ref, err := p.Authenticate(t.Context(), p.login); err != nil || ref.DeviceID != "" {
		t.Errorf("a login is of the device %q, %v", ref.DeviceID, err)
	}
	devices, err := p.Devices(t.Context(), p.user.ID)
	if err != nil || len(devices) != 1 {
		t.Fatalf("%d devices, %v", len(devices), err)
	}
	d := devices[0]
	if d.ID != granted.DeviceID || d.Name != phone().Name || d.Kind != Userscript || d.LastAddress != "203.0.113.7" || d.LastUsedAt != d.CreatedAt || d.CreatedAt == 0 {
		t.Errorf("the device is %+v", d)
	}
	if strings.Contains(fmt.Sprint(p.store.devices, p.store.ceremonies), granted.Refresh) {
		t.Error("the refresh token is stored in clear")
	}
	if got := p.kinds(t, 1); !slices.Equal(got, []SecurityKind{DeviceConnected}) {
		t.Errorf("noted %v", got)
	}
	p.clock.advance(token.DeviceLifetime)
	_, _, err = p.Authenticate(t.Context(), granted.Access)
	expectDenied(t, "past its end", err, ErrUnauthenticated)
}

// A code is good once, for its verifier, for five minutes, and for the password with
// which it was made.
func TestPairingCodeRefused(t *testing.T) {
	tests := []struct {
		name     string
		verifier string
		between  func(t *testing.T, p *pairer, code string)
	}{
		{"another verifier", deviceVerifier + "x", func(*testing.T, *pairer, string) {}},
		{"the challenge as verifier", challengeOf(deviceVerifier), func(*testing.T, *pairer, string) {}},
		{"no verifier", "", func(*testing.T, *pairer, string) {}},
		{"used", deviceVerifier, func(t *testing.T, p *pairer, code string) {
			if _, err := p.ConnectDevice(t.Context(), code, deviceVerifier, ""); err != nil {
				t.Fatal(err)
			}
		}},
		{"past", deviceVerifier, func(_ *testing.T, p *pairer, _ string) { p.clock.advance(PairingLifetime) }},
		{"another password since", deviceVerifier, func(t *testing.T, p *pairer, _ string) {
			if _, err := p.ResetPassword(t.Context(), p.user.Email, By{}); err != nil {
				t.Fatal(err)
			}
		}},
		{"disabled since", deviceVerifier, func(t *testing.T, p *pairer, _ string) {
			if err := p.SetActive(t.Context(), p.user.Email, false, By{}); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPairer(t)
			code := p.code(t)
			test.between(t, p, code)
			before := len(p.store.devices)
			_, err := p.ConnectDevice(t.Context(), code, test.verifier, "")
			expectDenied(t, "connecting", err, ErrDeviceCredential)
			if len(p.store.devices) != before {
				t.Error("a device was connected")
			}
		})
	}
	p := newPairer(t)
	_, err := p.ConnectDevice(t.Context(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", deviceVerifier, "")
	expectDenied(t, "a code that was made up", err, ErrDeviceCredential)
	code := p.code(t)
	_, err = p.ConnectDevice(t.Context(), code, "of somebody who has seen the code", "")
	expectDenied(t, "a guess", err, ErrDeviceCredential)
	if _, err := p.ConnectDevice(t.Context(), code, deviceVerifier, ""); err != nil {
		t.Errorf("a guess has spoilt the code: %v", err)
	}
}

func TestPairingRefusesBadInput(t *testing.T) {
	p := newPairer(t)
	for name, change := range map[string]func(*Pairing){
		"no name":              func(p *Pairing) { p.Name = " " },
		"a long name":          func(p *Pairing) { p.Name = strings.Repeat("é", maxDeviceName+1) },
		"a name of two lines":  func(p *Pairing) { p.Name = "a\nb" },
		"another kind":         func(p *Pairing) { p.Kind = "toaster" },
		"no challenge":         func(p *Pairing) { p.Challenge = "" },
		"a short challenge":    func(p *Pairing) { p.Challenge = p.Challenge[1:] },
		"a challenge in hex":   func(p *Pairing) { p.Challenge = strings.Repeat("0a", 32) },
		"a challenge with +":   func(p *Pairing) { p.Challenge = "+" + p.Challenge[1:] },
		"a line break in it":   func(p *Pairing) { p.Challenge = "\n" + p.Challenge[1:] },
		"bits left over in it": func(p *Pairing) { p.Challenge = p.Challenge[:42] + "B" },
	} {
		pairing := phone()
		change(&pairing)
		if _, err := p.StartPairing(t.Context(), p.user, pairing); err == nil || len(p.store.ceremonies) > 0 {
			t.Errorf("%s: %v, and %d codes", name, err, len(p.store.ceremonies))
		}
	}
	longest := phone()
	longest.Name = strings.Repeat("é", maxDeviceName)
	if _, err := p.StartPairing(t.Context(), p.user, longest); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}

func TestAtMostTwentyDevices(t *testing.T) {
	p := newPairer(t)
	var last Granted
	for range maxDevices - 1 {
		last = p.connect(t)
	}
	one, two := p.code(t), p.code(t)
	if _, err := p.ConnectDevice(t.Context(), one, deviceVerifier, ""); err != nil {
		t.Fatal(err)
	}
	_, err := p.ConnectDevice(t.Context(), two, deviceVerifier, "")
	expectDenied(t, "one more by a code from before", err, ErrTooManyDevices)
	_, err = p.StartPairing(t.Context(), p.user, phone())
	expectDenied(t, "one more", err, ErrTooManyDevices)
	if err := p.DisconnectDevice(t.Context(), p.user.ID, last.DeviceID, By{}); err != nil {
		t.Fatal(err)
	}
	p.connect(t)
	p.clock.advance(deviceUnusedEnds + time.Second)
	p.connect(t) // those that have ended do not count
}

func TestDeviceEnds(t *testing.T) {
	ends := map[string]func(t *testing.T, p *pairer, g Granted){
		"disconnected": func(t *testing.T, p *pairer, g Granted) {
			if err := p.DisconnectDevice(t.Context(), p.user.ID, g.DeviceID, By{UserID: p.user.ID}); err != nil {
				t.Fatal(err)
			}
			if got := p.kinds(t, 1); !slices.Equal(got, []SecurityKind{DeviceDisconnected}) {
				t.Errorf("noted %v", got)
			}
		},
		"another password": func(t *testing.T, p *pairer, _ Granted) {
			if _, err := p.ChangePassword(t.Context(), p.user.ID, "Kestrel-orbit-7-Lumen!", "Another-Path-2027", By{UserID: p.user.ID}); err != nil {
				t.Fatal(err)
			}
		},
		"logged out everywhere else": func(t *testing.T, p *pairer, _ Granted) {
			here := TokenRef{UserID: p.user.ID, ID: "of this browser"}
			if err := p.LogoutOthers(t.Context(), here, "Kestrel-orbit-7-Lumen!", By{UserID: p.user.ID}); err != nil {
				t.Fatal(err)
			}
		},
		"reset": func(t *testing.T, p *pairer, _ Granted) {
			if _, err := p.ResetPassword(t.Context(), p.user.Email, By{}); err != nil {
				t.Fatal(err)
			}
		},
		"disabled and enabled": func(t *testing.T, p *pairer, _ Granted) {
			for _, active := range []bool{false, true} {
				if err := p.SetActive(t.Context(), p.user.Email, active, By{}); err != nil {
					t.Fatal(err)
				}
			}
		},
		"unused": func(_ *testing.T, p *pairer, _ Granted) { p.clock.advance(deviceUnusedEnds + time.Microsecond) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			p := newPairer(t)
			granted := p.connect(t)
			end(t, p, granted)
			_, _, err := p.Authenticate(t.Context(), granted.Access)
			expectDenied(t, "the access token", err, ErrUnauthenticated)
			_, err = p.refresh(t, granted.Refresh)
			expectDenied(t, "the refresh token", err, ErrDeviceCredential)
			if devices, err := p.Devices(t.Context(), p.user.ID); err != nil || len(devices) > 0 {
				t.Errorf("listed: %v, %v", devices, err)
			}
			if slices.Contains(p.kinds(t, 100), DeviceReused) {
				t.Error("noted as a theft")
			}
		})
	}
}

// Another role, a logout and another user's wish change nothing.
func TestDeviceStays(t *testing.T) {
	p := newPairer(t)
	granted := p.connect(t)
	if err := p.SetRole(t.Context(), p.user.Email, RoleAdmin, By{}); err != nil {
		t.Fatal(err)
	}
	_, ref, err := p.Authenticate(t.Context(), p.login)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Logout(t.Context(), ref, ""); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", granted.DeviceID} {
		err := p.DisconnectDevice(t.Context(), p.user.ID+1, id, By{})
		expectDenied(t, "another's wish", err, ErrUnknownDevice)
	}
	if _, _, err := p.Authenticate(t.Context(), granted.Access); err != nil {
		t.Error(err)
	}
	p.clock.advance(deviceUnusedEnds)
	if _, err := p.refresh(t, granted.Refresh); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	if err := p.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if devices, err := p.Devices(t.Context(), p.user.ID); err != nil || len(devices) != 1 || devices[0].LastAddress != "203.0.113.8" {
		t.Errorf("devices %+v, %v", devices, err)
	}
	p.clock.advance(deviceUnusedEnds + 2*token.ClockLeeway)
	if err := p.DeleteExpired(t.Context()); err != nil || len(p.store.devices) > 0 {
		t.Errorf("%d devices are left, %v", len(p.store.devices), err)
	}
}

// No text but a token of ours does anything to a device.
func TestForgedRefreshTokens(t *testing.T) {
	p := newPairer(t)
	granted := p.connect(t)
	raw, err := base64.RawURLEncoding.DecodeString(granted.Refresh)
	if err != nil || len(granted.Refresh) != 160 {
		t.Fatalf("a token of %d characters, %v", len(granted.Refresh), err)
	}
	forged := map[string]string{
		"nothing": "", "a word": "x", "an access token": granted.Access, "cut": granted.Refresh[1:], "longer": granted.Refresh + "A",
		"a line break": granted.Refresh[:100] + "\n" + granted.Refresh[101:],
		"wrong key":    token.NewRefreshTokens(mustKeys(t, "another", "")).Issue(p.user.ID, granted.DeviceID, token.Hash{}),
	}
	for i := range raw {
		changed := slices.Clone(raw)
		changed[i] ^= 1
		forged[fmt.Sprintf("byte %d changed", i)] = base64.RawURLEncoding.EncodeToString(changed)
	}
	for name, text := range forged {
		_, err := p.refresh(t, text)
		expectDenied(t, name, err, ErrDeviceCredential)
		if key := p.RefreshKey(text); key != "" {
			t.Errorf("%s: counted for the device %s", name, key)
		}
	}
	if key := p.RefreshKey(granted.Refresh); key != granted.DeviceID {
		t.Errorf("a good one is counted for %q", key)
	}
	if _, err := p.refresh(t, granted.Refresh); err != nil {
		t.Errorf("the good one afterwards: %v", err)
	}
}

// token.RefreshTokens as a table: what is presented after what, and whether it is good.
func TestRefreshChain(t *testing.T) {
	tests := []struct {
		name string
		// Each step presents a token by its name, and names the one that it gets. The
		// first is "a".
		steps  []string
		reused bool // the last step
	}{
		{"a chain", []string{"a b", "b c", "c d"}, false},
		{"an answer is lost", []string{"a -", "a b", "b c"}, false},
		{"many answers are lost", []string{"a -", "a -", "a -", "a b", "b -", "b -", "b c", "c d"}, false},
		{"a late answer to an overtaken request is the one that is used", []string{"a b", "a c", "b d", "d e"}, false},
		{"the newest of two answers is used", []string{"a b", "a c", "c d", "d e"}, false},
		{"a retry after the next was presented", []string{"a b", "b c", "a -"}, true},
		{"a retry long after", []string{"a b", "b c", "c d", "a -"}, true},
		{"both children are presented", []string{"a b", "a c", "b d", "c -"}, true},
		{"a grandchild of the child that lost", []string{"a b", "b c", "b d", "d e", "c -"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPairer(t)
			granted := p.connect(t)
			tokens := map[string]string{"a": granted.Refresh}
			for i, step := range test.steps {
				presented, got, _ := strings.Cut(step, " ")
				next, err := p.refresh(t, tokens[presented])
				if i == len(test.steps)-1 && test.reused {
					expectDenied(t, step, err, ErrDeviceCredential)
					break
				}
				if err != nil {
					t.Fatalf("step %d, %s: %v", i, step, err)
				}
				if next.DeviceID != granted.DeviceID || next.Refresh == tokens[presented] {
					t.Errorf("step %d: got %+v", i, next)
				}
				if _, _, err := p.Authenticate(t.Context(), next.Access); err != nil {
					t.Errorf("step %d: the access token: %v", i, err)
				}
				tokens[got] = next.Refresh
			}
			_, _, err := p.Authenticate(t.Context(), granted.Access)
			if ended := err != nil; ended != test.reused || slices.Contains(p.kinds(t, 3), DeviceReused) != test.reused {
				t.Errorf("ended %t, noted %v", ended, p.kinds(t, 3))
			}
		})
	}
}

// answer is one that is on its way to a widget.
type answer struct {
	to    string // token that was presented
	token string
}

// An honest widget presents the token of the newest answer that reached it and asks
// again until one does. Its answers may be lost, late, or overtake each other: it is
// never locked out. As soon as anybody presents a token that it has passed, both are.
func TestHonestWidgetIsNeverLockedOut(t *testing.T) {
	p := newPairer(t)
	rapid.Check(t, func(r *rapid.T) {
		clear(p.store.devices)
		held := p.connect(t).Refresh
		var passed []string // tokens that it went on from, and whose children were presented
		var way []answer
		advanced := false // the present one was presented
		steps := rapid.IntRange(1, 30).Draw(r, "steps")
		for range steps {
			if !rapid.Bool().Draw(r, "an answer comes in") || len(way) == 0 {
				granted, err := p.refresh(t, held)
				if err != nil {
					r.Fatalf("locked out: %v", err)
				}
				advanced = true
				way = append(way, answer{to: held, token: granted.Refresh})
				continue
			}
			i := rapid.IntRange(0, len(way)-1).Draw(r, "which")
			came := way[i]
			way = slices.Delete(way, i, i+1)
			// An answer to what it does not ask any more is dropped.
			if came.to == held && !rapid.Bool().Draw(r, "it is lost") {
				passed, held, advanced = append(passed, held), came.token, false
			}
		}
		if !advanced { // what it has gone on from is passed when it presents the next
			if _, err := p.refresh(t, held); err != nil {
				r.Fatalf("locked out at the end: %v", err)
			}
		}
		if len(passed) == 0 {
			return
		}
		_, err := p.refresh(t, rapid.SampledFrom(passed).Draw(r, "stolen"))
		if !errors.Is(err, ErrDeviceCredential) {
			r.Fatalf("a thief's old token: %v", err)
		}
		if _, err := p.refresh(t, held); !errors.Is(err, ErrDeviceCredential) {
			r.Fatalf("the device goes on after a theft: %v", err)
		}
	})
}
