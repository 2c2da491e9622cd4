package account_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// fakeProvider returns the identity that a test stored under a code. The real client is
// tested in package oidc, and over HTTP.
type fakeProvider struct {
	identities map[string]account.Identity
}

var errCode = errors.New("the provider does not know the code")

func (p *fakeProvider) AuthURL(_ context.Context, state, nonce, verifier string) (string, error) {
	if nonce == "" || len(verifier) < 43 {
		return "", errors.New("no nonce, or a verifier shorter than RFC 7636 wants")
	}
	return "https://login.example.org/?state=" + state, nil
}

func (p *fakeProvider) Exchange(_ context.Context, code, _, _ string) (account.Identity, error) {
	id, ok := p.identities[code]
	if !ok {
		return account.Identity{}, errCode
	}
	return id, nil
}

func (h *house) visit(t *testing.T) string {
	t.Helper()
	v, err := h.StartIdentityLogin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v.State
}

var bobsIdentity = account.Identity{
	Issuer: "https://login.example.org", Subject: "42", Email: "Bob@Example.com", EmailVerified: true,
	FirstName: "Bob", LastName: "B\r\nB",
}

func TestIdentityMakesAnAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.identities["c"] = bobsIdentity
	state := h.visit(t)
	first, err := h.FinishVisit(t.Context(), state, "c", laptop())
	if err != nil {
		t.Fatal(err)
	}
	if u := first.User; u.Email != "bob@example.com" || u.FirstName != "Bob" || u.LastName != "" || u.PasswordHash != "" {
		t.Errorf("made %+v", u)
	}
	if _, _, err := h.Authenticate(t.Context(), first.Token); err != nil {
		t.Errorf("the token: %v", err)
	}
	_, err = h.FinishVisit(t.Context(), state, "c", laptop())
	expectError(t, "the same visit again", err, account.ErrUnknownCeremony)

	moved := bobsIdentity
	moved.Email = "bob@elsewhere.example"
	h.provider.identities["c"] = moved
	again, err := h.FinishVisit(t.Context(), h.visit(t), "c", laptop())
	if err != nil || again.User.ID != first.User.ID || again.User.Email != "bob@example.com" {
		t.Errorf("the second login: %+v, %v", again.User, err)
	}
	_, err = h.Login(t.Context(), account.Attempt{Email: "bob@example.com", Password: "", Address: address})
	expectError(t, "a login by password", err, account.ErrBadCredentials)
	_, err = h.ChangePassword(t.Context(), first.User.ID, "", "Another-Path-2027", h.by)
	expectError(t, "a change of the password", err, account.ErrNoPassword)
	if err := h.SetActive(t.Context(), "bob@example.com", false, h.by); err != nil {
		t.Fatal(err)
	}
	_, err = h.FinishVisit(t.Context(), h.visit(t), "c", laptop())
	expectError(t, "disabled", err, account.ErrDisabled)
}

// An identity gets no account just because the e-mail is the same: the owner connects it.
func TestIdentityIsConnectedByTheOwner(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	anns := account.Identity{Issuer: "https://login.example.org", Subject: "7", Email: annsEmail, EmailVerified: true}
	h.provider.identities["c"] = anns
	_, err := h.FinishVisit(t.Context(), h.visit(t), "c", laptop())
	expectError(t, "before it is connected", err, account.ErrConnectFirst)

	_, err = h.StartConnection(t.Context(), h.user.ID, "wrong", h.by)
	expectError(t, "with a wrong password", err, fault.ErrInvalid)
	v, err := h.StartConnection(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{v.State, h.visit(t)} { // connecting, and a login afterwards
		if login, err := h.FinishVisit(t.Context(), state, "c", laptop()); err != nil || login.User.ID != h.user.ID {
			t.Errorf("got %+v, %v", login.User, err)
		}
	}

	h.provider.identities["b"] = bobsIdentity
	if _, err := h.FinishVisit(t.Context(), h.visit(t), "b", laptop()); err != nil {
		t.Fatal(err)
	}
	v, err = h.StartConnection(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.FinishVisit(t.Context(), v.State, "b", laptop())
	expectError(t, "another's identity", err, account.ErrIdentityTaken)
}

// A connection that was started with a password fails once the password was changed or
// the user was disabled.
func TestConnectionEndsWithThePassword(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, h *house){
		"another password": func(t *testing.T, h *house) {
			if _, err := h.ResetPassword(t.Context(), annsEmail, h.by); err != nil {
				t.Fatal(err)
			}
		},
		"disabled": func(t *testing.T, h *house) {
			if err := h.SetActive(t.Context(), annsEmail, false, account.By{}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		h := newHouse(t)
		h.provider.identities["c"] = bobsIdentity
		v, err := h.StartConnection(t.Context(), h.user.ID, goodPassword, h.by)
		if err != nil {
			t.Fatal(err)
		}
		end(t, h)
		_, err = h.FinishVisit(t.Context(), v.State, "c", laptop())
		expectError(t, name, err, account.ErrUnknownCeremony)
		if ids, err := h.Identities(t.Context(), h.user.ID); err != nil || len(ids) != 0 {
			t.Errorf("%s: connected %v, %v", name, ids, err)
		}
	}
}

func TestRemoveIdentities(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.identities["c"] = bobsIdentity
	v, err := h.StartConnection(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.FinishVisit(t.Context(), v.State, "c", laptop()); err != nil {
		t.Fatal(err)
	}
	expectError(t, "with a wrong password", h.RemoveIdentities(t.Context(), h.user.ID, "wrong", h.by), fault.ErrInvalid)
	if err := h.RemoveIdentities(t.Context(), h.user.ID, goodPassword, h.by); err != nil {
		t.Fatal(err)
	}
	expectError(t, "again", h.ResetIdentities(t.Context(), annsEmail, h.by), account.ErrUnknownFactor)
	if login, err := h.FinishVisit(t.Context(), h.visit(t), "c", laptop()); err != nil || login.User.ID == h.user.ID {
		t.Errorf("the identity still logs in: %+v, %v", login.User, err)
	}
}

// A person who visits twice at once, by a double click, is logged in twice.
func TestFirstVisitsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.identities["c"] = bobsIdentity
	states := []string{h.visit(t), h.visit(t), h.visit(t), h.visit(t)}
	var group sync.WaitGroup
	for _, state := range states {
		group.Go(func() {
			if _, err := h.FinishVisit(context.Background(), state, "c", laptop()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestIdentityIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	unverified, noEmail := bobsIdentity, bobsIdentity
	unverified.EmailVerified, noEmail.Email = false, ""
	h.provider.identities["unverified"], h.provider.identities["no e-mail"] = unverified, noEmail
	for code, want := range map[string]error{
		"unverified": account.ErrEmailNotVerified, "no e-mail": account.ErrEmailNotVerified, "unknown code": errCode,
	} {
		_, err := h.FinishVisit(t.Context(), h.visit(t), code, laptop())
		expectError(t, code, err, want)
	}
	h.provider.identities["c"] = bobsIdentity
	_, err := h.FinishVisit(t.Context(), "never started", "c", laptop())
	expectError(t, "a state of nobody", err, account.ErrUnknownCeremony)
	late := h.visit(t)
	h.now = h.now.Add(5 * time.Minute)
	_, err = h.FinishVisit(t.Context(), late, "c", laptop())
	expectError(t, "too late", err, account.ErrUnknownCeremony)
}
