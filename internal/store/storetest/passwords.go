package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var passwordCases = []testCase{
	{"who is disabled has no token, others keep theirs", disablingEndsTokens},
	{"a login needs an active user and the password that was verified", loginMustStillHold},
	{"a password is replaced with its tokens and its history", passwordIsReplaced},
	{"a replacement of another hash changes nothing", lateReplacement},
	{"the history is cut, newest first", historyIsCut},
	{"of two replacements at once one wins", replacementsAtOnce},
}

// requireError fails the test unless err matches want.
func requireError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// once runs do many times at once and fails the test unless exactly one succeeds and
// all others return want.
func once(t *testing.T, want error, do func(i int) error) {
	t.Helper()
	var succeeded atomic.Int64
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			if err := do(i); err == nil {
				succeeded.Add(1)
			} else if !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		})
	}
	group.Wait()
	if succeeded.Load() != 1 {
		t.Errorf("%d succeeded, want 1", succeeded.Load())
	}
}

func disablingEndsTokens(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	anns, bobs := s.login(t, &ann, second(1000)), s.login(t, &bob, second(1000))
	if err := s.UpdateActive(t.Context(), ann.ID, false); err != nil {
		t.Fatal(err)
	}
	ann.Active = false
	s.requireUser(t, ann)
	s.requireTokens(t, map[account.TokenRef]account.User{bobs: bob}, anns, bobs)
	if err := s.UpdateActive(t.Context(), ann.ID, true); err != nil {
		t.Fatal(err)
	}
	ann.Active = true
	s.requireUser(t, ann)
	s.requireTokens(t, map[account.TokenRef]account.User{bobs: bob}, anns, bobs)
	requireError(t, "of nobody", s.UpdateActive(t.Context(), nobody, false), account.ErrUnknownUser)
}

func loginMustStillHold(t *testing.T, s *suite) {
	u := s.newUser(t)
	token := s.newToken(u, second(1000))
	err := s.RecordLogin(t.Context(), token, u.PasswordChangedAt+1, second(50))
	requireError(t, "another password", err, account.ErrUnknownUser)
	if err := s.UpdateActive(t.Context(), u.ID, false); err != nil {
		t.Fatal(err)
	}
	u.Active = false
	err = s.RecordLogin(t.Context(), token, u.PasswordChangedAt, second(50))
	requireError(t, "disabled", err, account.ErrUnknownUser)
	s.requireUser(t, u)
	s.requireTokens(t, nil, token.TokenRef)
}

// replacement is of the hash that u has.
func (s *suite) replacement(u account.User, to string, at int) account.PasswordReplacement {
	token := s.newToken(u, second(1000))
	return account.PasswordReplacement{
		UserID: u.ID, From: u.PasswordHash, To: to, At: second(at), Remember: 3, Token: &token,
	}
}

func passwordIsReplaced(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	before, others := s.login(t, &u, second(1000)), s.login(t, &other, second(1000))
	r := s.replacement(u, "new", 60)
	if err := s.ReplacePassword(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	old := u.PasswordHash
	u.PasswordHash, u.PasswordChangedAt = "new", second(60)
	s.requireUser(t, u)
	s.requireUser(t, other)
	s.requireTokens(t, map[account.TokenRef]account.User{r.Token.TokenRef: u, others: other}, before, others, r.Token.TokenRef)
	expect(t, "old passwords", []string{old})(s.OldPasswords(t.Context(), u.ID, 9))
	expect(t, "another's old passwords", []string(nil))(s.OldPasswords(t.Context(), other.ID, 9))

	reset := s.replacement(u, "reset", 61)
	reset.Token = nil
	if err := s.ReplacePassword(t.Context(), reset); err != nil {
		t.Fatal(err)
	}
	s.requireTokens(t, nil, before, r.Token.TokenRef)
}

func lateReplacement(t *testing.T, s *suite) {
	u := s.newUser(t)
	before := s.login(t, &u, second(1000))
	late := s.replacement(u, "new", 60)
	late.From = "another"
	requireError(t, "late", s.ReplacePassword(t.Context(), late), account.ErrPasswordChanged)
	s.requireUser(t, u)
	s.requireTokens(t, map[account.TokenRef]account.User{before: u}, before, late.Token.TokenRef)
	expect(t, "old passwords", []string(nil))(s.OldPasswords(t.Context(), u.ID, 9))
}

func historyIsCut(t *testing.T, s *suite) {
	u := s.newUser(t)
	for i, to := range []string{"1", "2", "3", "4", "5"} {
		r := s.replacement(u, to, 60+i)
		if err := s.ReplacePassword(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		u.PasswordHash = to
	}
	expect(t, "all", []string{"4", "3", "2"})(s.OldPasswords(t.Context(), u.ID, 9))
	expect(t, "the newest", []string{"4", "3"})(s.OldPasswords(t.Context(), u.ID, 2))

	provided := s.unsavedUser()
	provided.PasswordHash = "" // from an identity provider
	if err := s.CreateUser(t.Context(), provided); err != nil {
		t.Fatal(err)
	}
	if err := s.ReplacePassword(t.Context(), s.replacement(provided, "first", 60)); err != nil {
		t.Fatal(err)
	}
	expect(t, "before the first password", []string(nil))(s.OldPasswords(t.Context(), provided.ID, 9))
}

func replacementsAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	replacements := make([]account.PasswordReplacement, 16)
	for i := range replacements {
		replacements[i] = s.replacement(u, "new", 60+i)
	}
	once(t, account.ErrPasswordChanged, func(i int) error { return s.ReplacePassword(t.Context(), replacements[i]) })
}
