package storetest

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var totpCases = []testCase{
	{"an app is confirmed by using a code", totpIsConfirmed},
	{"an app that is not confirmed is replaced, a confirmed one is not", totpIsReplaced},
	{"a step is used once, and no step before it", totpStepsAreUsedOnce},
	{"a step is used once by many at once", totpStepAtOnce},
	{"a code of another secret is refused", totpOfAnotherSecret},
	{"of confirming an app and replacing it at once, one wins", totpConfirmedOrReplaced},
	{"a secret is resealed only while it is the old one", totpIsResealed},
	{"all apps, page by page", totpPages},
	{"an app is deleted, others stay", totpIsDeleted},
	{"hostile secrets come back letter by letter", hostileSecrets},
}

func (s *suite) requireFactors(t *testing.T, userID int64, want account.Factors) {
	t.Helper()
	expect(t, "factors", want)(s.Factors(t.Context(), userID))
}

func (s *suite) requireTOTP(t *testing.T, want account.TOTP) {
	t.Helper()
	s.requireFactors(t, want.UserID, account.Factors{TOTP: &want})
}

// putTOTP gives u an app that is not confirmed.
func (s *suite) putTOTP(t *testing.T, u account.User, secret string) account.TOTP {
	t.Helper()
	done(t, s.PutTOTP(t.Context(), u.ID, secret))
	return account.TOTP{UserID: u.ID, Secret: secret}
}

// useTOTP accepts a code, in the store and in app.
func (s *suite) useTOTP(t *testing.T, app *account.TOTP, step int64) {
	t.Helper()
	done(t, s.UseTOTP(t.Context(), app.UserID, app.Secret, step, nil))
	app.Confirmed, app.LastStep = true, step
}

func totpIsConfirmed(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	others, app := s.putTOTP(t, other, "secret"), s.putTOTP(t, u, "secret")
	s.requireTOTP(t, app)
	s.useTOTP(t, &app, 7)
	requireFull(t, app)
	s.requireTOTP(t, app)
	s.requireTOTP(t, others) // whose secret is the same
	if err := s.PutTOTP(t.Context(), nobody, "secret"); err == nil || errors.Is(err, account.ErrFactorExists) {
		t.Errorf("of nobody: got %v, want a failure", err)
	}
}

func totpIsReplaced(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.putTOTP(t, u, "first")
	app := s.putTOTP(t, u, "second")
	s.requireTOTP(t, app)
	s.useTOTP(t, &app, 7)
	for _, secret := range []string{"third", app.Secret} {
		refused(t, "when confirmed", s.PutTOTP(t.Context(), u.ID, secret), account.ErrFactorExists)
		s.requireTOTP(t, app)
	}
}

func totpStepsAreUsedOnce(t *testing.T, s *suite) {
	app := s.putTOTP(t, s.newUser(t), "secret")
	for _, c := range []struct {
		step int64
		want error
	}{
		{0, account.ErrCode}, // as good as none
		{100, nil},
		{100, account.ErrCode},
		{99, account.ErrCode},
		{101, nil},
		{101, account.ErrCode},
		{100, account.ErrCode},
		{-1, account.ErrCode},
		{5000, nil},
		{102, account.ErrCode},
		{math.MaxInt64, nil},
		{math.MaxInt64, account.ErrCode},
	} {
		refused(t, fmt.Sprintf("step %d", c.step), s.UseTOTP(t.Context(), app.UserID, app.Secret, c.step, nil), c.want)
		if c.want == nil {
			app.Confirmed, app.LastStep = true, c.step
		}
		s.requireTOTP(t, app)
	}
}

func totpStepAtOnce(t *testing.T, s *suite) {
	app := s.putTOTP(t, s.newUser(t), "secret")
	for _, step := range []int64{7, 8} { // not confirmed, then confirmed
		exactlyOne(t, account.ErrCode, func(int) error {
			return s.UseTOTP(t.Context(), app.UserID, app.Secret, step, nil)
		})
		app.Confirmed, app.LastStep = true, step
		s.requireTOTP(t, app)
	}
}

func totpOfAnotherSecret(t *testing.T, s *suite) {
	other, u, without := s.newUser(t), s.newUser(t), s.newUser(t)
	s.putTOTP(t, other, "other's")
	s.putTOTP(t, u, "first")
	app := s.putTOTP(t, u, "second")
	for _, secret := range []string{"first", "other's", "", "SECOND"} {
		refused(t, secret, s.UseTOTP(t.Context(), u.ID, secret, 7, nil), account.ErrCode)
		s.requireTOTP(t, app)
	}
	refused(t, "without an app", s.UseTOTP(t.Context(), without.ID, "second", 7, nil), account.ErrCode)
	refused(t, "of nobody", s.UseTOTP(t.Context(), nobody, "second", 7, nil), account.ErrCode)
}

// A code of the first secret comes while a second one is put in its place.
func totpConfirmedOrReplaced(t *testing.T, s *suite) {
	for range contenders {
		app := s.putTOTP(t, s.newUser(t), "first")
		told := atOnce(2, func(i int) error {
			if i == 0 {
				return s.UseTOTP(t.Context(), app.UserID, "first", 7, nil)
			}
			return s.PutTOTP(t.Context(), app.UserID, "second")
		})
		switch used, put := told[0], told[1]; {
		case used == nil && errors.Is(put, account.ErrFactorExists):
			app.Confirmed, app.LastStep = true, 7
		case put == nil && errors.Is(used, account.ErrCode):
			app.Secret = "second"
		default:
			t.Errorf("used: %v; put: %v; want one of them", used, put)
		}
		s.requireTOTP(t, app)
	}
}

func totpIsResealed(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	others, app := s.putTOTP(t, other, "first"), s.putTOTP(t, u, "first")
	for _, step := range []struct{ from, to, want string }{
		{"another", "x", "first"},
		{"first", "second", "second"},
		{"first", "late", "second"}, // no longer the secret that is there
		{"second", "third", "third"},
	} {
		done(t, s.ResealTOTP(t.Context(), u.ID, step.from, step.to))
		app.Secret = step.want
		s.requireTOTP(t, app)
	}
	s.useTOTP(t, &app, 7)
	done(t, s.ResealTOTP(t.Context(), u.ID, "third", "fourth"))
	app.Secret = "fourth"
	s.requireTOTP(t, app) // confirmed, and its last step is the last
	s.requireTOTP(t, others)
	done(t, s.ResealTOTP(t.Context(), nobody, "first", "second"))
}

// Only users whom this case has made come after the first of them.
func totpPages(t *testing.T, s *suite) {
	first := s.newUser(t)
	var apps []account.TOTP
	for i := range 5 {
		s.newUser(t) // without an app
		app := s.putTOTP(t, s.newUser(t), fmt.Sprintf("secret %d", 9-i))
		if i%2 == 0 {
			s.useTOTP(t, &app, 7)
		}
		apps = append(apps, app)
	}
	for _, page := range []struct {
		after int64
		most  int
		want  []account.TOTP
	}{
		{first.ID, 2, apps[:2]},
		{apps[1].UserID, 2, apps[2:4]},
		{apps[3].UserID, 2, apps[4:]},
		{apps[4].UserID, 2, nil},
		{first.ID, 5, apps},
		{first.ID, 100, apps},
		{apps[0].UserID - 1, 1, apps[:1]},
		{math.MaxInt64, 100, nil},
	} {
		expect(t, fmt.Sprintf("at most %d after user %d", page.most, page.after), page.want)(
			s.NextTOTP(t.Context(), page.after, page.most))
	}
}

func totpIsDeleted(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	others, app := s.putTOTP(t, other, "secret"), s.putTOTP(t, u, "secret")
	s.useTOTP(t, &app, 7)
	done(t, s.DeleteTOTP(t.Context(), u.ID))
	s.requireFactors(t, u.ID, account.Factors{})
	s.requireTOTP(t, others)
	refused(t, "again", s.DeleteTOTP(t.Context(), u.ID), account.ErrUnknownFactor)
	refused(t, "of nobody", s.DeleteTOTP(t.Context(), nobody), account.ErrUnknownFactor)

	next := s.putTOTP(t, u, "next") // nothing of the deleted one is left
	s.requireTOTP(t, next)
	s.useTOTP(t, &next, 7)
	done(t, s.DeleteTOTP(t.Context(), u.ID))
	s.putTOTP(t, u, "not confirmed")
	done(t, s.DeleteTOTP(t.Context(), u.ID))
	s.requireFactors(t, u.ID, account.Factors{})
}

func hostileSecrets(t *testing.T, s *suite) {
	u := s.newUser(t)
	for _, text := range hostileTexts {
		app := s.putTOTP(t, u, text)
		s.requireTOTP(t, app)
		s.useTOTP(t, &app, 7)
		done(t, s.ResealTOTP(t.Context(), u.ID, text, text+"!"))
		app.Secret = text + "!"
		s.requireTOTP(t, app)
		done(t, s.DeleteTOTP(t.Context(), u.ID))
	}
}
