package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/invitation"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// invite makes an invitation that must succeed.
func (h *house) invite(t *testing.T, s *account.Service, email string, by account.By) (string, account.Invitation) {
	t.Helper()
	code, made, err := s.Invite(t.Context(), email, 7, by)
	if err != nil {
		t.Fatal(err)
	}
	return code, made
}

// An invitation for an address is for its owner, however they write it, also where everybody
// may register. A refusal leaves it usable.
func TestInvitationForAnAddress(t *testing.T) {
	t.Parallel()
	for _, door := range []account.Door{"", invitation.Open, invitation.ByInvite} {
		h := newHouse(t)
		s := h.replica(t, withDoor(door))
		code, made := h.invite(t, s, " Bob@Example.COM", home)
		if made.Email != "bob@example.com" {
			t.Errorf("it is for %q", made.Email)
		}
		for _, other := range []string{"bobby@example.com", "bob@example.org", annsEmail} {
			if _, err := s.Register(t.Context(), guestOf(other, code)); !isProblemOf(err, "email") {
				t.Errorf("%s: %v", other, err)
			}
		}
		if _, err := s.Register(t.Context(), guestOf("ＢOB@example.com ", code)); err != nil {
			t.Errorf("its owner: %v", err)
		}
		if _, err := s.Register(t.Context(), guestOf("bob@example.com", code)); !errors.Is(err, account.ErrInvitation) {
			t.Errorf("again: %v", err)
		}
	}
}

func isProblemOf(err error, field string) bool {
	problems, _ := errors.AsType[fault.FieldErrors](err)
	return len(problems) == 1 && problems[0].Field == field
}

func TestInviteRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, c := range []struct {
		email, field string
		days         int
	}{{"", "days", 0}, {"", "days", -1}, {"", "days", 91}, {"no address", "email", 7}, {"ANN@example.com", "email", 7}} {
		if _, _, err := h.Invite(t.Context(), c.email, c.days, home); !isProblemOf(err, c.field) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for i := range invitation.MaxOpen {
		h.invite(t, h.Service, fmt.Sprintf("guest%d@example.com", i), home)
	}
	if _, _, err := h.Invite(t.Context(), "", 7, home); !errors.Is(err, account.ErrTooManyInvitations) {
		t.Errorf("one too many: %v", err)
	}
	if open, err := h.Invitations(t.Context()); err != nil || len(open) != invitation.MaxOpen {
		t.Errorf("%d are open, %v", len(open), err)
	}
	h.advance(7 * 24 * time.Hour)
	h.invite(t, h.Service, "", home) // the others have expired
}

// What is made, used and revoked is in the security log, by its name and never with its code.
func TestInvitationsAreLogged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica(t, withDoor(invitation.ByInvite))
	if err := h.SetRole(t.Context(), annsEmail, account.RoleAdmin, home); err != nil {
		t.Fatal(err)
	}
	used, first := h.invite(t, s, "bob@example.com", h.by)
	revoked, second := h.invite(t, s, "", home)
	login, err := s.Register(t.Context(), guestOf("bob@example.com", used))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), second.ID, h.by); err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), second.ID, h.by); !errors.Is(err, account.ErrNotInvited) {
		t.Errorf("revoked again: %v", err)
	}
	if err := s.Revoke(t.Context(), first.ID, h.by); !errors.Is(err, account.ErrNotInvited) {
		t.Errorf("a used one: %v", err)
	}
	if _, err := s.Register(t.Context(), guestOf("eve@example.com", revoked)); !errors.Is(err, account.ErrInvitation) {
		t.Errorf("registered with a revoked one: %v", err)
	}
	for _, want := range []struct {
		kind   account.SecurityKind
		userID int64
		name   string
	}{
		{account.InvitationMade, h.user.ID, first.Name()},
		{account.InvitationMade, 0, second.Name()},
		{account.InvitationUsed, login.User.ID, first.Name()},
		{account.InvitationRevoked, h.user.ID, second.Name()},
	} {
		events, err := h.SecurityEvents(t.Context(), want.userID, 100)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(events, func(e account.SecurityEvent) bool {
			return e.Kind == want.kind && strings.HasPrefix(e.Detail, want.name)
		}) {
			t.Errorf("no %s of %s in %+v", want.kind, want.name, events)
		}
		for _, e := range events {
			if strings.Contains(e.Detail, used) || strings.Contains(e.Detail, revoked) || strings.Contains(e.Detail, "bob@") {
				t.Errorf("the log says %q", e.Detail)
			}
		}
	}
}

// The link of the first admin works where nobody may register, once, and for nobody once
// there is an admin, however they became one.
func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	for _, door := range []account.Door{invitation.Open, invitation.ByInvite, invitation.Closed} {
		h := newHouse(t) // Ann, who was first, is no admin
		s := h.replica(t, withDoor(door))
		var codes []string
		for range 3 { // of three starts
			code, _, err := s.InviteFirstAdmin(t.Context(), home)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		login, err := s.Register(t.Context(), guestOf("boss@example.com", codes[1]))
		if err != nil || login.User.Role != account.RoleAdmin || h.stored(t, login.User.ID).Role != account.RoleAdmin {
			t.Fatalf("%s: %+v, %v", door, login.User, err)
		}
		for i, code := range codes {
			if _, err := s.Register(t.Context(), guestOf(fmt.Sprintf("late%d@example.com", i), code)); err == nil {
				t.Errorf("%s: link %d makes another account", door, i)
			}
		}
		if _, _, err := s.InviteFirstAdmin(t.Context(), home); !errors.Is(err, account.ErrHasAdmin) {
			t.Errorf("%s: another link: %v", door, err)
		}
		if h.stored(t, h.user.ID).Role != account.RoleUser {
			t.Errorf("%s: Ann is an admin", door)
		}
	}
}

func TestFirstAdminByCommandEndsTheLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code, _, err := h.InviteFirstAdmin(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SetRole(t.Context(), annsEmail, account.RoleAdmin, home); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Invited(t.Context(), code); !errors.Is(err, account.ErrHasAdmin) {
		t.Errorf("its page: %v", err)
	}
	if _, err := h.Register(t.Context(), guestOf("late@example.com", code)); !errors.Is(err, account.ErrHasAdmin) {
		t.Errorf("the link after that: %v", err)
	}
	if _, err := h.UserByEmail(t.Context(), "late@example.com"); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("its account: %v", err)
	}
}

func TestLinkOfTheFirstAdminExpires(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	code, made, err := h.InviteFirstAdmin(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	h.now = made.ExpiresAt.Time()
	if _, err := h.Register(t.Context(), guestOf("boss@example.com", code)); !errors.Is(err, account.ErrInvitation) {
		t.Errorf("expired: %v", err)
	}
}

// Of many who use links of the first admin at once, on two replicas, one becomes the admin.
func TestOneFirstAdmin(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	replicas := []*account.Service{h.replica(t, withDoor(invitation.Closed)), h.replica(t, withDoor(invitation.Closed))}
	var codes [2]string
	for i, s := range replicas {
		var err error
		if codes[i], _, err = s.InviteFirstAdmin(t.Context(), home); err != nil {
			t.Fatal(err)
		}
	}
	var made atomic.Int64
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if _, err := replicas[i%2].Register(t.Context(), guestOf(fmt.Sprintf("guest%d@example.com", i), codes[i/2%2])); err == nil {
				made.Add(1)
			}
		})
	}
	group.Wait()
	admins, err := h.ListUsers(t.Context(), account.UserQuery{Role: account.RoleAdmin})
	if made.Load() != 1 || err != nil || admins.Total != 1 {
		t.Errorf("%d registered, %d admins, %v", made.Load(), admins.Total, err)
	}
}

// The open invitations of an admin end when they are no admin any more.
func TestInvitationsEndWithTheirMaker(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h *house) error{
		"role":        func(h *house) error { return h.SetRole(t.Context(), annsEmail, account.RoleUser, home) },
		"deactivated": func(h *house) error { return h.SetActive(t.Context(), annsEmail, false, home) },
		"deleted":     func(h *house) error { return h.DeleteUser(t.Context(), annsEmail, home) },
	} {
		h := newHouse(t)
		h.register(t, "boss@example.com")
		for _, email := range []string{annsEmail, "boss@example.com"} {
			if err := h.SetRole(t.Context(), email, account.RoleAdmin, home); err != nil {
				t.Fatal(err)
			}
		}
		code, _ := h.invite(t, h.Service, "", h.by)
		kept, _ := h.invite(t, h.Service, "", home)
		if err := end(h); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Register(t.Context(), guestOf("bob@example.com", code)); !errors.Is(err, account.ErrInvitation) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.Register(t.Context(), guestOf("bob@example.com", kept)); err != nil {
			t.Errorf("%s: the operator's: %v", name, err)
		}
		if _, _, err := h.Invite(t.Context(), "", 7, h.by); err == nil {
			t.Errorf("%s: a former admin invites", name)
		}
	}
}
