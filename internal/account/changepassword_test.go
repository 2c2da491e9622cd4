package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

var home = By{Address: "192.0.2.1"}

func TestChangePassword(t *testing.T) {
	service, store, clock := newTestService(t)
	first, user := register(t, service, "ann@example.com")
	stranger, _ := register(t, service, "bob@example.com")
	clock.advance(time.Hour)

	changed, err := service.ChangePassword(t.Context(), user.ID, goodPassword, "Another-Path-2027", home)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := service.Authenticate(t.Context(), first); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("the token of before: %v, want ErrUnauthenticated", err)
	}
	for name, token := range map[string]string{"the new one": changed.Token, "another user's": stranger} {
		if _, _, err := service.Authenticate(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := login(t, service, "ann@example.com", goodPassword); !errors.Is(err, ErrBadCredentials) {
		t.Errorf("the old password: %v, want ErrBadCredentials", err)
	}
	if _, err := login(t, service, "ann@example.com", "Another-Path-2027"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if e := store.events[2]; e.Kind != PasswordChanged || e.UserID != user.ID {
		t.Errorf("the security log has %+v", e)
	}
}

// The last five, the present one included, may not be chosen again; the sixth may.
func TestPasswordHistory(t *testing.T) {
	service, _, _ := newTestService(t)
	_, user := register(t, service, "ann@example.com")
	current := goodPassword
	change := func(chosen string) error {
		_, err := service.ChangePassword(t.Context(), user.ID, current, chosen, home)
		if err == nil {
			current = chosen
		}
		return err
	}
	passwords := []string{goodPassword}
	for i := range 5 {
		chosen := fmt.Sprintf("Another-Path-%d", 2030+i)
		for _, used := range passwords {
			var fields fault.FieldErrors
			if err := change(used); !errors.As(err, &fields) || fields[0].Field != "new_password" || fields[0].Problem != "is one of your last 5" {
				t.Fatalf("%q after %d changes: %v", used, i, err)
			}
		}
		if err := change(chosen); err != nil {
			t.Fatal(err)
		}
		passwords = append(passwords, chosen)
	}
	if err := change(passwords[1]); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("the fifth last: %v, want it refused", err)
	}
	if err := change(passwords[0]); err != nil {
		t.Errorf("the sixth last: %v", err)
	}
}

func TestChangePasswordRefuses(t *testing.T) {
	service, store, _ := newTestService(t)
	token, user := register(t, service, "ann@example.com")
	before := store.users[user.ID]
	for _, c := range []struct{ name, current, chosen, field string }{
		{"wrong password", "wrong", "Another-Path-2027", "current_password"},
		{"weak password", goodPassword, "short", "new_password"},
		{"NUL", goodPassword, "Another-Path-2027\x00", "new_password"},
	} {
		var fields fault.FieldErrors
		_, err := service.ChangePassword(t.Context(), user.ID, c.current, c.chosen, home)
		if !errors.As(err, &fields) || fields[0].Field != c.field {
			t.Errorf("%s: %v, want it to name %s", c.name, err, c.field)
		}
	}
	if store.users[user.ID] != before {
		t.Error("the user has changed")
	}
	if _, _, err := service.Authenticate(t.Context(), token); err != nil {
		t.Errorf("the token: %v", err)
	}
}

// Who holds somebody's token cannot guess the password by changing it.
func TestConfirmationsAreThrottled(t *testing.T) {
	service, _, clock := newTestService(t)
	_, user := register(t, service, "ann@example.com")
	change := func(password string) error {
		_, err := service.ChangePassword(t.Context(), user.ID, password, "Another-Path-2027", home)
		return err
	}
	for range 3 {
		if err := change("wrong"); !errors.Is(err, fault.ErrInvalid) {
			t.Fatal(err)
		}
	}
	var throttled *fault.Throttled
	if err := change(goodPassword); !errors.As(err, &throttled) || throttled.RetryAfter != 30*time.Second {
		t.Errorf("after three wrong ones: %v", err)
	}
	owner := By{UserID: user.ID, Login: TokenRef{ID: "another"}, Address: "192.0.2.2"}
	if _, err := service.confirm(t.Context(), user.ID, "password", goodPassword, owner); err != nil {
		t.Errorf("with another token meanwhile: %v", err)
	}
	if _, err := login(t, service, "ann@example.com", goodPassword); err != nil {
		t.Errorf("a login meanwhile: %v", err)
	}
	clock.advance(30 * time.Second)
	if err := change(goodPassword); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// slowStore changes the user while a login is on its way.
type slowStore struct {
	*fakeStore
	meanwhile func()
}

func (s slowStore) Factors(ctx context.Context, userID int64) (Factors, error) {
	s.meanwhile()
	return s.fakeStore.Factors(ctx, userID)
}

// A login with the old password that ends after the change must not leave a token
// that outlives it.
func TestLoginDuringAChange(t *testing.T) {
	service, store, _ := newTestService(t)
	_, user := register(t, service, "ann@example.com")
	changes := map[string]func() error{
		"the password is changed": func() error {
			_, err := service.ResetPassword(t.Context(), user.Email, home)
			return err
		},
		"the user is disabled": func() error { return service.SetActive(t.Context(), user.Email, false, home) },
	}
	for name, change := range changes {
		store.users[user.ID] = user
		clear(store.tokens)
		service.store = slowStore{store, func() {
			if err := change(); err != nil {
				t.Error(err)
			}
		}}
		if _, err := login(t, service, user.Email, goodPassword); !errors.Is(err, ErrBadCredentials) {
			t.Errorf("%s: %v, want ErrBadCredentials", name, err)
		}
		if len(store.tokens) != 0 {
			t.Errorf("%s: a token was left", name)
		}
	}
}

func TestResetPassword(t *testing.T) {
	service, store, _ := newTestService(t)
	token, user := register(t, service, "ann@example.com")
	password, err := service.ResetPassword(t.Context(), " Ann@example.com", home)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := service.Authenticate(t.Context(), token); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("the token of before: %v", err)
	}
	if _, err := login(t, service, user.Email, password); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if _, err := service.ResetPassword(t.Context(), "bob@example.com", home); !errors.Is(err, ErrUnknownUser) {
		t.Errorf("of nobody: %v, want ErrUnknownUser", err)
	}
	for _, e := range store.events {
		if strings.Contains(fmt.Sprint(e), password) {
			t.Errorf("the security log has the password: %+v", e)
		}
	}
}

func TestSetActive(t *testing.T) {
	service, store, _ := newTestService(t)
	token, user := register(t, service, "ann@example.com")
	if err := service.SetActive(t.Context(), user.Email, false, home); err != nil {
		t.Fatal(err)
	}
	if _, _, err := service.Authenticate(t.Context(), token); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("disabled: %v, want ErrUnauthenticated", err)
	}
	if err := service.SetActive(t.Context(), user.Email, true, home); err != nil {
		t.Fatal(err)
	}
	if _, _, err := service.Authenticate(t.Context(), token); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("active again, with the token of before: %v, want ErrUnauthenticated", err)
	}
	if _, err := login(t, service, user.Email, goodPassword); err != nil {
		t.Errorf("active again: %v", err)
	}
	if err := service.SetActive(t.Context(), "bob@example.com", true, home); !errors.Is(err, ErrUnknownUser) {
		t.Errorf("of nobody: %v, want ErrUnknownUser", err)
	}
	if store.events[1].Kind != Deactivated || store.events[2].Kind != Activated {
		t.Errorf("the security log has %+v", store.events)
	}
}
