package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var recoveryCases = []testCase{
	{"recovery codes are replaced all together", codesAreReplaced},
	{"a replacement that fails keeps the codes", failedCodes},
	{"of replacements at once one wins", codesReplacedAtOnce},
	{"codes are stored together with the factor that needs them", recoveryCodesComeWithFactor},
	{"a code is used once", codeIsUsedOnce},
	{"a code is used once by many at once", codeAtOnce},
	{"a code works for its user only", codeOfItsUser},
	{"hostile hashes are told apart", hostileHashes},
}

func (s *suite) replaceCodes(t *testing.T, u account.User, hashes ...string) {
	t.Helper()
	done(t, s.ReplaceRecoveryCodes(t.Context(), u.ID, hashes))
	s.requireCodes(t, u, len(hashes))
}

func (s *suite) requireCodes(t *testing.T, u account.User, left int) {
	t.Helper()
	s.requireFactors(t, u.ID, account.Factors{RecoveryCodes: left})
}

func (s *suite) useCode(t *testing.T, u account.User, hash string, want error) {
	t.Helper()
	refused(t, fmt.Sprintf("code %.20q", hash), s.UseRecoveryCode(t.Context(), u.ID, hash), want)
}

func codesAreReplaced(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.requireCodes(t, u, 0)
	s.replaceCodes(t, u, "a", "b", "c")
	s.replaceCodes(t, u, "b", "d") // one of them as before
	for _, gone := range []string{"a", "c"} {
		s.useCode(t, u, gone, account.ErrCode)
	}
	s.useCode(t, u, "b", nil)
	s.requireCodes(t, u, 1)
	s.replaceCodes(t, u)
	s.useCode(t, u, "d", account.ErrCode)
}

// The same hash comes twice, so that the last step fails.
func failedCodes(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.replaceCodes(t, u, "a", "b")
	if err := s.ReplaceRecoveryCodes(t.Context(), u.ID, []string{"c", "d", "c"}); err == nil {
		t.Error("the same hash is stored twice")
	}
	s.requireCodes(t, u, 2)
	s.useCode(t, u, "c", account.ErrCode)
	s.useCode(t, u, "a", nil)
	s.useCode(t, u, "b", nil)
	if err := s.ReplaceRecoveryCodes(t.Context(), nobody, []string{"a"}); err == nil {
		t.Error("codes of nobody are stored")
	}
}

// A user who asks for codes twice has the codes of one answer, not of both.
func codesReplacedAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.replaceCodes(t, u, "old 1", "old 2", "old 3")
	of := func(i int) []string {
		hashes := []string{fmt.Sprintf("%d a", i), fmt.Sprintf("%d b", i), fmt.Sprintf("%d c", i)}
		if i%2 == 0 {
			slices.Reverse(hashes)
		}
		return hashes
	}
	for i, err := range atOnce(contenders, func(i int) error { return s.ReplaceRecoveryCodes(t.Context(), u.ID, of(i)) }) {
		if err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	s.requireCodes(t, u, 3)
	var good []string
	for i := range contenders {
		for _, hash := range of(i) {
			if s.UseRecoveryCode(t.Context(), u.ID, hash) == nil {
				good = append(good, hash[:len(hash)-2])
			}
		}
	}
	if len(good) != 3 || len(slices.Compact(good)) != 1 {
		t.Errorf("codes of callers %v are good, want three of one", good)
	}
}

func codeIsUsedOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.replaceCodes(t, u, "a", "b", "c")
	for _, step := range []struct {
		hash string
		want error
		left int
	}{
		{"b", nil, 2},
		{"b", account.ErrCode, 2},
		{"A", account.ErrCode, 2},
		{"", account.ErrCode, 2},
		{"a", nil, 1},
		{"c", nil, 0},
		{"c", account.ErrCode, 0},
	} {
		s.useCode(t, u, step.hash, step.want)
		s.requireCodes(t, u, step.left)
	}
	s.useCode(t, account.User{ID: nobody}, "a", account.ErrCode)
}

func codeAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.replaceCodes(t, u, "a", "b")
	exactlyOne(t, account.ErrCode, func(int) error { return s.UseRecoveryCode(t.Context(), u.ID, "a") })
	s.requireCodes(t, u, 1)
}

func codeOfItsUser(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	s.replaceCodes(t, ann, "both", "ann's")
	s.replaceCodes(t, bob, "both", "bob's")
	s.useCode(t, ann, "bob's", account.ErrCode)
	s.useCode(t, ann, "both", nil)
	s.replaceCodes(t, ann)
	s.requireCodes(t, bob, 2)
	s.useCode(t, bob, "both", nil)
	s.useCode(t, bob, "bob's", nil)
}

func hostileHashes(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.replaceCodes(t, u, hostileTexts...)
	for i, text := range hostileTexts {
		s.useCode(t, u, text, nil)
		s.useCode(t, u, text, account.ErrCode)
		s.requireCodes(t, u, len(hostileTexts)-i-1)
	}
}

// The codes that are stored are those that were shown to the user who added a factor, even
// if two requests add one at once.
func recoveryCodesComeWithFactor(t *testing.T, s *suite) {
	u := s.newUser(t)
	app := s.putTOTP(t, u, "secret")
	winner := exactlyOne(t, account.ErrCode, func(i int) error {
		return s.UseTOTP(t.Context(), u.ID, app.Secret, 7, []string{fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)})
	})
	for _, code := range []string{"a", "b"} {
		s.useCode(t, u, fmt.Sprintf("%s%d", code, winner), nil)
	}
	s.requireFactors(t, u.ID, account.Factors{TOTP: &account.TOTP{UserID: u.ID, Secret: app.Secret, Confirmed: true, LastStep: 7}})

	passkey := account.Passkey{UserID: u.ID, ID: s.newID(), Name: "phone", Credential: []byte("{}"), CreatedAt: second(1)}
	done(t, s.AddPasskey(t.Context(), passkey, []string{"c"}))
	refused(t, "the same again", s.AddPasskey(t.Context(), passkey, []string{"d"}), account.ErrFactorExists)
	s.useCode(t, u, "d", account.ErrCode)
	s.useCode(t, u, "c", nil)
}
