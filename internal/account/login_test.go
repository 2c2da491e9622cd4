package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, user := h.token, h.user
	h.advance(time.Hour)

	loggedIn, err := h.login(t, " ANN@example.com", "Tracker-2026-u\u0308") // the same ü, decomposed
	if err != nil {
		t.Fatal(err)
	}
	second, got := loggedIn.Token, loggedIn.User
	user.LastLoginAt = timeline.InstantOf(h.now)
	if diff := cmp.Diff(user, got); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(user, h.stored(t, user.ID)); diff != "" {
		t.Errorf("stored user (-want +got):\n%s", diff)
	}
	for _, token := range []string{first, second} { // a login leaves the other tokens alone
		if _, _, err := h.Authenticate(t.Context(), token); err != nil {
			t.Errorf("authenticate: %v", err)
		}
	}
}

func TestLoginRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.register(t, "disabled@example.com")
	h.exec(t, "UPDATE users SET is_active = 0 WHERE email = 'disabled@example.com'")
	h.register(t, "provided@example.com") // logs in through an identity provider only
	h.exec(t, "UPDATE users SET password_hash = '' WHERE email = 'provided@example.com'")
	stored := h.count(t, "tokens")

	for _, c := range []struct{ name, email, password string }{
		{"unknown", "bob@example.com", goodPassword},
		{"wrong password", "ann@example.com", goodPassword + " "},
		{"other case", "ann@example.com", strings.ToUpper(goodPassword)},
		{"empty password", "ann@example.com", ""},
		{"disabled", "disabled@example.com", goodPassword},
		{"disabled and wrong password", "disabled@example.com", "wrong"},
		{"no password", "provided@example.com", goodPassword},
		{"no password and none typed", "provided@example.com", ""},
		{"password too long", "ann@example.com", goodPassword + strings.Repeat("a", password.MaxSize)},
		{"password with NUL", "ann@example.com", goodPassword + "\x00"},
		{"the hash as password", "ann@example.com", h.user.PasswordHash},
		{"not an e-mail address", "ann", goodPassword},
		{"e-mail address with NUL", "ann@example.com\x00", goodPassword},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := h.replica(t) // each case is the first try
			got, err := service.Login(t.Context(), account.Attempt{Email: c.email, Password: c.password, Address: address})
			if !errors.Is(err, account.ErrBadCredentials) || err.Error() != "log in: "+account.ErrBadCredentials.Error() {
				t.Errorf("got %v, want ErrBadCredentials and nothing else", err)
			}
			if got != (account.LoggedIn{}) {
				t.Errorf("got %+v; want nothing", got)
			}
		})
	}
	if h.count(t, "tokens") != stored {
		t.Error("a refused login stored a token")
	}
}

// The user is deleted while their password is verified.
func TestLoginOfUserDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.store.beforeRecord = func() error { return h.DeleteUser(t.Context(), annsEmail, account.By{}) }
	if _, err := h.login(t, annsEmail, goodPassword); !errors.Is(err, account.ErrBadCredentials) {
		t.Errorf("got %v, want ErrBadCredentials", err)
	}
}

// holdPool leaves no room in the pool until release, so that every hash must wait.
func (h *house) holdPool(t *testing.T) (release func()) {
	t.Helper()
	started, held := make(chan struct{}, 2), make(chan struct{})
	var group sync.WaitGroup
	for range cap(started) { // the size of the pool
		group.Go(func() {
			if err := h.pool.Run(context.Background(), password.Turn{Lane: password.Members}, func() { started <- struct{}{}; <-held }); err != nil {
				t.Error(err)
			}
		})
	}
	for range cap(started) {
		<-started
	}
	return func() { close(held); group.Wait() }
}

// Each refusal waits for a slot in the pool, so that none can be recognised by being
// quick. What no account can have is refused at once: that tells nothing.
func TestLoginAlwaysHashes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.register(t, "disabled@example.com")
	h.exec(t, "UPDATE users SET is_active = 0 WHERE email = 'disabled@example.com'")
	h.register(t, "locked@example.com")
	for range 3 {
		_, _ = h.Login(t.Context(), account.Attempt{Email: "locked@example.com", Password: "wrong", Address: "192.0.2.9"})
	}
	h.register(t, "provided@example.com") // logs in through an identity provider only
	h.exec(t, "UPDATE users SET password_hash = '' WHERE email = 'provided@example.com'")
	release := h.holdPool(t)
	defer release()
	for _, c := range []struct {
		email, password string
		want            error
	}{
		{"ann@example.com", "wrong", context.DeadlineExceeded},
		{"bob@example.com", goodPassword, context.DeadlineExceeded},
		{"disabled@example.com", goodPassword, context.DeadlineExceeded},
		{"locked@example.com", goodPassword, context.DeadlineExceeded},
		{"provided@example.com", goodPassword, context.DeadlineExceeded},
		{"ann@example.com", "\x00", account.ErrBadCredentials},
		{"bob@example.com", "\x00", account.ErrBadCredentials},
		{"locked@example.com", "\x00", account.ErrBadCredentials},
		{"not an address", goodPassword, account.ErrBadCredentials},
		{"", "\x00", account.ErrBadCredentials},
	} {
		ctx, cancel := t.Context(), func() {}
		if errors.Is(c.want, context.DeadlineExceeded) { // it would wait for a hash for ever
			ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
		}
		_, err := h.Login(ctx, account.Attempt{Email: c.email, Password: c.password, Address: c.email + c.password})
		cancel()
		if !errors.Is(err, c.want) {
			t.Errorf("%q, %q: got %v, want %v", c.email, c.password, err, c.want)
		}
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.token
	again, err := h.login(t, annsEmail, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	other := again.Token
	_, ref, err := h.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one has nothing left to do
		if err := h.Logout(t.Context(), ref, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.Authenticate(t.Context(), token); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("after logging out: got %v, want ErrUnauthenticated", err)
	}
	if _, _, err := h.Authenticate(t.Context(), other); err != nil {
		t.Errorf("the other token: %v", err)
	}
}
