package account_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/invitation"
)

func withDoor(door account.Door) func(*account.Options) {
	return func(o *account.Options) { o.Door = door }
}

func guestOf(email, code string) account.Registration {
	return account.Registration{Email: email, Password: goodPassword, Invitation: code}
}

// The answer is the same whether the e-mail is registered or not.
func TestClosedDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, email := range []string{annsEmail, "new@example.com", "no address"} {
		if _, err := h.replica(t, withDoor(invitation.Closed)).Register(t.Context(), guestOf(email, "x")); !errors.Is(err, invitation.ErrClosed) {
			t.Errorf("closed, %s: %v", email, err)
		}
		invite := h.replica(t, withDoor(invitation.ByInvite))
		if _, err := invite.Register(t.Context(), guestOf(email, "")); !errors.Is(err, invitation.ErrInviteOnly) {
			t.Errorf("no invitation, %s: %v", email, err)
		}
		if _, err := invite.Register(t.Context(), guestOf(email, "wrong")); !errors.Is(err, account.ErrInvitation) {
			t.Errorf("a wrong invitation, %s: %v", email, err)
		}
	}
}

// An invitation that led to no account can be used again, until it expires.
func TestInvitationSurvivesARefusal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica(t, withDoor(invitation.ByInvite))
	code, _, err := s.Invite(t.Context(), "", 1, home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register(t.Context(), guestOf(annsEmail, code)); !errors.Is(err, account.ErrEmailTaken) {
		t.Errorf("a taken e-mail: %v", err)
	}
	if _, err := s.Register(t.Context(), guestOf("new@example.com", code)); err != nil {
		t.Errorf("after the refusal: %v", err)
	}
	late, _, err := s.Invite(t.Context(), "", 1, home)
	if err != nil {
		t.Fatal(err)
	}
	h.advance(24 * time.Hour)
	if _, err := s.Register(t.Context(), guestOf("late@example.com", late)); !errors.Is(err, account.ErrInvitation) {
		t.Errorf("expired: %v", err)
	}
}

// Of parallel registrations with one invitation, on two replicas, one succeeds.
func TestInvitationIsUsedOnce(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	replicas := []*account.Service{h.replica(t, withDoor(invitation.ByInvite)), h.replica(t, withDoor(invitation.ByInvite))}
	code, _, err := replicas[0].Invite(t.Context(), "", 1, home)
	if err != nil {
		t.Fatal(err)
	}
	var entered atomic.Int64
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			if _, err := replicas[i%2].Register(t.Context(), guestOf(fmt.Sprintf("guest%d@example.com", i), code)); err == nil {
				entered.Add(1)
			}
		})
	}
	group.Wait()
	if entered.Load() != 1 {
		t.Errorf("%d registered with one invitation", entered.Load())
	}
}
