package storetest

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var factorCases = []testCase{
	{"who has no second factor has none", noFactors},
	{"an authenticator app counts once it was used", totpIsConfirmed},
	{"a step is used once, and none before it", totpStepsAreUsedOnce},
	{"a secret is sealed anew only while it is the old one", totpIsResealed},
	{"apps are read page by page", totpPages},
	{"recovery codes are replaced and used once", recoveryCodes},
	{"passkeys are read back, used and removed", passkeys},
	{"all factors of a user go together", factorsAreDeleted},
}

func (s *suite) requireFactors(t *testing.T, userID int64, want account.Factors) {
	t.Helper()
	expect(t, "factors", want)(s.Factors(t.Context(), userID))
}

func noFactors(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.requireFactors(t, u.ID, account.Factors{})
	requireError(t, "DeleteTOTP", s.DeleteTOTP(t.Context(), u.ID), account.ErrUnknownFactor)
	requireError(t, "DeletePasskey", s.DeletePasskey(t.Context(), u.ID, "x"), account.ErrUnknownFactor)
	requireError(t, "UseTOTP", s.UseTOTP(t.Context(), u.ID, "x", 1), account.ErrCode)
	requireError(t, "UseRecoveryCode", s.UseRecoveryCode(t.Context(), u.ID, "x"), account.ErrCode)
	requireError(t, "UsePasskey", s.UsePasskey(t.Context(), account.Passkey{UserID: u.ID, ID: "x"}, nil), account.ErrPasskey)
}

func (s *suite) putTOTP(t *testing.T, u account.User, secret string) {
	t.Helper()
	if err := s.PutTOTP(t.Context(), u.ID, secret); err != nil {
		t.Fatal(err)
	}
}

func totpIsConfirmed(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	s.putTOTP(t, u, "first")
	s.putTOTP(t, other, "other's")
	s.putTOTP(t, u, "second") // not confirmed, so it is replaced
	want := account.TOTP{UserID: u.ID, Secret: "second"}
	s.requireFactors(t, u.ID, account.Factors{TOTP: &want})
	requireError(t, "the first secret", s.UseTOTP(t.Context(), u.ID, "first", 7), account.ErrCode)
	if err := s.UseTOTP(t.Context(), u.ID, "second", 7); err != nil {
		t.Fatal(err)
	}
	want.Confirmed, want.LastStep = true, 7
	s.requireFactors(t, u.ID, account.Factors{TOTP: &want})
	requireError(t, "a third secret", s.PutTOTP(t.Context(), u.ID, "third"), account.ErrFactorExists)
	s.requireFactors(t, u.ID, account.Factors{TOTP: &want})
	s.requireFactors(t, other.ID, account.Factors{TOTP: &account.TOTP{UserID: other.ID, Secret: "other's"}})
	if err := s.DeleteTOTP(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	s.requireFactors(t, u.ID, account.Factors{})
}

func totpStepsAreUsedOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.putTOTP(t, u, "secret")
	once(t, account.ErrCode, func(int) error { return s.UseTOTP(t.Context(), u.ID, "secret", 9) })
	for step, want := range map[int64]error{8: account.ErrCode, 9: account.ErrCode} {
		requireError(t, "an old step", s.UseTOTP(t.Context(), u.ID, "secret", step), want)
	}
	requireError(t, "the next step", s.UseTOTP(t.Context(), u.ID, "secret", 10), nil)
}

func totpIsResealed(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.putTOTP(t, u, "old")
	for _, step := range []struct{ from, to, want string }{{"another", "x", "old"}, {"old", "new", "new"}, {"old", "late", "new"}} {
		if err := s.ResealTOTP(t.Context(), u.ID, step.from, step.to); err != nil {
			t.Fatal(err)
		}
		s.requireFactors(t, u.ID, account.Factors{TOTP: &account.TOTP{UserID: u.ID, Secret: step.want}})
	}
}

func totpPages(t *testing.T, s *suite) {
	var want []account.TOTP
	var first int64
	for i := range 5 {
		u := s.newUser(t)
		if i == 0 {
			first = u.ID
		}
		s.putTOTP(t, u, "secret")
		want = append(want, account.TOTP{UserID: u.ID, Secret: "secret"})
	}
	expect(t, "the first page", want[:2])(s.NextTOTP(t.Context(), first-1, 2))
	expect(t, "the next one", want[2:4])(s.NextTOTP(t.Context(), want[1].UserID, 2))
	expect(t, "the last one", want[4:])(s.NextTOTP(t.Context(), want[3].UserID, 2))
}

func recoveryCodes(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	for _, id := range []int64{u.ID, other.ID} {
		if err := s.ReplaceRecoveryCodes(t.Context(), id, []string{"a", "b", "c"}); err != nil {
			t.Fatal(err)
		}
	}
	once(t, account.ErrCode, func(int) error { return s.UseRecoveryCode(t.Context(), u.ID, "b") })
	s.requireFactors(t, u.ID, account.Factors{RecoveryCodes: 2})
	if err := s.ReplaceRecoveryCodes(t.Context(), u.ID, []string{"d"}); err != nil {
		t.Fatal(err)
	}
	requireError(t, "one of before", s.UseRecoveryCode(t.Context(), u.ID, "a"), account.ErrCode)
	requireError(t, "a new one", s.UseRecoveryCode(t.Context(), u.ID, "d"), nil)
	s.requireFactors(t, u.ID, account.Factors{})
	s.requireFactors(t, other.ID, account.Factors{RecoveryCodes: 3})
}

func passkeys(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	older := account.Passkey{UserID: u.ID, ID: "zz", Name: "phone", Credential: []byte(`{"n":1}`), CreatedAt: second(1)}
	newer := account.Passkey{UserID: u.ID, ID: "aa", Name: "key", Credential: []byte(`{}`), CreatedAt: second(2), LastUsedAt: second(3)}
	others := newer
	others.UserID = other.ID // the ID of a credential is unique by chance alone
	for _, p := range []account.Passkey{newer, older, others} {
		if err := s.AddPasskey(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	requireError(t, "the same again", s.AddPasskey(t.Context(), newer), account.ErrFactorExists)
	s.requireFactors(t, u.ID, account.Factors{Passkeys: []account.Passkey{older, newer}})

	used := older
	used.Credential, used.LastUsedAt = []byte(`{"n":2}`), second(9)
	once(t, account.ErrPasskey, func(int) error { return s.UsePasskey(t.Context(), used, older.Credential) })
	s.requireFactors(t, u.ID, account.Factors{Passkeys: []account.Passkey{used, newer}})
	if err := s.DeletePasskey(t.Context(), u.ID, newer.ID); err != nil {
		t.Fatal(err)
	}
	requireError(t, "removed again", s.DeletePasskey(t.Context(), u.ID, newer.ID), account.ErrUnknownFactor)
	s.requireFactors(t, u.ID, account.Factors{Passkeys: []account.Passkey{used}})
	s.requireFactors(t, other.ID, account.Factors{Passkeys: []account.Passkey{others}})
}

func factorsAreDeleted(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	passkey := account.Passkey{ID: "x", Name: "phone", Credential: []byte(`{}`), CreatedAt: second(1)}
	for _, id := range []int64{u.ID, other.ID} {
		s.putTOTP(t, account.User{ID: id}, "secret")
		passkey.UserID = id
		if err := s.AddPasskey(t.Context(), passkey); err != nil {
			t.Fatal(err)
		}
		if err := s.ReplaceRecoveryCodes(t.Context(), id, []string{"a"}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing left
		if err := s.DeleteFactors(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.requireFactors(t, u.ID, account.Factors{})
	s.requireFactors(t, other.ID, account.Factors{
		TOTP: &account.TOTP{UserID: other.ID, Secret: "secret"}, Passkeys: []account.Passkey{passkey}, RecoveryCodes: 1,
	})
}
