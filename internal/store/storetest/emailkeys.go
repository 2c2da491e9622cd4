package storetest

import (
	"fmt"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
)

var keyCases = []testCase{
	{"an e-mail key is taken once, also as an address", keyIsTakenOnce},
	{"of many at once one gets the key", keyIsTakenOnceAtOnce},
	{"the address as it is comes before the key", addressComesBeforeKey},
	{"users of an earlier version get their keys, but no key that is taken", keysAreFilled},
	{"what fills keys does so in steps, also twice at once", keysAreFilledAtOnce},
}

// named returns a user who is not stored, with an address and a key that differ.
func (s *suite) named(email, key string) account.User {
	u := s.unsavedUser()
	u.Email, u.EmailKey = fmt.Sprintf("%s%d@keys.example", email, u.ID), key
	return u
}

func keyIsTakenOnce(t *testing.T, s *suite) {
	first := s.named("First", "taken@keys.example")
	done(t, s.CreateUser(t.Context(), first))
	asAddress := s.named("unfilled", "")
	done(t, s.CreateUser(t.Context(), asAddress))
	for name, u := range map[string]account.User{
		"the key":             s.named("late", first.EmailKey),
		"another's address":   s.named("late", asAddress.Email),
		"another's, with key": s.named("late", first.Email),
	} {
		refused(t, name, s.CreateUser(t.Context(), u), account.ErrEmailTaken)
		refused(t, name+", with an identity", s.CreateUserWithIdentity(t.Context(), u, s.newIdentity()), account.ErrEmailTaken)
		_, err := s.UserByID(t.Context(), u.ID)
		refused(t, name+": the late one", err, account.ErrUnknownUser)
	}
	for range 2 { // no key is nobody's
		done(t, s.CreateUser(t.Context(), s.named("keyless", "")))
	}
	done(t, s.BeginDeletion(t.Context(), first.ID, nobody, second(1)))
	done(t, s.CreateUser(t.Context(), s.named("free", first.EmailKey)))
}

func keyIsTakenOnceAtOnce(t *testing.T, s *suite) {
	users := make([]account.User, 8)
	for i := range users {
		users[i] = s.named("racer", "race@keys.example")
	}
	created := 0
	for _, err := range atOnce(len(users), func(i int) error { return s.CreateUser(t.Context(), users[i]) }) {
		if err == nil {
			created++
			continue
		}
		refused(t, "a late one", err, account.ErrEmailTaken)
	}
	if created != 1 {
		t.Errorf("%d users have the key", created)
	}
}

func addressComesBeforeKey(t *testing.T, s *suite) {
	owner, twin := s.named("owner", "twin@keys.example"), s.named("twin", "")
	done(t, s.CreateUser(t.Context(), owner))
	done(t, s.CreateUser(t.Context(), twin))
	expect(t, "the twin by address", twin)(s.UserByEmail(t.Context(), twin.Email, owner.EmailKey))
	expect(t, "the owner by address", owner)(s.UserByEmail(t.Context(), owner.Email, owner.EmailKey))
	expect(t, "any other spelling", owner)(s.UserByEmail(t.Context(), "Twin@keys.example", owner.EmailKey))
	expect(t, "a key that is an address", twin)(s.UserByEmail(t.Context(), "another@keys.example", twin.Email))
	_, err := s.UserByEmail(t.Context(), "another@keys.example", "")
	refused(t, "no key", err, account.ErrUnknownUser)
}

func keysAreFilled(t *testing.T, s *suite) {
	before := s.newUser(t)
	owner := s.named("Owner", "filled@keys.example")
	plain, capital, again, accented, gone := s.named("plain", ""), s.unsavedUser(), s.unsavedUser(), s.unsavedUser(), s.named("gone", "")
	capital.Email, capital.EmailKey = "FILLED@keys.example", ""                     // owner has its key
	again.Email, again.EmailKey = fmt.Sprintf("Plain%d@keys.example", plain.ID), "" // plain is its key
	accented.Email, accented.EmailKey = "FİLLED-\u00e9@keys.example", ""
	for _, u := range []account.User{owner, again, plain, capital, accented, gone} {
		done(t, s.CreateUser(t.Context(), u))
	}
	done(t, s.BeginDeletion(t.Context(), gone.ID, nobody, second(1)))
	for range 2 { // whatever else is without a key, of other cases, is filled too
		taken, err := emailkey.Fill(t.Context(), s)
		done(t, err)
		kept := make(map[int64]bool)
		for _, id := range taken {
			kept[id] = true
		}
		same(t, "without a key", map[int64]bool{capital.ID: true, again.ID: true, plain.ID: false, accented.ID: false},
			map[int64]bool{capital.ID: kept[capital.ID], again.ID: kept[again.ID], plain.ID: kept[plain.ID], accented.ID: kept[accented.ID]})
	}
	plain.EmailKey, accented.EmailKey = plain.Email, "filled-\u00e9@keys.example"
	for _, u := range []account.User{before, owner, plain, capital, again, accented} {
		s.requireUser(t, u)
	}
	expect(t, "found by another spelling", accented)(s.UserByEmail(t.Context(), "x", accented.EmailKey))
}

func keysAreFilledAtOnce(t *testing.T, s *suite) {
	users := make([]account.User, 250)
	for i := range users {
		users[i] = s.named("MANY", "")
		done(t, s.CreateUser(t.Context(), users[i]))
	}
	for _, err := range atOnce(2, func(int) error {
		_, err := emailkey.Fill(t.Context(), s)
		return err
	}) {
		done(t, err)
	}
	for _, u := range users {
		u.EmailKey = emailkey.Of(u.Email)
		s.requireUser(t, u)
	}
}
