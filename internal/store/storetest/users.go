package storetest

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// nobody is the ID of no user.
const nobody = 1 << 52

var userCases = []testCase{
	{"a user is read back as created, by e-mail and by ID", userIsReadBack},
	{"a user without optional fields", plainUserIsReadBack},
	{"an e-mail is taken once", emailIsTakenOnce},
	{"who is not there is unknown", strangersAreUnknown},
	{"a profile changes what it holds and nothing else", profileChangesItsFields},
	{"a role changes alone", roleChangesAlone},
	{"a role that does not exist is refused", badRoleIsRefused},
	{"a hash is replaced only while it is the old one", hashIsComparedAndSet},
	{"users are found by what is in their name or address", usersAreFound},
	{"a login sets the time and the token together", loginSetsBoth},
	{"a login of a stranger leaves nothing", loginOfStranger},
	{"a login that fails leaves nothing", failedLoginLeavesNothing},
}

func usersAreFound(t *testing.T, s *suite) {
	u := s.unsavedUser()
	u.Email, u.FirstName, u.LastName = "found%d_\\@example.com", "Édith", "Zoë-Marie"
	done(t, s.CreateUser(t.Context(), u))
	for _, search := range []string{"Édith", "dith zo", "ZO", "Zoë", "%d", `_\@EXAMPLE`} {
		q := account.UserQuery{Search: search, Role: account.RoleAdmin, State: account.IsActive}
		for _, q.Before = range []string{"", "g"} {
			expect(t, search, []account.User{u})(s.Users(t.Context(), q, 2))
		}
		expect(t, "count of "+search, 1)(s.CountUsers(t.Context(), q))
	}
	for _, q := range []account.UserQuery{
		{Search: "Edith"},
		{Search: "%dith"},
		{Search: "_dith"},
		{Search: "Édith", Role: account.RoleUser},
		{Search: "Édith", State: account.IsInactive},
		{Search: "Édith", After: u.Email},
	} {
		if users, err := s.Users(t.Context(), q, 2); err != nil || len(users) > 0 {
			t.Errorf("%+v: found %v, %v", q, users, err)
		}
	}
}

func (s *suite) requireUser(t *testing.T, want account.User) {
	t.Helper()
	expect(t, "by ID", want)(s.UserByID(t.Context(), want.ID))
	expect(t, "by e-mail", want)(s.UserByEmail(t.Context(), want.Email))
}

func userIsReadBack(t *testing.T, s *suite) {
	u := s.newUser(t)
	requireFull(t, u)
	s.requireUser(t, u)
}

func plainUserIsReadBack(t *testing.T, s *suite) {
	s.users++
	u := account.User{ID: s.users, Email: "plain@example.com", PasswordHash: "x", Role: account.RoleUser, Timezone: "UTC", CreatedAt: second(1)}
	if err := s.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	s.requireUser(t, u)
}

func emailIsTakenOnce(t *testing.T, s *suite) {
	first := s.newUser(t)
	late := s.unsavedUser()
	late.Email = first.Email
	if err := s.CreateUser(t.Context(), late); !errors.Is(err, account.ErrEmailTaken) {
		t.Errorf("got %v, want ErrEmailTaken", err)
	}
	s.requireUser(t, first)
	if _, err := s.UserByID(t.Context(), late.ID); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("the late one: got %v, want ErrUnknownUser", err)
	}
}

func strangersAreUnknown(t *testing.T, s *suite) {
	_, byID := s.UserByID(t.Context(), nobody)
	_, byEmail := s.UserByEmail(t.Context(), "nobody@example.com")
	for operation, err := range map[string]error{
		"UserByID": byID, "UserByEmail": byEmail,
		"UpdateProfile": s.UpdateProfile(t.Context(), account.User{ID: nobody}),
		"UpdateRole":    s.UpdateRole(t.Context(), nobody, account.RoleUser),
	} {
		if !errors.Is(err, account.ErrUnknownUser) {
			t.Errorf("%s: got %v, want ErrUnknownUser", operation, err)
		}
	}
}

func profileChangesItsFields(t *testing.T, s *suite) {
	other, before := s.newUser(t), s.newUser(t)
	change := account.User{
		ID:        before.ID,
		FirstName: "Grace", LastName: "Hopper", Timezone: "Asia/Kathmandu", TargetMicros: 1,
		WeekStart: 1, WeekZone: "UTC", WantsReportEmails: false,
		// What a profile does not hold:
		Email: "changed@example.com", PasswordHash: "changed", Active: false, Role: account.RoleUser,
		CreatedAt: second(900), LastLoginAt: second(901),
	}
	if err := s.UpdateProfile(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	want := before
	want.FirstName, want.LastName, want.Timezone = change.FirstName, change.LastName, change.Timezone
	want.TargetMicros, want.WeekStart, want.WeekZone = change.TargetMicros, change.WeekStart, change.WeekZone
	want.WantsReportEmails = false
	s.requireUser(t, want)
	s.requireUser(t, other)
}

func roleChangesAlone(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	if err := s.UpdateRole(t.Context(), u.ID, account.RoleUser); err != nil {
		t.Fatal(err)
	}
	u.Role = account.RoleUser
	s.requireUser(t, u)
	s.requireUser(t, other)
}

func badRoleIsRefused(t *testing.T, s *suite) {
	u := s.newUser(t)
	if err := s.UpdateRole(t.Context(), u.ID, "emperor"); err == nil {
		t.Error("the role is stored")
	}
	s.requireUser(t, u)
}

func hashIsComparedAndSet(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	for _, step := range []struct{ from, to, want string }{
		{u.PasswordHash, "second", "second"},
		{u.PasswordHash, "late", "second"}, // no longer the hash that is there
		{"second", "third", "third"},
	} {
		if err := s.UpgradePasswordHash(t.Context(), u.ID, step.from, step.to); err != nil {
			t.Fatalf("%q to %q: %v", step.from, step.to, err)
		}
		want := u
		want.PasswordHash = step.want
		s.requireUser(t, want)
	}
	s.requireUser(t, other)
	if err := s.UpgradePasswordHash(t.Context(), nobody, "a", "b"); err != nil {
		t.Errorf("of nobody: %v", err)
	}
}

func loginSetsBoth(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	token := s.newToken(u, second(1000))
	if err := s.RecordLogin(t.Context(), token, u.PasswordChangedAt, second(50)); err != nil {
		t.Fatal(err)
	}
	u.LastLoginAt = second(50)
	s.requireUser(t, u)
	s.requireUser(t, other)
	s.requireTokens(t, map[account.TokenRef]account.User{token.TokenRef: u}, token.TokenRef)
}

func loginOfStranger(t *testing.T, s *suite) {
	token := account.Token{TokenRef: account.TokenRef{UserID: nobody, ID: s.newID()}, ExpiresAt: second(1000)}
	if err := s.RecordLogin(t.Context(), token, 0, second(1)); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("got %v, want ErrUnknownUser", err)
	}
	s.requireTokens(t, nil, token.TokenRef)
}

// A token's ID comes twice, so that the second half of the login fails.
func failedLoginLeavesNothing(t *testing.T, s *suite) {
	u := s.newUser(t)
	token := s.newToken(u, second(1000))
	if err := s.RecordLogin(t.Context(), token, u.PasswordChangedAt, second(50)); err != nil {
		t.Fatal(err)
	}
	if err := s.RecordLogin(t.Context(), token, u.PasswordChangedAt, second(60)); err == nil {
		t.Error("the same token is recorded twice")
	}
	u.LastLoginAt = second(50)
	s.requireUser(t, u)
}

// newToken is not recorded yet.
func (s *suite) newToken(u account.User, expires timeline.Instant) account.Token {
	return account.Token{TokenRef: account.TokenRef{UserID: u.ID, ID: s.newID()}, ExpiresAt: expires}
}
