package storetest

import (
	"fmt"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var passkeyCases = []testCase{
	{"passkeys are read back, oldest first", passkeysAreReadBack},
	{"a passkey is added once", passkeyIsAddedOnce},
	{"a passkey is used only while its credential is the expected one", passkeyIsComparedAndSet},
	{"a passkey is used once by many at once", passkeyAtOnce},
	{"a passkey is deleted, others stay", passkeyIsDeleted},
	{"hostile passkeys come back letter by letter", hostilePasskeys},
	{"a user without second factors", func(t *testing.T, s *suite) {
		s.requireFactors(t, s.newUser(t).ID, account.Factors{})
		s.requireFactors(t, nobody, account.Factors{})
	}},
	{"deleting a user's second factors deletes nothing else", factorsAreDeleted},
}

func (s *suite) addPasskey(t *testing.T, u account.User, createdAt int) account.Passkey {
	t.Helper()
	id := s.newID()
	p := account.Passkey{
		ID: id, UserID: u.ID, Name: "Name of " + id, Credential: fmt.Appendf(nil, `{"of":%q,"count":0}`, id),
		CreatedAt: second(createdAt), LastUsedAt: second(500),
	}
	done(t, s.AddPasskey(t.Context(), p, nil))
	return p
}

// used returns p after a login with it.
func used(p account.Passkey, count int) account.Passkey {
	p.Credential = fmt.Appendf(nil, `{"of":%q,"count":%d}`, p.ID, count)
	p.LastUsedAt = second(600 + count)
	return p
}

func (s *suite) requirePasskeys(t *testing.T, u account.User, want ...account.Passkey) {
	t.Helper()
	s.requireFactors(t, u.ID, account.Factors{Passkeys: want})
}

func passkeysAreReadBack(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	second, third := s.addPasskey(t, u, 20), s.addPasskey(t, u, 30)
	first, others := s.addPasskey(t, u, 10), s.addPasskey(t, other, 15)
	requireFull(t, first)
	s.requirePasskeys(t, u, first, second, third)
	s.requirePasskeys(t, other, others)

	fresh := account.Passkey{ID: s.newID(), UserID: u.ID, Name: "never used", Credential: []byte(`{}`), CreatedAt: third.CreatedAt + 1}
	done(t, s.AddPasskey(t.Context(), fresh, nil))
	s.requirePasskeys(t, u, first, second, third, fresh)
}

func passkeyIsAddedOnce(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	p := s.addPasskey(t, u, 10)
	again := used(p, 1)
	again.Name, again.CreatedAt = "another", second(20)
	refused(t, "again", s.AddPasskey(t.Context(), again, nil), account.ErrFactorExists)
	s.requirePasskeys(t, u, p)

	// Two users may share a device.
	again.UserID = other.ID
	done(t, s.AddPasskey(t.Context(), again, nil))
	s.requirePasskeys(t, other, again)
	s.requirePasskeys(t, u, p)

	stranger := account.User{ID: nobody}
	p.UserID = nobody
	if err := s.AddPasskey(t.Context(), p, nil); err == nil {
		t.Error("a passkey of nobody is stored")
	}
	s.requirePasskeys(t, stranger)
}

func passkeyIsComparedAndSet(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	p, beside := s.addPasskey(t, u, 10), s.addPasskey(t, u, 20)
	others := p
	others.UserID = other.ID
	done(t, s.AddPasskey(t.Context(), others, nil))

	renamed := used(p, 1)
	renamed.Name, renamed.CreatedAt = "another", second(90) // which a use does not change
	done(t, s.UsePasskey(t.Context(), renamed, p.Credential))
	s.requirePasskeys(t, u, used(p, 1), beside)
	refused(t, "from the first again", s.UsePasskey(t.Context(), used(p, 2), p.Credential), account.ErrPasskey)
	s.requirePasskeys(t, u, used(p, 1), beside)
	done(t, s.UsePasskey(t.Context(), used(p, 2), used(p, 1).Credential))
	s.requirePasskeys(t, u, used(p, 2), beside)
	s.requirePasskeys(t, other, others)

	unknown := p
	unknown.ID = s.newID()
	refused(t, "unknown", s.UsePasskey(t.Context(), unknown, p.Credential), account.ErrPasskey)
	unknown = p
	unknown.UserID = nobody
	refused(t, "of nobody", s.UsePasskey(t.Context(), unknown, p.Credential), account.ErrPasskey)
}

func passkeyAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	p := s.addPasskey(t, u, 10)
	winner := exactlyOne(t, account.ErrPasskey, func(i int) error {
		return s.UsePasskey(t.Context(), used(p, i+1), p.Credential)
	})
	s.requirePasskeys(t, u, used(p, winner+1))
	exactlyOne(t, account.ErrUnknownFactor, func(int) error { return s.DeletePasskey(t.Context(), u.ID, p.ID) })
	winner = exactlyOne(t, account.ErrFactorExists, func(i int) error { return s.AddPasskey(t.Context(), used(p, i+1), nil) })
	s.requirePasskeys(t, u, used(p, winner+1))
}

func passkeyIsDeleted(t *testing.T, s *suite) {
	other, u := s.newUser(t), s.newUser(t)
	p, beside, others := s.addPasskey(t, u, 10), s.addPasskey(t, u, 20), s.addPasskey(t, other, 10)
	refused(t, "another's", s.DeletePasskey(t.Context(), u.ID, others.ID), account.ErrUnknownFactor)
	done(t, s.DeletePasskey(t.Context(), u.ID, p.ID))
	refused(t, "again", s.DeletePasskey(t.Context(), u.ID, p.ID), account.ErrUnknownFactor)
	refused(t, "unknown", s.DeletePasskey(t.Context(), u.ID, s.newID()), account.ErrUnknownFactor)
	refused(t, "used", s.UsePasskey(t.Context(), used(p, 1), p.Credential), account.ErrPasskey)
	s.requirePasskeys(t, u, beside)
	s.requirePasskeys(t, other, others)
	done(t, s.AddPasskey(t.Context(), p, nil))
	s.requirePasskeys(t, u, p, beside)
}

func hostilePasskeys(t *testing.T, s *suite) {
	u := s.newUser(t)
	for _, text := range hostileTexts {
		p := account.Passkey{ID: text, UserID: u.ID, Name: text, Credential: []byte(text), CreatedAt: second(1)}
		done(t, s.AddPasskey(t.Context(), p, nil))
		s.requirePasskeys(t, u, p)
		p.Credential = []byte(text + "!")
		done(t, s.UsePasskey(t.Context(), p, []byte(text)))
		s.requirePasskeys(t, u, p)
		done(t, s.DeletePasskey(t.Context(), u.ID, text))
		s.requirePasskeys(t, u)
	}
}

func factorsAreDeleted(t *testing.T, s *suite) {
	before, u, after := s.newUser(t), s.newUser(t), s.newUser(t)
	all := make(map[int64]account.Factors)
	for _, user := range []account.User{before, u, after} {
		app := s.putTOTP(t, user, "secret")
		s.useTOTP(t, &app, 7)
		done(t, s.ReplaceRecoveryCodes(t.Context(), user.ID, []string{"a", "b"}))
		passkeys := []account.Passkey{s.addPasskey(t, user, 10), s.addPasskey(t, user, 20)}
		all[user.ID] = account.Factors{TOTP: &app, Passkeys: passkeys, RecoveryCodes: 2}
		s.requireFactors(t, user.ID, all[user.ID])
	}
	identity := s.newIdentity()
	done(t, s.AddIdentity(t.Context(), u.ID, u.PasswordChangedAt, identity))
	token := s.login(t, &u, second(1000))
	for range 2 { // the second time there is nothing left
		done(t, s.DeleteFactors(t.Context(), u.ID))
		s.requireFactors(t, u.ID, account.Factors{})
		s.requireFactors(t, before.ID, all[before.ID])
		s.requireFactors(t, after.ID, all[after.ID])
	}
	s.useCode(t, u, "a", account.ErrCode)
	s.requireUser(t, u)
	s.requireTokens(t, map[account.TokenRef]account.User{token: u}, token)
	expect(t, "user of the identity", u)(s.UserOfIdentity(t.Context(), identity.Issuer, identity.Subject))
}
