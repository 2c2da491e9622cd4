package account_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stranger, _ := h.register(t, "bob@example.com")
	h.advance(time.Hour)

	changed, err := h.ChangePassword(t.Context(), h.user.ID, goodPassword, "Another-Path-2027", home)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), h.token); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("the token of before: %v, want ErrUnauthenticated", err)
	}
	for name, token := range map[string]string{"the new one": changed.Token, "another user's": stranger} {
		if _, _, err := h.Authenticate(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.login(t, "ann@example.com", goodPassword); !errors.Is(err, account.ErrBadCredentials) {
		t.Errorf("the old password: %v, want ErrBadCredentials", err)
	}
	if _, err := h.login(t, "ann@example.com", "Another-Path-2027"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if e := h.store.noted()[2]; e.Kind != account.PasswordChanged || e.UserID != h.user.ID {
		t.Errorf("the security log has %+v", e)
	}
}

// The last five passwords, including the present one, may not be chosen again; the sixth
// may.
func TestPasswordHistory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	current := goodPassword
	change := func(chosen string) error {
		_, err := h.ChangePassword(t.Context(), h.user.ID, current, chosen, home)
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
	t.Parallel()
	h := newHouse(t)
	before := h.stored(t, h.user.ID)
	for _, c := range []struct{ name, current, chosen, field string }{
		{"wrong password", "wrong", "Another-Path-2027", "current_password"},
		{"weak password", goodPassword, "short", "new_password"},
		{"NUL", goodPassword, "Another-Path-2027\x00", "new_password"},
	} {
		var fields fault.FieldErrors
		_, err := h.ChangePassword(t.Context(), h.user.ID, c.current, c.chosen, home)
		if !errors.As(err, &fields) || fields[0].Field != c.field {
			t.Errorf("%s: %v, want it to name %s", c.name, err, c.field)
		}
	}
	if h.stored(t, h.user.ID) != before {
		t.Error("the user has changed")
	}
	if _, _, err := h.Authenticate(t.Context(), h.token); err != nil {
		t.Errorf("the token: %v", err)
	}
}

// Somebody who holds another's token cannot guess the password by changing it.
func TestConfirmationsAreThrottled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	change := func(password string) error {
		_, err := h.ChangePassword(t.Context(), h.user.ID, password, "Another-Path-2027", home)
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
	owner := account.By{UserID: h.user.ID, Login: account.TokenRef{ID: "another"}, Address: "192.0.2.2"}
	if err := h.Confirm(t.Context(), goodPassword, owner); err != nil {
		t.Errorf("with another token meanwhile: %v", err)
	}
	if _, err := h.login(t, "ann@example.com", goodPassword); err != nil {
		t.Errorf("a login meanwhile: %v", err)
	}
	h.advance(30 * time.Second)
	if err := change(goodPassword); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// A login with the old password that ends after the change must not leave a token
// that outlives it.
func TestLoginDuringAChange(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*house) error{
		"the password is changed": func(h *house) error {
			_, err := h.ResetPassword(t.Context(), annsEmail, home)
			return err
		},
		"the user is disabled": func(h *house) error { return h.SetActive(t.Context(), annsEmail, false, home) },
	} {
		h := newHouse(t)
		h.store.beforeFactors = func() error { return change(h) }
		if _, err := h.login(t, annsEmail, goodPassword); !errors.Is(err, account.ErrBadCredentials) {
			t.Errorf("%s: %v, want ErrBadCredentials", name, err)
		}
		if left := h.count(t, "tokens"); left != 0 {
			t.Errorf("%s: %d tokens were left", name, left)
		}
	}
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token, user := h.token, h.user
	password, err := h.ResetPassword(t.Context(), " Ann@example.com", home)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), token); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("the token of before: %v", err)
	}
	if _, err := h.login(t, user.Email, password); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if _, err := h.ResetPassword(t.Context(), "bob@example.com", home); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("of nobody: %v, want ErrUnknownUser", err)
	}
	for _, e := range h.store.noted() {
		if strings.Contains(fmt.Sprint(e), password) {
			t.Errorf("the security log has the password: %+v", e)
		}
	}
}

func TestSetActive(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token, user := h.token, h.user
	if err := h.SetActive(t.Context(), user.Email, false, home); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), token); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("disabled: %v, want ErrUnauthenticated", err)
	}
	if err := h.SetActive(t.Context(), user.Email, true, home); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), token); !errors.Is(err, account.ErrUnauthenticated) {
		t.Errorf("active again, with the token of before: %v, want ErrUnauthenticated", err)
	}
	if _, err := h.login(t, user.Email, goodPassword); err != nil {
		t.Errorf("active again: %v", err)
	}
	if err := h.SetActive(t.Context(), "bob@example.com", true, home); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("of nobody: %v, want ErrUnknownUser", err)
	}
	if noted := h.store.noted(); noted[1].Kind != account.Deactivated || noted[2].Kind != account.Activated {
		t.Errorf("the security log has %+v", noted)
	}
}
