package account_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	registered, err := h.Register(t.Context(), account.Registration{
		Email: " Ann@Example.com ", Password: goodPassword, FirstName: "Ann ", LastName: " Lee",
	})
	if err != nil {
		t.Fatal(err)
	}
	signed, user := registered.Token, registered.User
	want := account.User{
		ID: user.ID, Email: "ann@example.com", EmailKey: "ann@example.com", PasswordHash: user.PasswordHash,
		Active: true, Role: account.RoleUser, FirstName: "Ann", LastName: "Lee",
		Timezone: "UTC", WeekStart: time.Monday,
		CreatedAt: timeline.InstantOf(h.now), LastLoginAt: timeline.InstantOf(h.now),
		PasswordChangedAt: timeline.InstantOf(h.now),
	}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	if user.ID < 1 || user.ID > token.MaxUserID {
		t.Errorf("ID = %d, want 1 to 2^53-1", user.ID)
	}
	if diff := cmp.Diff(want, h.stored(t, user.ID)); diff != "" {
		t.Errorf("stored user (-want +got):\n%s", diff)
	}
	got, ref, err := h.Authenticate(t.Context(), signed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("authenticated user (-want +got):\n%s", diff)
	}
	wantToken := account.Token{TokenRef: ref.Key(), ExpiresAt: timeline.InstantOf(h.now.Truncate(time.Second).Add(24 * time.Hour))}
	if diff := cmp.Diff([]account.Token{wantToken}, h.tokens(t)); diff != "" {
		t.Errorf("stored tokens (-want +got):\n%s", diff)
	}
}

func TestRegisterRefusesTakenEmail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got, err := h.Register(t.Context(), account.Registration{Email: "ANN@example.com", Password: goodPassword})
	if !errors.Is(err, account.ErrEmailTaken) || got != (account.LoggedIn{}) {
		t.Errorf("got %+v, %v; want ErrEmailTaken", got, err)
	}
	if users, tokens := h.count(t, "users"), h.count(t, "tokens"); users != 1 || tokens != 1 {
		t.Errorf("%d users, %d tokens; want 1 of each", users, tokens)
	}
}

func TestRegisterNamesBadFields(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	_, err := h.Register(t.Context(), account.Registration{
		Email: "ann", Password: "Tracker2026", FirstName: "a\x00", LastName: strings.Repeat("a", 101),
	})
	var errs fault.FieldErrors
	if !errors.As(err, &errs) || !errors.Is(err, fault.ErrInvalid) {
		t.Fatalf("got %v, want fault.FieldErrors", err)
	}
	want := fault.FieldErrors{
		{Field: "email", Problem: "is not an e-mail address"},
		{Field: "first_name", Problem: "must not contain control characters"},
		{Field: "last_name", Problem: "is longer than 100 characters"},
		{Field: "password", Problem: "needs at least 12 characters, a symbol"},
	}
	if diff := cmp.Diff(want, errs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h.count(t, "users") != 0 {
		t.Error("a user was stored")
	}
}

// Of many registrations of one e-mail at once, one succeeds.
func TestRegisterAtOnce(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = h.Register(t.Context(), account.Registration{Email: "ann@example.com", Password: goodPassword})
		})
	}
	wg.Wait()
	succeeded := 0
	for _, err := range errs {
		switch {
		case err == nil:
			succeeded++
		case !errors.Is(err, account.ErrEmailTaken):
			t.Errorf("got %v, want ErrEmailTaken", err)
		}
	}
	if users := h.count(t, "users"); succeeded != 1 || users != 1 {
		t.Errorf("%d succeeded, %d users; want 1 of each", succeeded, users)
	}
}
