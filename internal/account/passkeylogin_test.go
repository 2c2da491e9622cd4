package account_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

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
	t.Parallel()
	h := newHouse(t)
	keeper := newBrowser()
	passkey, codes := h.addPasskey(t, keeper)
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
	answer := keeper.get(t, setup.Options)
	login, err := h.LoginWithPasskey(t.Context(), setup.Challenge, answer, laptop())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), login.Token); err != nil {
		t.Errorf("the token: %v", err)
	}
	_, err = h.LoginWithPasskey(t.Context(), setup.Challenge, answer, laptop())
	expectError(t, "the same answer again", err, account.ErrUnknownCeremony)

	next, err := h.StartPasskeyLogin(t.Context(), h.password(t).Challenge)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.LoginWithPasskey(t.Context(), next.Challenge, answer, laptop())
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
	t.Parallel()
	h := newHouse(t)
	for name, good := range map[string]bool{
		"Laptop": true, "<b>=1+1</b>": true, "": false, " ": false, "a\r\nb": false, "a\x00b": false, "a\u202eb": false, strings.Repeat("a", 101): false,
	} {
		keeper := newBrowser()
		setup, err := h.StartPasskey(t.Context(), h.user.ID, goodPassword, h.by)
		if err != nil {
			t.Fatal(err)
		}
		passkey, _, err := h.AddPasskey(t.Context(), h.user.ID, setup.Challenge, name, keeper.create(t, setup.Options), h.by)
		if good && (err != nil || passkey.Name != name) {
			t.Errorf("%q: %+v, %v", name, passkey, err)
		}
		var fields fault.FieldErrors
		if !good && (!errors.As(err, &fields) || fields[0].Field != "name") {
			t.Errorf("%q: %v, want it to name the field", name, err)
		}
	}
}

// A text that cannot be a passkey's ID never reaches the store.
func TestPasskeyIDs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, id := range []string{"", "\x00", "\xff", "a b", "é", "a/b", strings.Repeat("A", 1365)} {
		err := h.RemovePasskey(t.Context(), h.user.ID, id, goodPassword, h.by)
		expectError(t, "removing "+id, err, account.ErrUnknownFactor)
	}
}

// A server at a numeric address has no passkeys, but works otherwise.
func TestWithoutPasskeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.addPasskey(t, newBrowser())
	for _, domain := range []string{"127.0.0.1", "::1", "tracker", ""} {
		service := h.replica(t, func(o *account.Options) { o.Passkeys.RPID = domain })
		_, err := service.StartPasskey(t.Context(), h.user.ID, goodPassword, h.by)
		expectError(t, domain+": a new passkey", err, account.ErrNoPasskeys)
		_, err = service.Login(t.Context(), account.Attempt{Email: annsEmail, Password: goodPassword, Address: address})
		var required *account.SecondFactorRequired
		if !errors.As(err, &required) || !slices.Equal(required.Methods, []string{account.MethodRecovery}) {
			t.Errorf("%s: a login: %v", domain, err)
		}
	}
}

// A passkey of one user is not a second factor of another, and cannot be added through
// another user's ceremony.
func TestPasskeyBelongsToUser(t *testing.T) {
	t.Parallel()
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
	_, err = h.LoginWithPasskey(t.Context(), login.Challenge, eves.get(t, login.Options), laptop())
	expectError(t, "eve's passkey for ann", err, account.ErrPasskey)
}

func TestResetFactors(t *testing.T) {
	t.Parallel()
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
