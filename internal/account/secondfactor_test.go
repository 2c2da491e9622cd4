package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// password takes the first step of a login, and returns the challenge of the second.
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

func TestLoginWithApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	phone, codes := h.withApp(t)
	if len(codes) != 10 {
		t.Errorf("%d recovery codes, want 10", len(codes))
	}
	required := h.password(t)
	if want := []string{account.MethodTOTP, account.MethodRecovery}; !slices.Equal(required.Methods, want) {
		t.Errorf("methods %v, want %v", required.Methods, want)
	}
	_, err := h.LoginWithCode(t.Context(), required.Challenge, "000000", laptop())
	expectError(t, "a wrong code", err, account.ErrCode)
	code := phone.code(t, h.now)
	login, err := h.LoginWithCode(t.Context(), required.Challenge, code, laptop())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Authenticate(t.Context(), login.Token); err != nil {
		t.Errorf("the token: %v", err)
	}
	_, err = h.LoginWithCode(t.Context(), required.Challenge, phone.code(t, h.now.Add(30*time.Second)), laptop())
	expectError(t, "the same challenge again", err, account.ErrUnknownCeremony)
	_, err = h.LoginWithCode(t.Context(), h.password(t).Challenge, code, laptop())
	expectError(t, "the same code again", err, account.ErrCode)
	h.now = h.now.Add(30 * time.Second)
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, phone.code(t, h.now), laptop()); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestAppCountsOnlyWhenConfirmed(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	h := newHouse(t)
	_, codes := h.withApp(t)
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, " "+strings.ToUpper(codes[3])+" ", laptop()); err != nil {
		t.Fatal(err)
	}
	_, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, codes[3], laptop())
	expectError(t, "a used code", err, account.ErrCode)
	if factors, err := h.Factors(t.Context(), h.user.ID); err != nil || factors.RecoveryCodes != 9 {
		t.Errorf("left: %+v, %v", factors, err)
	}
	fresh, err := h.NewRecoveryCodes(t.Context(), h.user.ID, goodPassword, h.by)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.LoginWithCode(t.Context(), h.password(t).Challenge, codes[4], laptop())
	expectError(t, "a code of before", err, account.ErrCode)
	if _, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, fresh[0], laptop()); err != nil {
		t.Errorf("a new code: %v", err)
	}
}

// A code works once, however many ask at the same time.
func TestCodesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	phone, _ := h.withApp(t)
	challenges := []string{h.password(t).Challenge, h.password(t).Challenge}
	code := phone.code(t, h.now)
	var group sync.WaitGroup
	errs := make([]error, len(challenges))
	for i, challenge := range challenges {
		group.Go(func() { _, errs[i] = h.LoginWithCode(context.Background(), challenge, code, laptop()) })
	}
	group.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("outcomes %v, want one login", errs)
	}
}

// Somebody who knows the password cannot guess codes without limit, and a new challenge
// for each guess does not help.
func TestCodesAreThrottled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	phone, _ := h.withApp(t)
	for range 3 {
		_, err := h.LoginWithCode(t.Context(), h.password(t).Challenge, "000000", laptop())
		expectError(t, "a wrong code", err, account.ErrCode)
	}
	challenge := h.password(t).Challenge
	_, err := h.LoginWithCode(t.Context(), challenge, phone.code(t, h.now), laptop())
	expectWait(t, "after three wrong ones", err, 30*time.Second)
	h.now = h.now.Add(30 * time.Second)
	if _, err := h.LoginWithCode(t.Context(), challenge, phone.code(t, h.now), laptop()); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// The password that the first step has verified must still be the user's at the second.
func TestSecondStepRefuses(t *testing.T) {
	t.Parallel()
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
			_, err := h.LoginWithCode(t.Context(), challenge, phone.code(t, h.now), laptop())
			expectError(t, name, err, c.want)
		})
	}
	h := newHouse(t)
	for _, challenge := range []string{"", "x", strings.Repeat("A", 26)} {
		_, err := h.LoginWithCode(t.Context(), challenge, "000000", laptop())
		expectError(t, "challenge "+challenge, err, account.ErrUnknownCeremony)
	}
}
