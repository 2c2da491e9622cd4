package storetest

import (
	"fmt"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// The cases share one database and all invitations in it, so each is at a time of its own:
// the invitations of the case before have expired.
var invitationCases = []testCase{
	{"an invitation is read back, listed and revoked", invitationIsListed},
	{"an invitation is used once", invitationIsUsedOnce},
	{"an invitation stays if its user cannot be added", invitationStays},
	{"an expired invitation is not used, and is deleted", invitationExpires},
	{"at most so many invitations are open", invitationsAreBounded},
	{"invitations end with their maker, and with the account that they are for", invitationsEnd},
}

// theOperator makes invitations that end with no account.
const theOperator = 0

// invitation returns one that is valid for 10 seconds from start on, which is not stored.
func (s *suite) invitation(start int, madeBy int64) account.Invitation {
	return account.Invitation{ID: s.newID(), Email: "guest@example.net", MadeBy: madeBy, MadeAt: second(start), ExpiresAt: second(start + 10)}
}

func (s *suite) newInvitation(t *testing.T, start int, madeBy int64) account.Invitation {
	t.Helper()
	i := s.invitation(start, madeBy)
	done(t, s.AddInvitation(t.Context(), i, 100))
	return i
}

func invitationIsListed(t *testing.T, s *suite) {
	maker := s.newUser(t)
	early, late := s.newInvitation(t, 100, maker.ID), s.newInvitation(t, 105, theOperator)
	expect(t, "read", early)(s.Invitation(t.Context(), early.ID))
	expect(t, "listed", []account.Invitation{late, early})(s.Invitations(t.Context(), second(109), 100))
	expect(t, "the last", []account.Invitation{late})(s.Invitations(t.Context(), second(109), 1))
	expect(t, "one has expired", []account.Invitation{late})(s.Invitations(t.Context(), second(110), 100))
	done(t, s.DeleteInvitation(t.Context(), early.ID))
	refused(t, "revoked again", s.DeleteInvitation(t.Context(), early.ID), account.ErrNotInvited)
	_, err := s.Invitation(t.Context(), early.ID)
	refused(t, "afterwards", err, account.ErrInvitation)
	guest := s.guest()
	refused(t, "used", s.CreateInvitedUser(t.Context(), guest, early.ID, second(101)), account.ErrInvitation)
	_, err = s.UserByID(t.Context(), guest.ID)
	refused(t, "its user", err, account.ErrUnknownUser)
}

// guest returns a user who registers.
func (s *suite) guest() account.User {
	u := s.unsavedUser()
	u.Role = account.RoleUser
	return u
}

func invitationIsUsedOnce(t *testing.T, s *suite) {
	i := s.newInvitation(t, 200, theOperator)
	guests := make([]account.User, contenders)
	for j := range guests {
		guests[j] = s.guest()
	}
	winner := exactlyOne(t, account.ErrInvitation, func(j int) error {
		return s.CreateInvitedUser(t.Context(), guests[j], i.ID, second(201))
	})
	for j, guest := range guests {
		if j == winner {
			s.requireUser(t, guest)
			continue
		}
		_, err := s.UserByID(t.Context(), guest.ID)
		refused(t, fmt.Sprintf("guest %d", j), err, account.ErrUnknownUser)
	}
}

func invitationStays(t *testing.T, s *suite) {
	i, taken := s.newInvitation(t, 300, theOperator), s.newUser(t)
	guest, admin := s.guest(), s.unsavedUser()
	guest.Email = taken.Email
	refused(t, "a taken address", s.CreateInvitedUser(t.Context(), guest, i.ID, second(301)), account.ErrEmailTaken)
	refused(t, "an admin", s.CreateInvitedUser(t.Context(), admin, i.ID, second(301)), account.ErrInvitation)
	guest = s.guest()
	done(t, s.CreateInvitedUser(t.Context(), guest, i.ID, second(301)))
	s.requireUser(t, guest)
}

func invitationExpires(t *testing.T, s *suite) {
	past, now := s.newInvitation(t, 400, theOperator), s.newInvitation(t, 401, theOperator)
	refused(t, "expired", s.CreateInvitedUser(t.Context(), s.guest(), past.ID, past.ExpiresAt), account.ErrInvitation)
	done(t, s.DeleteExpiredInvitations(t.Context(), now.ExpiresAt))
	_, err := s.Invitation(t.Context(), past.ID)
	refused(t, "past", err, account.ErrInvitation)
	expect(t, "not past", now)(s.Invitation(t.Context(), now.ID))
}

func invitationsAreBounded(t *testing.T, s *suite) {
	s.newInvitation(t, 500, theOperator)
	second, third := s.invitation(500, theOperator), s.invitation(500, theOperator)
	done(t, s.AddInvitation(t.Context(), second, 2))
	refused(t, "one too many", s.AddInvitation(t.Context(), third, 2), account.ErrTooManyInvitations)
	third.MadeAt, third.ExpiresAt = third.ExpiresAt, third.ExpiresAt.Add(1)
	done(t, s.AddInvitation(t.Context(), third, 1)) // the others have expired by then
	_, err := s.Invitation(t.Context(), third.ID)
	done(t, err)
}

func invitationsEnd(t *testing.T, s *suite) {
	s.newUser(t) // an admin who stays
	for name, end := range map[string]func(id int64) error{
		"role":    func(id int64) error { return s.UpdateRole(t.Context(), id, account.RoleUser) },
		"active":  func(id int64) error { return s.UpdateActive(t.Context(), id, false) },
		"deleted": func(id int64) error { return s.BeginDeletion(t.Context(), id, nobody, second(1)) },
	} {
		maker, other := s.newUser(t), s.newUser(t)
		made, others := s.newInvitation(t, 600, maker.ID), s.newInvitation(t, 600, other.ID)
		done(t, end(maker.ID))
		_, err := s.Invitation(t.Context(), made.ID)
		refused(t, name, err, account.ErrInvitation)
		expect(t, name+", another's", others)(s.Invitation(t.Context(), others.ID))
		if err := s.AddInvitation(t.Context(), s.invitation(600, maker.ID), 100); err == nil {
			t.Errorf("%s: they go on inviting", name)
		}
	}
	guest := s.newUser(t)
	forGuest := s.invitation(600, theOperator)
	forGuest.Email = guest.Email
	done(t, s.AddInvitation(t.Context(), forGuest, 100))
	done(t, s.BeginDeletion(t.Context(), guest.ID, nobody, second(1)))
	_, err := s.Invitation(t.Context(), forGuest.ID)
	refused(t, "for a deleted account", err, account.ErrInvitation)
}

// FirstAdmin makes the first admin of an empty database through stores that share it, by
// invitations that several starts have made.
func FirstAdmin(t *testing.T, stores ...Store) {
	s := &suite{Store: stores[0]}
	const kept = 3
	var made []account.Invitation
	for n := range kept + 2 {
		i := account.Invitation{ID: s.newID(), MakesAdmin: true, MadeAt: second(n), ExpiresAt: second(n + 100)}
		done(t, stores[n%len(stores)].AddInvitation(t.Context(), i, kept))
		made = append(made, i)
	}
	for n, i := range made {
		_, err := s.Invitation(t.Context(), i.ID)
		if n < len(made)-kept {
			refused(t, "an old one", err, account.ErrInvitation)
		} else {
			done(t, err)
		}
	}
	expect(t, "they are not listed", []account.Invitation{})(s.Invitations(t.Context(), second(50), 100))
	made = made[len(made)-kept:]
	guest := s.guest()
	refused(t, "no admin", s.CreateInvitedUser(t.Context(), guest, made[0].ID, second(50)), account.ErrInvitation)
	bosses := []account.User{s.unsavedUser(), s.unsavedUser(), s.unsavedUser()}
	told := atOnce(len(bosses), func(n int) error {
		return stores[n%len(stores)].CreateInvitedUser(t.Context(), bosses[n], made[n].ID, second(50))
	})
	first := 0
	for _, err := range told {
		if err == nil {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d became the first admin: %v", first, told)
	}
	for _, i := range made {
		_, err := s.Invitation(t.Context(), i.ID)
		refused(t, "afterwards", err, account.ErrInvitation)
	}
	refused(t, "another link", s.AddInvitation(t.Context(), account.Invitation{ID: s.newID(), MakesAdmin: true, ExpiresAt: second(100)}, kept), account.ErrHasAdmin)
}
