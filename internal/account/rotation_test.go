package account_test

import (
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// After a change of the server's key every authenticator app still works, even when the
// previous key is gone.
func TestAppSurvivesKeyRotation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	phone, _ := h.withApp(t)
	h.Service = h.replica(t, withKeys(t, "another secret", secret))
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), laptop()); err != nil {
		t.Errorf("with the previous key at hand: %v", err)
	}
	if err := h.Reseal(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
	h.Service = h.replica(t, withKeys(t, "another secret", ""))
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), laptop()); err != nil {
		t.Errorf("without the previous key: %v", err)
	}
}

// One secret that cannot be opened does not keep the others from being sealed again.
func TestResealGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lost, err := h.Register(t.Context(), account.Registration{Email: "lost@example.com", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.PutTOTP(t.Context(), lost.User.ID, "sealed with a key that is gone"); err != nil {
		t.Fatal(err)
	}
	phone, _ := h.withApp(t)
	h.Service = h.replica(t, withKeys(t, "another secret", secret))
	if err := h.Reseal(t.Context()); err == nil {
		t.Error("the lost secret is not reported")
	}
	h.Service = h.replica(t, withKeys(t, "another secret", ""))
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), laptop()); err != nil {
		t.Errorf("the other secret: %v", err)
	}
}

// While the key changes in the steps of docs/operations.md, replicas with either key
// accept each other's tokens.
func TestRollingKeyRotation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	steps := [][2]string{{"secret", ""}, {"secret", "another secret"}, {"another secret", "secret"}, {"another secret", ""}}
	for i := range len(steps) - 1 {
		before, after := h.replica(t, withKeys(t, steps[i][0], steps[i][1])), h.replica(t, withKeys(t, steps[i+1][0], steps[i+1][1]))
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
