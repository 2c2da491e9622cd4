package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
)

const (
	goodPassword = "Tracker-2026-ü"
	annsEmail    = "ann@example.com"
	address      = "192.0.2.1"
	origin       = "https://tracker.example.com"
	domain       = "tracker.example.com"
)

// house is the use cases on a real database and a clock that the test moves.
type house struct {
	*account.Service
	store    *store.Store
	now      time.Time
	provider *fakeProvider
	user     account.User
	by       account.By
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:///"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{
		store: db, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC),
		provider: &fakeProvider{identities: map[string]account.Identity{}},
	}
	h.Service = h.service(t, "secret", "")
	login, err := h.Register(t.Context(), account.Registration{Email: annsEmail, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	h.user, h.by = login.User, account.By{UserID: login.User.ID, Address: address}
	return h
}

// service is a replica with these keys.
func (h *house) service(t *testing.T, key, previous string) *account.Service {
	t.Helper()
	return h.replica(t, key, previous, domain)
}

// withPasskeysOf is the server at another address.
func (h *house) withPasskeysOf(t *testing.T, domain string) *account.Service {
	t.Helper()
	return h.replica(t, "secret", "", domain)
}

func (h *house) replica(t *testing.T, key, previous, domain string) *account.Service {
	t.Helper()
	keys, err := token.NewKeys(key, previous)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return h.now }
	service, err := account.New(account.Options{
		Store: h.store, Counters: h.store.Counters(now), Keys: keys, Now: now, Composition: true,
		Log: slog.New(slog.DiscardHandler), Provider: h.provider,
		Passkeys: account.PasskeyOptions{RPID: domain, RPName: "test", Origins: []string{origin}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// password is the first step of a login; it returns the second one's challenge.
func (h *house) password(t *testing.T) *account.SecondFactorRequired {
	t.Helper()
	_, err := h.Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address})
	var required *account.SecondFactorRequired
	if !errors.As(err, &required) {
		t.Fatalf("got %v, want it to ask for a second factor", err)
	}
	return required
}

// app is an authenticator app.
type app struct{ secret string }

func (a app) code(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCodeCustom(a.secret, at, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withApp turns the second factor on, and lets the time of the code pass.
func (h *house) withApp(t *testing.T) (app, []string) {
	t.Helper()
	setup, err := h.StartTOTP(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	phone := app{setup.Secret}
	codes, err := h.ConfirmTOTP(t.Context(), h.user.ID, phone.code(t, h.now), h.by)
	if err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
	return phone, codes
}

func expectError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func expectWait(t *testing.T, what string, err error, want time.Duration) {
	t.Helper()
	var throttled *fault.Throttled
	if !errors.As(err, &throttled) || throttled.RetryAfter != want {
		t.Errorf("%s: got %v, want a wait of %s", what, err, want)
	}
}

func TestLoginWithApp(t *testing.T) {
	h := newHouse(t)
	phone, codes := h.withApp(t)
	if len(codes) != 10 {
		t.Errorf("%d recovery codes, want 10", len(codes))
	}
	required := h.password(t)
	if want := []string{account.MethodTOTP, account.MethodRecovery}; !slices.Equal(required.Methods, want) {
		t.Errorf("methods %v, want %v", required.Methods, want)
	}
	_, err := h.LoginWithCode(t.Context(), required.Challenge, "000000", address)
	expectError(t, "a wrong code", err, account.ErrCode)
	code := phone.code(t, h.now)
	login, err := h.LoginWithCode(t.Context(), required.Challenge, code, address)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), login.Token); err != nil {
		t.Errorf("the token: %v", err)
	}
	_, err = h.LoginWithCode(t.Context(), required.Challenge, phone.code(t, h.now.Add(30*time.Second)), address)
	expectError(t, "the same challenge again", err, account.ErrUnknownCeremony)
	_, err = h.LoginWithCode(t.Context(), h.password(t).Challenge, code, address)
	expectError(t, "the same code again", err, account.ErrCode)
	h.now = h.now.Add(30 * time.Second)
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), address); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestAppCountsOnlyWhenConfirmed(t *testing.T) {
	h := newHouse(t)
	setup, err := h.StartTOTP(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	login := func() error {
		_, err := h.Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address})
		return err
	}
	if err := login(); err != nil {
		t.Errorf("not confirmed: %v", err)
	}
	_, err = h.ConfirmTOTP(t.Context(), h.user.ID, "123", h.by)
	expectError(t, "a wrong code", err, account.ErrCode)
	again, err := h.StartTOTP(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ConfirmTOTP(t.Context(), h.user.ID, app{setup.Secret}.code(t, h.now), h.by)
	expectError(t, "a code of the first try", err, account.ErrCode)
	if _, err := h.ConfirmTOTP(t.Context(), h.user.ID, app{again.Secret}.code(t, h.now), h.by); err != nil {
		t.Fatal(err)
	}
	var required *account.SecondFactorRequired
	if err := login(); !errors.As(err, &required) {
		t.Errorf("confirmed: %v", err)
	}
	_, err = h.StartTOTP(t.Context(), h.user.ID, goodPassword, h.by)
	expectError(t, "a second app", err, account.ErrFactorExists)
	expectError(t, "removing with a wrong password", h.RemoveTOTP(t.Context(), h.user.ID, "wrong", h.by), fault.ErrInvalid)
	if err := h.RemoveTOTP(t.Context(), h.user.ID, goodPassword, h.by); err != nil {
		t.Fatal(err)
	}
	if err := login(); err != nil {
		t.Errorf("removed: %v", err)
	}
	if factors, err := h.Factors(t.Context(), h.user.ID); err != nil || factors.RecoveryCodes != 0 {
		t.Errorf("left: %+v, %v", factors, err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	h := newHouse(t)
	_, codes := h.withApp(t)
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, " "+strings.ToUpper(codes[3])+" ", address); err != nil {
		t.Fatal(err)
	}
	_, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, codes[3], address)
	expectError(t, "a used code", err, account.ErrCode)
	if factors, err := h.Factors(t.Context(), h.user.ID); err != nil || factors.RecoveryCodes != 9 {
		t.Errorf("left: %+v, %v", factors, err)
	}
	fresh, err := h.NewRecoveryCodes(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.LoginWithCode(t.Context(), h.password(t).Challenge, codes[4], address)
	expectError(t, "a code of before", err, account.ErrCode)
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, fresh[0], address); err != nil {
		t.Errorf("a new code: %v", err)
	}
}

// A code works once, however many ask at the same time.
func TestCodesAtOnce(t *testing.T) {
	h := newHouse(t)
	phone, _ := h.withApp(t)
	challenges := []string{h.password(t).Challenge, h.password(t).Challenge}
	code := phone.code(t, h.now)
	var group sync.WaitGroup
	errs := make([]error, len(challenges))
	for i, challenge := range challenges {
		group.Go(func() { _, errs[i] = h.LoginWithCode(context.Background(), challenge, code, address) })
	}
	group.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("outcomes %v, want one login", errs)
	}
}

// Who knows the password cannot guess codes without end, and a new challenge for each
// guess does not help.
func TestCodesAreThrottled(t *testing.T) {
	h := newHouse(t)
	phone, _ := h.withApp(t)
	for range 3 {
		_, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, "000000", address)
		expectError(t, "a wrong code", err, account.ErrCode)
	}
	challenge := h.password(t).Challenge
	_, err := h.LoginWithCode(t.Context(), challenge, phone.code(t, h.now), address)
	expectWait(t, "after three wrong ones", err, 30*time.Second)
	h.now = h.now.Add(30 * time.Second)
	if _, err := h.LoginWithCode(t.Context(), challenge, phone.code(t, h.now), address); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// What the first step has verified must still hold at the second.
func TestSecondStepRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(t *testing.T, h *house)
		want      error
	}{
		"too late": {func(_ *testing.T, h *house) { h.now = h.now.Add(5 * time.Minute) }, account.ErrUnknownCeremony},
		"the password was reset": {func(t *testing.T, h *house) {
			if _, err := h.ResetPassword(t.Context(), annsEmail, h.by); err != nil {
				t.Fatal(err)
			}
		}, account.ErrUnknownCeremony},
		"the user was disabled": {func(t *testing.T, h *house) {
			if err := h.SetActive(t.Context(), annsEmail, false, account.By{}); err != nil {
				t.Fatal(err)
			}
		}, account.ErrUnknownCeremony},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			phone, _ := h.withApp(t)
			challenge := h.password(t).Challenge
			c.meanwhile(t, h)
			_, err := h.LoginWithCode(t.Context(), challenge, phone.code(t, h.now), address)
			expectError(t, name, err, c.want)
		})
	}
	h := newHouse(t)
	for _, challenge := range []string{"", "x", strings.Repeat("A", 26)} {
		_, err := h.LoginWithCode(t.Context(), challenge, "000000", address)
		expectError(t, "challenge "+challenge, err, account.ErrUnknownCeremony)
	}
}

// A change of the server's key loses nobody's authenticator app, also after the
// previous key is gone.
func TestAppSurvivesKeyRotation(t *testing.T) {
	h := newHouse(t)
	phone, _ := h.withApp(t)
	h.Service = h.service(t, "another secret", "secret")
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), address); err != nil {
		t.Errorf("with the previous key at hand: %v", err)
	}
	if err := h.Reseal(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
	h.Service = h.service(t, "another secret", "")
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), address); err != nil {
		t.Errorf("without the previous key: %v", err)
	}
}

// One secret that cannot be opened does not keep the others from being sealed anew.
func TestResealGoesOn(t *testing.T) {
	h := newHouse(t)
	lost, err := h.Register(t.Context(), account.Registration{Email: "lost@example.com", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.PutTOTP(t.Context(), lost.User.ID, "sealed with a key that is gone"); err != nil {
		t.Fatal(err)
	}
	phone, _ := h.withApp(t)
	h.Service = h.service(t, "another secret", "secret")
	if err := h.Reseal(t.Context()); err == nil {
		t.Error("the lost secret is not reported")
	}
	h.Service = h.service(t, "another secret", "")
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), address); err != nil {
		t.Errorf("the other secret: %v", err)
	}
}

// While the key changes, replicas of either key accept each other's tokens, in the
// order that docs/operations.md gives.
func TestRollingKeyRotation(t *testing.T) {
	h := newHouse(t)
	steps := [][2]string{{"secret", ""}, {"secret", "another secret"}, {"another secret", "secret"}, {"another secret", ""}}
	for i := range len(steps) - 1 {
		before, after := h.service(t, steps[i][0], steps[i][1]), h.service(t, steps[i+1][0], steps[i+1][1])
		for name, replicas := range map[string][2]*account.Service{"old to new": {before, after}, "new to old": {after, before}} {
			login, err := replicas[0].Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := replicas[1].Authenticate(t.Context(), login.Token); err != nil {
				t.Errorf("step %d, %s: %v", i+1, name, err)
			}
		}
	}
}

// browser holds one passkey.
type browser struct {
	party      virtualwebauthn.RelyingParty
	holder     virtualwebauthn.Authenticator
	credential virtualwebauthn.Credential
}

func newBrowser() *browser {
	return &browser{
		party:      virtualwebauthn.RelyingParty{ID: domain, Origin: origin},
		holder:     virtualwebauthn.NewAuthenticator(),
		credential: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA),
	}
}

func (b *browser) create(t *testing.T, options json.RawMessage) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAttestationResponse(b.party, b.holder, b.credential, *parsed))
}

func (b *browser) get(t *testing.T, options json.RawMessage) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(b.party, b.holder, b.credential, *parsed))
}

// addPasskey registers the browser's passkey.
func (h *house) addPasskey(t *testing.T, b *browser) (account.Passkey, []string) {
	t.Helper()
	setup, err := h.StartPasskey(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	answer := b.create(t, setup.Options)
	passkey, codes, err := h.AddPasskey(t.Context(), h.user.ID, setup.Challenge, " Laptop ", answer, h.by)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.AddPasskey(t.Context(), h.user.ID, setup.Challenge, "again", answer, h.by)
	expectError(t, "the same answer again", err, account.ErrUnknownCeremony)
	return passkey, codes
}

func TestLoginWithPasskey(t *testing.T) {
	h := newHouse(t)
	laptop := newBrowser()
	passkey, codes := h.addPasskey(t, laptop)
	if passkey.Name != "Laptop" || len(codes) != 10 {
		t.Errorf("added %+v with %d recovery codes", passkey, len(codes))
	}
	required := h.password(t)
	if want := []string{account.MethodRecovery, account.MethodPasskey}; !slices.Equal(required.Methods, want) {
		t.Errorf("methods %v, want %v", required.Methods, want)
	}
	setup, err := h.StartPasskeyLogin(t.Context(), required.Challenge)
	if err != nil {
		t.Fatal(err)
	}
	answer := laptop.get(t, setup.Options)
	login, err := h.LoginWithPasskey(t.Context(), setup.Challenge, answer, address)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), login.Token); err != nil {
		t.Errorf("the token: %v", err)
	}
	_, err = h.LoginWithPasskey(t.Context(), setup.Challenge, answer, address)
	expectError(t, "the same answer again", err, account.ErrUnknownCeremony)

	next, err := h.StartPasskeyLogin(t.Context(), h.password(t).Challenge)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.LoginWithPasskey(t.Context(), next.Challenge, answer, address)
	expectError(t, "the answer to another challenge", err, account.ErrPasskey)

	factors, err := h.Factors(t.Context(), h.user.ID)
	if err != nil || len(factors.Passkeys) != 1 || factors.Passkeys[0].LastUsedAt == 0 {
		t.Fatalf("stored: %+v, %v", factors, err)
	}
	expectError(t, "removing another", h.RemovePasskey(t.Context(), h.user.ID, "AAAA", goodPassword, h.by), account.ErrUnknownFactor)
	if err := h.RemovePasskey(t.Context(), h.user.ID, passkey.ID, goodPassword, h.by); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address}); err != nil {
		t.Errorf("without second factor: %v", err)
	}
}

// The name is shown in lists and in the security log.
func TestPasskeyNames(t *testing.T) {
	h := newHouse(t)
	for name, good := range map[string]bool{
		"Laptop": true, "<b>=1+1</b>": true, "": false, " ": false, "a\r\nb": false, "a\x00b": false, "a\u202eb": false, strings.Repeat("a", 101): false,
	} {
		laptop := newBrowser()
		setup, err := h.StartPasskey(t.Context(), h.user.ID, goodPassword, h.by)
		if err != nil {
			t.Fatal(err)
		}
		passkey, _, err := h.AddPasskey(t.Context(), h.user.ID, setup.Challenge, name, laptop.create(t, setup.Options), h.by)
		if good && (err != nil || passkey.Name != name) {
			t.Errorf("%q: %+v, %v", name, passkey, err)
		}
		var fields fault.FieldErrors
		if !good && (!errors.As(err, &fields) || fields[0].Field != "name") {
			t.Errorf("%q: %v, want it to name the field", name, err)
		}
	}
}

// What cannot be a passkey's ID never reaches the store.
func TestPasskeyIDs(t *testing.T) {
	h := newHouse(t)
	for _, id := range []string{"", "\x00", "\xff", "a b", "é", "a/b", strings.Repeat("A", 1365)} {
		err := h.RemovePasskey(t.Context(), h.user.ID, id, goodPassword, h.by)
		expectError(t, "removing "+id, err, account.ErrUnknownFactor)
	}
}

// A server that is reached by a number has no passkeys, and works all the same.
func TestWithoutPasskeys(t *testing.T) {
	h := newHouse(t)
	h.addPasskey(t, newBrowser())
	for _, domain := range []string{"127.0.0.1", "::1", "tracker", ""} {
		service := h.withPasskeysOf(t, domain)
		_, err := service.StartPasskey(t.Context(), h.user.ID, goodPassword, h.by)
		expectError(t, domain+": a new passkey", err, account.ErrNoPasskeys)
		_, err = service.Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address})
		var required *account.SecondFactorRequired
		if !errors.As(err, &required) || !slices.Equal(required.Methods, []string{account.MethodRecovery}) {
			t.Errorf("%s: a login: %v", domain, err)
		}
	}
}

// A passkey of one user is no second factor of another, and cannot be added by
// another's ceremony.
func TestPasskeyBelongsToUser(t *testing.T) {
	h := newHouse(t)
	h.addPasskey(t, newBrowser())
	eve, err := h.Register(t.Context(), account.Registration{Email: "eve@example.com", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	by := account.By{UserID: eve.User.ID, Address: address}
	setup, err := h.StartPasskey(t.Context(), eve.User.ID, goodPassword, by)
	if err != nil {
		t.Fatal(err)
	}
	eves := newBrowser()
	_, _, err = h.AddPasskey(t.Context(), h.user.ID, setup.Challenge, "eve's", eves.create(t, setup.Options), h.by)
	expectError(t, "eve's ceremony for ann", err, account.ErrUnknownCeremony)

	login, err := h.StartPasskeyLogin(t.Context(), h.password(t).Challenge)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.LoginWithPasskey(t.Context(), login.Challenge, eves.get(t, login.Options), address)
	expectError(t, "eve's passkey for ann", err, account.ErrPasskey)
}

func TestResetFactors(t *testing.T) {
	h := newHouse(t)
	h.withApp(t)
	h.addPasskey(t, newBrowser())
	if err := h.ResetFactors(t.Context(), annsEmail, account.By{Address: "command line"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	expectError(t, "of nobody", h.ResetFactors(t.Context(), "bob@example.com", h.by), account.ErrUnknownUser)
}
