package account_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

func TestAuthenticateRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	check := func(name, signed string) {
		t.Helper()
		got, ref, err := h.Authenticate(t.Context(), signed)
		if !errors.Is(err, account.ErrUnauthenticated) || got != (account.User{}) || ref != (account.TokenRef{}) {
			t.Errorf("%s: got %+v, %+v, %v; want nothing and ErrUnauthenticated", name, got, ref, err)
		}
	}
	check("missing", "")
	check("malformed", "x")
	unstored, err := token.NewAccess(keys(t, secret, ""), time.Hour, func() time.Time { return h.now }).
		Issue(token.Holder{ID: h.user.ID}, h.now)
	if err != nil {
		t.Fatal(err)
	}
	check("never stored", unstored.Signed)

	h.exec(t, "UPDATE users SET is_active = 0")
	check("disabled", h.token)
	h.exec(t, "UPDATE users SET is_active = 1")
	if _, _, err := h.Authenticate(t.Context(), h.token); err != nil {
		t.Errorf("active again: %v", err)
	}
	h.advance(24 * time.Hour)
	check("expired", h.token)
}

func TestUpdateProfile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	user := h.user
	want := user
	want.FirstName, want.Timezone = "Ann", "Europe/Berlin"

	got, err := h.UpdateProfile(t.Context(), user.ID, account.ProfileChange{FirstName: new("Ann"), Timezone: new("Europe/Berlin")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
	if _, err := h.UpdateProfile(t.Context(), user.ID, account.ProfileChange{Timezone: new("Local")}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("bad zone: got %v, want fault.ErrInvalid", err)
	}
	if diff := cmp.Diff(want, h.stored(t, user.ID)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if _, err := h.UpdateProfile(t.Context(), user.ID+1, account.ProfileChange{}); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("unknown user: got %v, want ErrUnknownUser", err)
	}
}

func TestSetRole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.SetRole(t.Context(), "Ann@example.com", account.RoleAdmin, account.By{}); err != nil {
		t.Fatal(err)
	}
	got, _, err := h.Authenticate(t.Context(), h.token) // issued to a mere user
	if err != nil || got.Role != account.RoleAdmin {
		t.Errorf("got role %q, %v; want admin with the token of before", got.Role, err)
	}
	for _, c := range []struct {
		email string
		role  account.Role
		want  error
	}{
		{"ann@example.com", "root", fault.ErrInvalid},
		{"ann@example.com", "", fault.ErrInvalid},
		{"bob@example.com", account.RoleUser, account.ErrUnknownUser},
		{"ann", account.RoleUser, account.ErrUnknownUser},
	} {
		if err := h.SetRole(t.Context(), c.email, c.role, account.By{}); !errors.Is(err, c.want) {
			t.Errorf("SetRole(%q, %q) = %v, want %v", c.email, c.role, err, c.want)
		}
	}
}

func TestDeleteExpired(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.advance(12 * time.Hour)
	valid, _ := h.register(t, "bob@example.com")
	h.advance(12*time.Hour + token.ClockLeeway)
	if err := h.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := h.count(t, "tokens"); left != 1 {
		t.Errorf("%d tokens left, want 1", left)
	}
	if _, _, err := h.Authenticate(t.Context(), valid); err != nil {
		t.Errorf("the one that is valid: %v", err)
	}
}

// A failing store is never mistaken for bad credentials or a bad token, which
// would log people out.
func TestStoreFailureIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	user, failure := h.user, errors.New("disk is full")
	h.store.fail(failure)

	ctx := t.Context()
	_, registerErr := h.Register(ctx, account.Registration{Email: "bob@example.com", Password: goodPassword})
	_, loginErr := h.Login(ctx, account.Attempt{Email: user.Email, Password: goodPassword})
	_, _, authenticateErr := h.Authenticate(ctx, h.token)
	_, profileErr := h.UpdateProfile(ctx, user.ID, account.ProfileChange{})
	for name, err := range map[string]error{
		"Register": registerErr, "Login": loginErr, "Authenticate": authenticateErr, "UpdateProfile": profileErr,
		"Logout":        h.Logout(ctx, account.TokenRef{UserID: user.ID, ID: "x"}, ""),
		"SetRole":       h.SetRole(ctx, user.Email, account.RoleAdmin, account.By{}),
		"DeleteExpired": h.DeleteExpired(ctx),
	} {
		if !errors.Is(err, failure) || errors.Is(err, account.ErrBadCredentials) || errors.Is(err, account.ErrUnauthenticated) {
			t.Errorf("%s: got %v, want the store's failure", name, err)
		}
	}
}
