package storetest

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// mostTokenRefs is how many refs account.Store promises to take at once.
const mostTokenRefs = 256

var tokenCases = []testCase{
	{"tokens are found, unknown ones are absent", tokensAreFound},
	{"a token's user is read as it is now", tokenOfChangedUser},
	{"a token belongs to its user", tokenBelongsToUser},
	{"as many tokens at once as promised", manyTokens},
	{"no tokens at all", func(t *testing.T, s *suite) { s.requireTokens(t, nil) }},
	{"a deleted token is gone, others stay", deletedToken},
	{"logins are listed and end one by one", listedLogins},
	{"all tokens but one are gone, other users' stay", otherTokens},
	{"expired tokens are deleted, those of the instant itself are not", expiredTokens},
}

func (s *suite) login(t *testing.T, u *account.User, expires timeline.Instant) account.TokenRef {
	t.Helper()
	token := s.newToken(*u, expires)
	u.LastLoginAt = second(70)
	if err := s.RecordLogin(t.Context(), token, u.PasswordChangedAt, u.LastLoginAt); err != nil {
		t.Fatal(err)
	}
	return token.TokenRef
}

func (s *suite) requireTokens(t *testing.T, want map[account.TokenRef]account.User, refs ...account.TokenRef) {
	t.Helper()
	expect(t, "users of tokens", want)(s.UsersOfTokens(t.Context(), refs))
}

func tokensAreFound(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	one, two, three := s.login(t, &ann, second(1000)), s.login(t, &ann, second(1000)), s.login(t, &bob, second(1000))
	unknown := account.TokenRef{UserID: ann.ID, ID: s.newID()}
	nobodys := account.TokenRef{UserID: nobody, ID: one.ID}
	s.requireTokens(t, map[account.TokenRef]account.User{one: ann, two: ann, three: bob},
		unknown, one, nobodys, three, two)
	s.requireTokens(t, nil, unknown)
}

func tokenOfChangedUser(t *testing.T, s *suite) {
	u := s.newUser(t)
	ref := s.login(t, &u, second(1000))
	if err := s.UpdateRole(t.Context(), u.ID, account.RoleUser); err != nil {
		t.Fatal(err)
	}
	u.Role = account.RoleUser
	s.requireTokens(t, map[account.TokenRef]account.User{ref: u}, ref)
}

func tokenBelongsToUser(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	anns := s.login(t, &ann, second(1000))
	bobs := account.Token{TokenRef: account.TokenRef{UserID: bob.ID, ID: anns.ID}, ExpiresAt: second(1000)}
	s.requireTokens(t, nil, bobs.TokenRef)

	// The same ID as another user's token is a token of its own.
	bob.LastLoginAt = second(71)
	if err := s.RecordLogin(t.Context(), bobs, bob.PasswordChangedAt, bob.LastLoginAt); err != nil {
		t.Fatal(err)
	}
	s.requireTokens(t, map[account.TokenRef]account.User{anns: ann, bobs.TokenRef: bob}, anns, bobs.TokenRef)
	if err := s.DeleteToken(t.Context(), anns); err != nil {
		t.Fatal(err)
	}
	s.requireTokens(t, map[account.TokenRef]account.User{bobs.TokenRef: bob}, anns, bobs.TokenRef)
}

func manyTokens(t *testing.T, s *suite) {
	u := s.newUser(t)
	var refs []account.TokenRef
	var known []account.TokenRef
	for i := range mostTokenRefs {
		ref := account.TokenRef{UserID: u.ID, ID: s.newID()}
		if i%16 == 0 {
			ref = s.login(t, &u, second(1000))
			known = append(known, ref)
		}
		refs = append(refs, ref)
	}
	want := make(map[account.TokenRef]account.User)
	for _, ref := range known {
		want[ref] = u
	}
	s.requireTokens(t, want, refs...)
}

func deletedToken(t *testing.T, s *suite) {
	u := s.newUser(t)
	gone, stays := s.login(t, &u, second(1000)), s.login(t, &u, second(1000))
	for _, when := range []string{"first", "again"} {
		if err := s.DeleteToken(t.Context(), gone); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		s.requireTokens(t, map[account.TokenRef]account.User{stays: u}, gone, stays)
	}
}

// A device's token is no login, and neither is what has expired or belongs to others.
func listedLogins(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	logIn := func(u account.User, started, expires int, from account.Client) account.Login {
		token := s.newToken(u, second(expires))
		token.IssuedAt, token.Client = second(started), from
		done(t, s.RecordLogin(t.Context(), token, u.PasswordChangedAt, second(70)))
		return account.Login{ID: token.ID, StartedAt: second(started), ExpiresAt: second(expires), Client: from}
	}
	older := logIn(ann, 10, 1000, account.Client{Address: "192.0.2.1", Browser: "Firefox on Linux"})
	newer := logIn(ann, 20, 1000, account.Client{Address: "2001:db8::/64", Browser: "Safari on iOS"})
	bobs := logIn(bob, 15, 1000, account.Client{})
	logIn(ann, 5, 100, account.Client{})
	device := s.newDevice(ann, 30)
	done(t, s.AddDevice(t.Context(), device))
	expect(t, "of Ann", []account.Login{newer, older})(s.Logins(t.Context(), ann.ID, second(100), 10))
	expect(t, "the newest of Ann", []account.Login{newer})(s.Logins(t.Context(), ann.ID, second(100), 1))

	for name, id := range map[string]string{"Bob's": bobs.ID, "a device's": device.Token.ID, "none": s.newID()} {
		_, err := s.DeleteLogin(t.Context(), ann.ID, id)
		refused(t, name, err, account.ErrUnknownLogin)
	}
	ann.LastLoginAt = second(70)
	s.requireTokens(t, map[account.TokenRef]account.User{device.Token.Key(): ann}, device.Token.Key())
	expect(t, "ended", older)(s.DeleteLogin(t.Context(), ann.ID, older.ID))
	_, err := s.DeleteLogin(t.Context(), ann.ID, older.ID)
	refused(t, "again", err, account.ErrUnknownLogin)
	expect(t, "of Ann, afterwards", []account.Login{newer})(s.Logins(t.Context(), ann.ID, second(100), 10))
	expect(t, "of Bob, afterwards", []account.Login{bobs})(s.Logins(t.Context(), bob.ID, second(100), 10))
}

func otherTokens(t *testing.T, s *suite) {
	ann, bob := s.newUser(t), s.newUser(t)
	one, two, kept := s.login(t, &ann, second(1000)), s.login(t, &ann, second(1000)), s.login(t, &ann, second(1000))
	bobs := s.login(t, &bob, second(1000))
	for _, ceremony := range []account.Ceremony{
		{ID: "of-ann-" + kept.ID, UserID: ann.ID, ExpiresAt: second(1000)},
		{ID: "of-bob-" + kept.ID, UserID: bob.ID, ExpiresAt: second(1000)},
	} {
		done(t, s.AddCeremony(t.Context(), ceremony))
	}
	for range 2 { // once more changes nothing
		done(t, s.EndOtherLogins(t.Context(), kept))
		s.requireTokens(t, map[account.TokenRef]account.User{kept: ann, bobs: bob}, one, two, kept, bobs)
	}
	if _, err := s.Ceremony(t.Context(), "of-ann-"+kept.ID); !errors.Is(err, account.ErrUnknownCeremony) {
		t.Errorf("a login that was under way: %v", err)
	}
	if _, err := s.Ceremony(t.Context(), "of-bob-"+kept.ID); err != nil {
		t.Errorf("another user's: %v", err)
	}
}

// The other cases' tokens expire at second 1000 and later than all of these.
func expiredTokens(t *testing.T, s *suite) {
	u := s.newUser(t)
	before, at, after := s.login(t, &u, second(99)), s.login(t, &u, second(100)), s.login(t, &u, second(101))
	s.requireTokens(t, map[account.TokenRef]account.User{before: u, at: u, after: u}, before, at, after)
	if err := s.DeleteExpiredTokens(t.Context(), second(100)); err != nil {
		t.Fatal(err)
	}
	s.requireTokens(t, map[account.TokenRef]account.User{at: u, after: u}, before, at, after)
}
