package storetest

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

var activityCases = []testCase{
	{"changing activity changes nothing else", activityChangesAlone},
	{"a deactivated user has no token, others keep theirs", deactivationEndsTokens},
	{"activating an active user keeps the tokens", activationKeepsTokens},
	{"a login of an inactive user leaves nothing", loginOfInactiveUser},
	{"a login with a replaced password leaves nothing", loginWithOldPassword},
	{"logins during a deactivation leave no token", loginsDuringDeactivation},
}

func activityChangesAlone(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	for _, active := range []bool{false, false, true, true} {
		done(t, s.UpdateActive(t.Context(), u.ID, active))
		u.Active = active
		s.requireUser(t, u)
		s.requireUser(t, other)
	}
}

func deactivationEndsTokens(t *testing.T, s *suite) {
	before, u, after := s.newUser(t), s.newUser(t), s.newUser(t)
	one, two := s.login(t, &u, second(1000)), s.login(t, &u, second(2000))
	others := map[account.TokenRef]account.User{}
	for _, other := range []account.User{before, after} {
		token := s.login(t, &other, second(1000))
		others[token] = other
	}
	refs := append(slices.Collect(maps.Keys(others)), one, two)
	for _, active := range []bool{false, true} { // those that were ended stay so
		done(t, s.UpdateActive(t.Context(), u.ID, active))
		s.requireTokens(t, others, refs...)
	}
}

func activationKeepsTokens(t *testing.T, s *suite) {
	u := s.newUser(t)
	token := s.login(t, &u, second(1000))
	done(t, s.UpdateActive(t.Context(), u.ID, true))
	s.requireTokens(t, map[account.TokenRef]account.User{token: u}, token)
}

func loginOfInactiveUser(t *testing.T, s *suite) {
	u := s.newUser(t)
	done(t, s.UpdateActive(t.Context(), u.ID, false))
	u.Active = false
	token := s.newToken(u, second(1000))
	refused(t, "login", s.RecordLogin(t.Context(), token, u.PasswordChangedAt, second(50)), account.ErrUnknownUser)
	s.requireUser(t, u)
	s.requireTokens(t, nil, token.TokenRef)
}

func loginWithOldPassword(t *testing.T, s *suite) {
	u := s.newUser(t)
	for _, changedAt := range []timeline.Instant{0, u.PasswordChangedAt - 1, u.PasswordChangedAt + 1} {
		token := s.newToken(u, second(1000))
		refused(t, "login", s.RecordLogin(t.Context(), token, changedAt, second(50)), account.ErrUnknownUser)
		s.requireUser(t, u)
		s.requireTokens(t, nil, token.TokenRef)
	}
}

// A login before the deactivation is ended by it; a login after it is refused.
func loginsDuringDeactivation(t *testing.T, s *suite) {
	u := s.newUser(t)
	tokens := make([]account.Token, contenders)
	refs := make([]account.TokenRef, contenders)
	for i := range tokens {
		tokens[i] = s.newToken(u, second(1000))
		refs[i] = tokens[i].TokenRef
	}
	for i, err := range atOnce(contenders, func(i int) error {
		if i == contenders/2 {
			return s.UpdateActive(t.Context(), u.ID, false)
		}
		return s.RecordLogin(t.Context(), tokens[i], u.PasswordChangedAt, second(50))
	}) {
		if err != nil && (i == contenders/2 || !errors.Is(err, account.ErrUnknownUser)) {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	s.requireTokens(t, nil, refs...)
}
