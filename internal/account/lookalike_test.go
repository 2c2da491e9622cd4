package account_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// irises are spellings of one address. The first one is its key.
func irises() []string {
	return []string{"iris@bücher.example", "ırıs@bücher.example", "iris@xn--bcher-kva.example", "İRİS@BÜCHER.EXAMPLE", "i\u0307ris@bu\u0308cher.example"}
}

func (h *house) tellsOf(kind account.SecurityKind, userID int64) (told int) {
	for _, e := range h.store.noted() {
		if e.Kind == kind && e.UserID == userID {
			told++
		}
	}
	return told
}

// Another spelling of an address is refused like the address itself, in every way to get an
// account, and its owner is told.
func TestLookalikesAreRefused(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	_, owner := h.register(t, irises()[1])
	if owner.Email != irises()[1] || owner.EmailKey != irises()[0] {
		t.Errorf("registered %+v", owner)
	}
	for _, spelling := range irises() {
		_, err := h.Register(t.Context(), account.Registration{Email: spelling, Password: goodPassword})
		expectError(t, "registering "+spelling, err, account.ErrEmailTaken)
		_, _, err = h.CreateUser(t.Context(), account.NewUser{Email: spelling, Role: account.RoleUser}, home)
		expectError(t, "adding "+spelling, err, account.ErrEmailTaken)
		h.provider.identities["c"] = account.Identity{Issuer: "https://login.example.org", Subject: "1", Email: spelling, EmailVerified: true}
		_, err = h.FinishVisit(t.Context(), h.visit(t), "c", laptop())
		expectError(t, "an identity of "+spelling, err, account.ErrConnectFirst)
		if login, err := h.login(t, spelling, goodPassword); err != nil || login.User.ID != owner.ID {
			t.Errorf("logging in as %s: %+v, %v", spelling, login.User, err)
		}
	}
	if got := h.tellsOf(account.RegisteredAgain, owner.ID); got != len(irises()) {
		t.Errorf("the owner is told of %d registrations, want %d", got, len(irises()))
	}
	if users := h.count(t, "users"); users != 1 {
		t.Errorf("%d users", users)
	}
}

// However an address is spelled, its guesses count together: the third makes it wait.
func TestSpellingsShareTheirFailures(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	_, owner := h.register(t, irises()[0])
	login := func(i int, password string) error {
		_, err := h.Login(t.Context(), account.Attempt{Email: irises()[i], Password: password, Address: fmt.Sprintf("192.0.2.%d", i)})
		return err
	}
	for i := range 3 {
		expectError(t, "a guess", login(i, "wrong"), account.ErrBadCredentials)
	}
	expectError(t, "the right password in another spelling", login(3, goodPassword), account.ErrBadCredentials)
	h.advance(30 * time.Second)
	if err := login(4, goodPassword); err != nil { // this clears the failures of all spellings
		t.Fatal(err)
	}
	for i := range 2 {
		expectError(t, "a guess afterwards", login(i, "wrong"), account.ErrBadCredentials)
	}
	if err := login(0, goodPassword); err != nil {
		t.Error(err)
	}
	if got := h.tellsOf(account.LoginFailed, owner.ID); got != 6 {
		t.Errorf("%d failures are the owner's, want 6", got)
	}
}

// Two users of an earlier version whose addresses look the same go on logging in, each with
// the own address. Their failures count apart: who has the one account cannot clear those of
// the other.
func TestTwinsOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	_, owner := h.register(t, irises()[0])
	_, twin := h.register(t, "twin@example.com")
	h.exec(t, "UPDATE users SET email = ?, email_key = '' WHERE id = ?", irises()[1], twin.ID)
	attempt := func(email, password, address string) (int64, error) {
		login, err := h.Login(t.Context(), account.Attempt{Email: email, Password: password, Address: address})
		return login.User.ID, err
	}
	for email, want := range map[string]int64{irises()[0]: owner.ID, irises()[1]: twin.ID, irises()[4]: owner.ID} {
		if got, err := attempt(email, goodPassword, "192.0.2.1"); err != nil || got != want {
			t.Errorf("%s: user %d, %v; want %d", email, got, err, want)
		}
	}
	for i := range 3 {
		_, err := attempt(irises()[i*2], "wrong", fmt.Sprintf("192.0.2.%d", 10+i)) // the owner's, in three spellings
		expectError(t, "a guess", err, account.ErrBadCredentials)
		if _, err := attempt(irises()[1], goodPassword, "192.0.2.99"); err != nil {
			t.Errorf("the twin beside guesses: %v", err)
		}
	}
	if _, err := attempt(irises()[0], goodPassword, "192.0.2.3"); !errors.Is(err, account.ErrBadCredentials) {
		t.Errorf("the owner after three guesses: %v", err)
	}
}
