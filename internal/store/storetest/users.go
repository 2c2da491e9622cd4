package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// nobody is the ID of no user.
const nobody = 1 << 52

var userCases = []testCase{
	{"a user is read back as created, by e-mail and by ID", userIsReadBack},
	{"a user without optional fields", plainUserIsReadBack},
	{"an e-mail is taken once", emailIsTakenOnce},
	{"a user that does not exist is unknown", strangersAreUnknown},
	{"changing a profile changes nothing else", profileChangesItsFields},
	{"a profile changes only what is named", profileChangesWhatIsNamed},
	{"changes of different fields of a profile at once all stay", profileChangesAtOnceStay},
	{"changing a role changes nothing else", roleChangesAlone},
	{"a role that does not exist is refused", badRoleIsRefused},
	{"a hash is replaced only while it is the old one", hashIsComparedAndSet},
	{"users are found by a part of their name or address", usersAreFound},
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
	expect(t, "by e-mail", want)(s.UserByEmail(t.Context(), want.Email, "no key"))
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
	_, byEmail := s.UserByEmail(t.Context(), "nobody@example.com", "")
	_, byProfile := s.UpdateProfile(t.Context(), nobody, account.ProfileChange{FirstName: new("Grace")})
	for operation, err := range map[string]error{
		"UserByID": byID, "UserByEmail": byEmail,
		"UpdateProfile": byProfile,
		"UpdateRole":    s.UpdateRole(t.Context(), nobody, account.RoleUser),
	} {
		if !errors.Is(err, account.ErrUnknownUser) {
			t.Errorf("%s: got %v, want ErrUnknownUser", operation, err)
		}
	}
}

func profileChangesItsFields(t *testing.T, s *suite) {
	other, before := s.newUser(t), s.newUser(t)
	change := account.ProfileChange{
		FirstName: new("Grace"), LastName: new("Hopper"), Timezone: new("Asia/Kathmandu"), TargetMicros: new(timeline.Micros(1)),
		WeekStart: new(time.Monday), WeekZone: new("UTC"), WantsReportEmails: new(false),
		DayStart: new(5), ForgottenAfter: new(2 * 60 * timeline.Minute),
	}
	want := changedBy(before, change)
	expect(t, "changed", want)(s.UpdateProfile(t.Context(), before.ID, change))
	s.requireUser(t, want)
	s.requireUser(t, other)
	empty := account.ProfileChange{FirstName: new(""), WeekZone: new(""), TargetMicros: new(timeline.Micros(0)), WeekStart: new(time.Sunday), DayStart: new(0)}
	want = changedBy(want, empty)
	expect(t, "emptied", want)(s.UpdateProfile(t.Context(), before.ID, empty))
	s.requireUser(t, want)
}

// changedBy returns a user after a change of their profile.
func changedBy(u account.User, c account.ProfileChange) account.User {
	replace(&u.FirstName, c.FirstName)
	replace(&u.LastName, c.LastName)
	replace(&u.Timezone, c.Timezone)
	replace(&u.TargetMicros, c.TargetMicros)
	replace(&u.WeekStart, c.WeekStart)
	replace(&u.WeekZone, c.WeekZone)
	replace(&u.DayStart, c.DayStart)
	replace(&u.ForgottenAfter, c.ForgottenAfter)
	replace(&u.WantsReportEmails, c.WantsReportEmails)
	return u
}

func replace[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// singleChanges returns one change for each field of a profile.
func singleChanges(round int) []account.ProfileChange {
	text := fmt.Sprintf("of round %d", round)
	return []account.ProfileChange{
		{FirstName: new("First " + text)},
		{LastName: new("Last " + text)},
		{Timezone: new("Zone " + text)},
		{TargetMicros: new(timeline.Micros(1000 + round))},
		{WeekStart: new(time.Weekday((round + 3) % 7))},
		{WeekZone: new("Week zone " + text)},
		{DayStart: new(round % 7)},
		{ForgottenAfter: new(timeline.Micros(2000 + round))},
		{WantsReportEmails: new(round%2 == 1)},
	}
}

func profileChangesWhatIsNamed(t *testing.T, s *suite) {
	u := s.newUser(t)
	for _, change := range append(singleChanges(1), account.ProfileChange{}) {
		u = changedBy(u, change)
		expect(t, "changed", u)(s.UpdateProfile(t.Context(), u.ID, change))
		s.requireUser(t, u)
	}
}

func profileChangesAtOnceStay(t *testing.T, s *suite) {
	u := s.newUser(t)
	for round := range 20 {
		changes := singleChanges(round)
		for i, err := range atOnce(len(changes), func(i int) error {
			_, err := s.UpdateProfile(t.Context(), u.ID, changes[i])
			return err
		}) {
			if err != nil {
				t.Fatalf("change %d: %v", i, err)
			}
			u = changedBy(u, changes[i])
		}
		s.requireUser(t, u)
	}
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

// newToken returns a token that is not recorded yet.
func (s *suite) newToken(u account.User, expires timeline.Instant) account.Token {
	return account.Token{TokenRef: account.TokenRef{UserID: u.ID, ID: s.newID()}, ExpiresAt: expires}
}
