package storetest

import (
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var identityCases = []testCase{
	{"a user and the identity are created together, or neither", userWithIdentity},
	{"an identity belongs to one user", identityIsTakenOnce},
	{"a ceremony is read, and used once", ceremonyIsTakenOnce},
	{"ceremonies end with the password, and when their user is disabled", ceremoniesEnd},
	{"past ceremonies are deleted, those of the instant itself are not", ceremoniesExpire},
	{"security events are read back, newest first", securityEvents},
	{"old security events are deleted, those of the instant itself are not", securityEventsExpire},
}

func (s *suite) newIdentity() account.Identity {
	return account.Identity{Issuer: "https://login.example.org", Subject: s.newID()}
}

func userWithIdentity(t *testing.T, s *suite) {
	u, id := s.unsavedUser(), s.newIdentity()
	if err := s.CreateUserWithIdentity(t.Context(), u, id); err != nil {
		t.Fatal(err)
	}
	s.requireUser(t, u)
	expect(t, "user of the identity", u)(s.UserOfIdentity(t.Context(), id.Issuer, id.Subject))
	for name, issuer := range map[string]string{"another issuer": "https://login.example.net", "none": ""} {
		_, err := s.UserOfIdentity(t.Context(), issuer, id.Subject)
		refused(t, name, err, account.ErrUnknownUser)
	}

	again, other := s.unsavedUser(), s.newIdentity()
	refused(t, "the same identity", s.CreateUserWithIdentity(t.Context(), again, id), account.ErrIdentityTaken)
	_, err := s.UserByID(t.Context(), again.ID)
	refused(t, "its user", err, account.ErrUnknownUser)
	again.Email = u.Email
	refused(t, "the same e-mail", s.CreateUserWithIdentity(t.Context(), again, other), account.ErrEmailTaken)
	_, err = s.UserOfIdentity(t.Context(), other.Issuer, other.Subject)
	refused(t, "its identity", err, account.ErrUnknownUser)
}

func identityIsTakenOnce(t *testing.T, s *suite) {
	ann, bob, id := s.newUser(t), s.newUser(t), s.newIdentity()
	add := func(u account.User) error { return s.AddIdentity(t.Context(), u.ID, u.PasswordChangedAt, id) }
	stale := ann
	stale.PasswordChangedAt--
	refused(t, "of a password before", add(stale), account.ErrUnknownUser)
	if err := add(ann); err != nil {
		t.Fatal(err)
	}
	refused(t, "bob's", add(bob), account.ErrIdentityTaken)
	expect(t, "user", ann)(s.UserOfIdentity(t.Context(), id.Issuer, id.Subject))
	expect(t, "identities", []account.Identity{id})(s.Identities(t.Context(), ann.ID))
	expect(t, "bob's identities", []account.Identity(nil))(s.Identities(t.Context(), bob.ID))

	if err := s.DeleteIdentities(t.Context(), ann.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, "deleted again", s.DeleteIdentities(t.Context(), ann.ID), account.ErrUnknownFactor)
	if err := s.UpdateActive(t.Context(), ann.ID, false); err != nil {
		t.Fatal(err)
	}
	refused(t, "disabled", add(ann), account.ErrUnknownUser)
	refused(t, "bob's now", add(bob), nil)
}

func (s *suite) newCeremony(t *testing.T, expires int) account.Ceremony {
	t.Helper()
	return s.ceremonyOf(t, nobody, expires)
}

func (s *suite) ceremonyOf(t *testing.T, userID int64, expires int) account.Ceremony {
	t.Helper()
	c := account.Ceremony{ID: s.newID(), Kind: "code", UserID: userID, Data: `{"a":"b"}`, ExpiresAt: second(expires)}
	if err := s.AddCeremony(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func ceremonyIsTakenOnce(t *testing.T, s *suite) {
	c, other := s.newCeremony(t, 1000), s.newCeremony(t, 1000)
	for range 2 {
		expect(t, "read", c)(s.Ceremony(t.Context(), c.ID))
	}
	exactlyOne(t, account.ErrUnknownCeremony, func(int) error {
		got, err := s.UseCeremony(t.Context(), c.ID)
		if err == nil {
			same(t, "taken", c, got)
		}
		return err
	})
	_, err := s.Ceremony(t.Context(), c.ID)
	refused(t, "afterwards", err, account.ErrUnknownCeremony)
	expect(t, "the other", other)(s.Ceremony(t.Context(), other.ID))
}

func ceremoniesEnd(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	others := s.ceremonyOf(t, other.ID, 1000)
	for name, end := range map[string]func() error{
		"another password": func() error {
			return s.ReplacePassword(t.Context(), account.PasswordReplacement{UserID: u.ID, From: u.PasswordHash, To: "new", At: second(60)})
		},
		"disabled": func() error { return s.UpdateActive(t.Context(), u.ID, false) },
	} {
		c := s.ceremonyOf(t, u.ID, 1000)
		if err := end(); err != nil {
			t.Fatal(err)
		}
		_, err := s.Ceremony(t.Context(), c.ID)
		refused(t, name, err, account.ErrUnknownCeremony)
	}
	expect(t, "another's", others)(s.Ceremony(t.Context(), others.ID))
}

// The other cases' ceremonies end at second 1000.
func ceremoniesExpire(t *testing.T, s *suite) {
	past, now := s.newCeremony(t, 99), s.newCeremony(t, 100)
	if err := s.DeleteCeremonies(t.Context(), second(100)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Ceremony(t.Context(), past.ID)
	refused(t, "past", err, account.ErrUnknownCeremony)
	expect(t, "not past", now)(s.Ceremony(t.Context(), now.ID))
}

func (s *suite) newEvent(t *testing.T, userID int64, at int, detail string) account.SecurityEvent {
	t.Helper()
	e := account.SecurityEvent{
		ID: s.newID(), At: second(at), Kind: account.LoginFailed, UserID: userID, ActorID: 9, Address: "2001:db8::/64", Detail: detail,
	}
	if err := s.AddSecurityEvent(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	return e
}

func securityEvents(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	late := s.newEvent(t, u.ID, 1003, "late")
	early := s.newEvent(t, u.ID, 1001, "early")
	others := s.newEvent(t, other.ID, 1002, "other's")
	var hostile []account.SecurityEvent
	for i, text := range hostileTexts {
		hostile = append(hostile, s.newEvent(t, u.ID, 1010+i, text))
	}
	want := append(reversed(hostile), late, early)
	expect(t, "all", want)(s.SecurityEvents(t.Context(), u.ID, 1000))
	expect(t, "the newest", want[:2])(s.SecurityEvents(t.Context(), u.ID, 2))
	expect(t, "another's", []account.SecurityEvent{others})(s.SecurityEvents(t.Context(), other.ID, 1000))
	for range 2 { // of the same instant, both are kept
		s.newEvent(t, nobody, 1001, "")
	}
	if events, err := s.SecurityEvents(t.Context(), nobody, 1000); err != nil || len(events) != 2 {
		t.Errorf("of one instant: %v, %v", events, err)
	}
}

// The other cases' events are of second 1000 and later.
func securityEventsExpire(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.newEvent(t, u.ID, 99, "old")
	kept := s.newEvent(t, u.ID, 100, "not old")
	s.newEvent(t, 0, 149, "a stranger's")
	strangers := s.newEvent(t, 0, 150, "a stranger's, not old")
	if err := s.DeleteSecurityEvents(t.Context(), second(100), second(150)); err != nil {
		t.Fatal(err)
	}
	expect(t, "left", []account.SecurityEvent{kept})(s.SecurityEvents(t.Context(), u.ID, 1000))
	expect(t, "left of strangers", []account.SecurityEvent{strangers})(s.SecurityEvents(t.Context(), 0, 1000))
}
