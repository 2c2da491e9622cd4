package account_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const deviceVerifier = "a verifier of a widget: 43 characters or more"

// userscript returns a widget that wants to be connected.
func userscript() account.Pairing {
	return account.Pairing{Challenge: challengeOf(deviceVerifier), Name: "Firefox at home", Kind: account.Userscript}
}

// challengeOf returns the challenge of a verifier (RFC 7636 section 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (h *house) code(t testing.TB) string {
	t.Helper()
	code, err := h.StartPairing(t.Context(), h.user, userscript(), goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (h *house) connect(t testing.TB) account.Granted {
	t.Helper()
	granted, err := h.ConnectDevice(t.Context(), h.code(t), deviceVerifier, "203.0.113.7")
	if err != nil {
		t.Fatal(err)
	}
	return granted
}

func (h *house) refresh(t testing.TB, presented string) (account.Granted, error) {
	return h.RefreshDevice(t.Context(), presented, "203.0.113.8")
}

// kinds returns the kinds of the newest entries of the security log, newest first.
func (h *house) kinds(n int) []account.SecurityKind {
	var kinds []account.SecurityKind
	for _, e := range slices.Backward(h.store.noted()) {
		if e.UserID == h.user.ID && len(kinds) < n {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

func TestConnectDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	granted := h.connect(t)
	user, ref, err := h.Authenticate(t.Context(), granted.Access)
	if err != nil || user.ID != h.user.ID || ref.DeviceID != granted.DeviceID {
		t.Fatalf("the access token is of user %d, %+v, %v", user.ID, ref, err)
	}
	if _, ref, err := h.Authenticate(t.Context(), h.token); err != nil || ref.DeviceID != "" {
		t.Errorf("a login is of the device %q, %v", ref.DeviceID, err)
	}
	devices, err := h.Devices(t.Context(), h.user.ID)
	if err != nil || len(devices) != 1 {
		t.Fatalf("%d devices, %v", len(devices), err)
	}
	d := devices[0]
	if d.ID != granted.DeviceID || d.Name != userscript().Name || d.Kind != account.Userscript || d.LastAddress != "203.0.113.7" || d.LastUsedAt != d.CreatedAt || d.CreatedAt == 0 {
		t.Errorf("the device is %+v", d)
	}
	for _, file := range []string{h.file, h.file + "-wal"} {
		if stored, err := os.ReadFile(file); err != nil || bytes.Contains(stored, []byte(granted.Refresh)) {
			t.Errorf("%s: the refresh token is stored in clear, or %v", file, err)
		}
	}
	if got := h.kinds(1); !slices.Equal(got, []account.SecurityKind{account.DeviceConnected}) {
		t.Errorf("noted %v", got)
	}
	h.advance(token.DeviceLifetime)
	_, _, err = h.Authenticate(t.Context(), granted.Access)
	expectError(t, "past its end", err, account.ErrUnauthenticated)
}

// A code is good once, for its verifier, for five minutes, and while the user has the
// password that they had when it was made.
func TestPairingCodeRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		verifier string
		between  func(t *testing.T, h *house, code string)
	}{
		{"another verifier", deviceVerifier + "x", func(*testing.T, *house, string) {}},
		{"the challenge as verifier", challengeOf(deviceVerifier), func(*testing.T, *house, string) {}},
		{"no verifier", "", func(*testing.T, *house, string) {}},
		{"used", deviceVerifier, func(t *testing.T, h *house, code string) {
			if _, err := h.ConnectDevice(t.Context(), code, deviceVerifier, ""); err != nil {
				t.Fatal(err)
			}
		}},
		{"past", deviceVerifier, func(_ *testing.T, h *house, _ string) { h.advance(account.PairingLifetime) }},
		{"another password since", deviceVerifier, func(t *testing.T, h *house, _ string) {
			if _, err := h.ResetPassword(t.Context(), h.user.Email, account.By{}); err != nil {
				t.Fatal(err)
			}
		}},
		{"disabled since", deviceVerifier, func(t *testing.T, h *house, _ string) {
			if err := h.SetActive(t.Context(), h.user.Email, false, account.By{}); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			code := h.code(t)
			test.between(t, h, code)
			before := h.count(t, "devices")
			_, err := h.ConnectDevice(t.Context(), code, test.verifier, "")
			expectError(t, "connecting", err, account.ErrDeviceCredential)
			if h.count(t, "devices") != before {
				t.Error("a device was connected")
			}
		})
	}
	h := newHouse(t)
	_, err := h.ConnectDevice(t.Context(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", deviceVerifier, "")
	expectError(t, "a code that was made up", err, account.ErrDeviceCredential)
	code := h.code(t)
	_, err = h.ConnectDevice(t.Context(), code, "of somebody who has seen the code", "")
	expectError(t, "a guess", err, account.ErrDeviceCredential)
	if _, err := h.ConnectDevice(t.Context(), code, deviceVerifier, ""); err != nil {
		t.Errorf("a guess has spoilt the code: %v", err)
	}
}

func TestPairingRefusesBadInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, change := range map[string]func(*account.Pairing){
		"no name":              func(p *account.Pairing) { p.Name = " " },
		"a long name":          func(p *account.Pairing) { p.Name = strings.Repeat("é", 60+1) },
		"a name of two lines":  func(p *account.Pairing) { p.Name = "a\nb" },
		"another kind":         func(p *account.Pairing) { p.Kind = "toaster" },
		"no challenge":         func(p *account.Pairing) { p.Challenge = "" },
		"a short challenge":    func(p *account.Pairing) { p.Challenge = p.Challenge[1:] },
		"a challenge in hex":   func(p *account.Pairing) { p.Challenge = strings.Repeat("0a", 32) },
		"a challenge with +":   func(p *account.Pairing) { p.Challenge = "+" + p.Challenge[1:] },
		"a line break in it":   func(p *account.Pairing) { p.Challenge = "\n" + p.Challenge[1:] },
		"bits left over in it": func(p *account.Pairing) { p.Challenge = p.Challenge[:42] + "B" },
	} {
		pairing := userscript()
		change(&pairing)
		if _, err := h.StartPairing(t.Context(), h.user, pairing, goodPassword, h.by); err == nil || h.count(t, "ceremonies") > 0 {
			t.Errorf("%s: %v, and %d codes", name, err, h.count(t, "ceremonies"))
		}
	}
	longest := userscript()
	longest.Name = strings.Repeat("é", 60)
	if _, err := h.StartPairing(t.Context(), h.user, longest, goodPassword, h.by); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}

// A user without a password confirms with a fresh login, as for other changes.
func TestPairingIsConfirmed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pair := func(given string, by account.By) error {
		_, err := h.StartPairing(t.Context(), h.user, userscript(), given, by)
		return err
	}
	_, login, err := h.Authenticate(t.Context(), h.token)
	if err != nil {
		t.Fatal(err)
	}
	by := account.By{UserID: h.user.ID, Login: login}
	if err := pair("a guess", by); !isFieldError(err, "password") || h.count(t, "ceremonies") > 0 {
		t.Errorf("a wrong password: %v, and %d codes", err, h.count(t, "ceremonies"))
	}
	h.exec(t, "UPDATE users SET password_hash = ''")
	if err := pair("", by); err != nil {
		t.Errorf("without a password, after a fresh login: %v", err)
	}
	h.advance(10*time.Minute + time.Second)
	if err := pair("", by); !errors.Is(err, account.ErrLogInAgain) {
		t.Errorf("without a password, after an old login: got %v, want ErrLogInAgain", err)
	}
}

func isFieldError(err error, field string) bool {
	fields, ok := errors.AsType[fault.FieldErrors](err)
	return ok && len(fields) == 1 && fields[0].Field == field
}
