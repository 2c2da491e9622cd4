package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

var passwordCases = []testCase{
	{"replacing a password changes nothing else", passwordIsReplaced},
	{"only the given token is valid afterwards", givenTokenIsValid},
	{"if no token is given, none is valid afterwards", noTokenIsValid},
	{"only the current password is replaced", presentPasswordOnly},
	{"a replacement that fails changes nothing", failedReplacement},
	{"as many old passwords are kept as are to be remembered, newest first", oldPasswordsAreRemembered},
	{"no more old passwords are read than asked for", oldPasswordsAsked},
	{"a password that was used twice is remembered twice", passwordComesBack},
	{"the first password leaves no old one", firstPassword},
	{"of replacements at once one wins", onePasswordWins},
	{"logins during a replacement leave the given token alone", loginsDuringReplacement},
}

// remembered is how many old passwords are kept where it does not matter.
const remembered = 4

// replacementOf returns the change of u's password to another, a second after the last
// change.
func replacementOf(u account.User, to string) account.PasswordReplacement {
	return account.PasswordReplacement{
		UserID: u.ID, From: u.PasswordHash, To: to,
		At: u.PasswordChangedAt.Add(timeline.Second), Remember: remembered,
	}
}

// replace changes u's password, in the store and in u.
func (s *suite) replace(t *testing.T, u *account.User, r account.PasswordReplacement) {
	t.Helper()
	done(t, s.ReplacePassword(t.Context(), r))
	u.PasswordHash, u.PasswordChangedAt = r.To, r.At
}

func (s *suite) requireOldPasswords(t *testing.T, u account.User, want ...string) {
	t.Helper()
	expect(t, "old passwords", want)(s.OldPasswords(t.Context(), u.ID, 100))
}

func passwordIsReplaced(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	first := u.PasswordHash
	s.replace(t, &u, replacementOf(u, "second"))
	s.requireUser(t, u)
	s.requireOldPasswords(t, u, first)
	s.requireUser(t, other) // whose hash is the same
	s.requireOldPasswords(t, other)
}

func givenTokenIsValid(t *testing.T, s *suite) {
	before, u, after := s.newUser(t), s.newUser(t), s.newUser(t)
	one, two := s.login(t, &u, second(1000)), s.login(t, &u, second(2000))
	befores, afters := s.login(t, &before, second(1000)), s.login(t, &after, second(1000))
	r := replacementOf(u, "second")
	token := s.newToken(u, second(3000))
	r.Token = &token
	s.replace(t, &u, r)
	s.requireTokens(t, map[account.TokenRef]account.User{token.TokenRef: u, befores: before, afters: after},
		one, two, befores, afters, token.TokenRef)
}

func noTokenIsValid(t *testing.T, s *suite) {
	u := s.newUser(t)
	one, two := s.login(t, &u, second(1000)), s.login(t, &u, second(2000))
	s.replace(t, &u, replacementOf(u, "second"))
	s.requireTokens(t, nil, one, two)
}

func presentPasswordOnly(t *testing.T, s *suite) {
	u := s.newUser(t)
	first := u.PasswordHash
	s.replace(t, &u, replacementOf(u, "second"))
	valid := s.login(t, &u, second(1000))
	for _, from := range []string{first, "third", ""} {
		r := replacementOf(u, "third")
		token := s.newToken(u, second(3000))
		r.From, r.Token = from, &token
		refused(t, fmt.Sprintf("from %q", from), s.ReplacePassword(t.Context(), r), account.ErrPasswordChanged)
		s.requireUser(t, u)
		s.requireOldPasswords(t, u, first)
		s.requireTokens(t, map[account.TokenRef]account.User{valid: u}, valid, token.TokenRef)
	}
	stranger := account.PasswordReplacement{UserID: nobody, From: "a", To: "b", At: second(10), Remember: remembered}
	refused(t, "of nobody", s.ReplacePassword(t.Context(), stranger), account.ErrPasswordChanged)
}

// The last step fails: the token is of nobody.
func failedReplacement(t *testing.T, s *suite) {
	u := s.newUser(t)
	valid := s.login(t, &u, second(1000))
	r := replacementOf(u, "second")
	r.Token = &account.Token{TokenRef: account.TokenRef{UserID: nobody, ID: s.newID()}, ExpiresAt: second(3000)}
	if err := s.ReplacePassword(t.Context(), r); err == nil || errors.Is(err, account.ErrPasswordChanged) {
		t.Errorf("got %v, want the failure of the token", err)
	}
	s.requireUser(t, u)
	s.requireOldPasswords(t, u)
	s.requireTokens(t, map[account.TokenRef]account.User{valid: u}, valid, r.Token.TokenRef)
}

// The names of the hashes sort in the opposite order of their use.
func oldPasswordsAreRemembered(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	u.PasswordHash = "hash 9"
	s.replace(t, &other, replacementOf(other, "second"))
	done(t, s.UpgradePasswordHash(t.Context(), u.ID, "$argon2id$1", u.PasswordHash))
	for _, step := range []struct {
		to       string
		remember int
		want     []string
	}{
		{"hash 8", 3, []string{"hash 9"}},
		{"hash 7", 3, []string{"hash 8", "hash 9"}},
		{"hash 6", 3, []string{"hash 7", "hash 8", "hash 9"}},
		{"hash 5", 3, []string{"hash 6", "hash 7", "hash 8"}},
		{"hash 4", 3, []string{"hash 5", "hash 6", "hash 7"}},
		{"hash 3", 1, []string{"hash 4"}},
		{"hash 2", 2, []string{"hash 3", "hash 4"}},
		{"hash 1", 0, nil},
		{"hash 0", 1, []string{"hash 1"}},
	} {
		r := replacementOf(u, step.to)
		r.Remember = step.remember
		s.replace(t, &u, r)
		s.requireOldPasswords(t, u, step.want...)
	}
	s.requireOldPasswords(t, other, "$argon2id$1")
}

func oldPasswordsAsked(t *testing.T, s *suite) {
	u := s.newUser(t)
	u.PasswordHash = "hash 3"
	done(t, s.UpgradePasswordHash(t.Context(), u.ID, "$argon2id$1", u.PasswordHash))
	for _, to := range []string{"hash 2", "hash 1", "hash 0"} {
		s.replace(t, &u, replacementOf(u, to))
	}
	all := []string{"hash 1", "hash 2", "hash 3"}
	for most, want := range map[int][]string{0: nil, 1: all[:1], 2: all[:2], 3: all, 100: all} {
		expect(t, fmt.Sprintf("at most %d", most), want)(s.OldPasswords(t.Context(), u.ID, most))
	}
	expect[[]string](t, "of nobody", nil)(s.OldPasswords(t.Context(), nobody, 100))
}

func passwordComesBack(t *testing.T, s *suite) {
	u := s.newUser(t)
	first := u.PasswordHash
	for _, to := range []string{"second", first, "third"} {
		s.replace(t, &u, replacementOf(u, to))
	}
	s.requireOldPasswords(t, u, first, "second", first)
}

// A user who came by an identity provider has no password at first.
func firstPassword(t *testing.T, s *suite) {
	u := s.unsavedUser()
	u.PasswordHash = ""
	done(t, s.CreateUser(t.Context(), u))
	s.replace(t, &u, replacementOf(u, "first"))
	s.requireUser(t, u)
	s.requireOldPasswords(t, u)
	s.replace(t, &u, replacementOf(u, "second"))
	s.requireOldPasswords(t, u, "first")
}

func onePasswordWins(t *testing.T, s *suite) {
	u := s.newUser(t)
	first := u.PasswordHash
	tokens := make([]account.Token, contenders)
	refs := make([]account.TokenRef, contenders)
	for i := range tokens {
		tokens[i] = s.newToken(u, second(1000))
		refs[i] = tokens[i].TokenRef
	}
	of := func(i int) account.PasswordReplacement {
		r := replacementOf(u, fmt.Sprintf("of caller %d", i))
		r.At, r.Token = r.At.Add(timeline.Micros(i)), &tokens[i]
		return r
	}
	winner := of(exactlyOne(t, account.ErrPasswordChanged, func(i int) error {
		return s.ReplacePassword(t.Context(), of(i))
	}))
	u.PasswordHash, u.PasswordChangedAt = winner.To, winner.At
	s.requireUser(t, u)
	s.requireOldPasswords(t, u, first)
	s.requireTokens(t, map[account.TokenRef]account.User{winner.Token.TokenRef: u}, refs...)
}

// A login before the replacement is ended by it; a login after it is refused.
func loginsDuringReplacement(t *testing.T, s *suite) {
	u := s.newUser(t)
	tokens := make([]account.Token, contenders)
	refs := make([]account.TokenRef, contenders)
	for i := range tokens {
		tokens[i] = s.newToken(u, second(1000))
		refs[i] = tokens[i].TokenRef
	}
	const replacing = contenders / 2
	r := replacementOf(u, "second")
	r.Token = &tokens[replacing]
	for i, err := range atOnce(contenders, func(i int) error {
		if i == replacing {
			return s.ReplacePassword(t.Context(), r)
		}
		return s.RecordLogin(t.Context(), tokens[i], u.PasswordChangedAt, u.LastLoginAt)
	}) {
		if err != nil && (i == replacing || !errors.Is(err, account.ErrUnknownUser)) {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	u.PasswordHash, u.PasswordChangedAt = r.To, r.At
	s.requireTokens(t, map[account.TokenRef]account.User{r.Token.TokenRef: u}, refs...)
}
