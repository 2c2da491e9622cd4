package account_test

import (
	"context"
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// After a deletion that was interrupted nobody can log in, and ResumeDeletions finishes it.
func TestDeletionIsResumed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// As if the program had ended after the first step.
	if err := h.store.BeginDeletion(t.Context(), h.user.ID, h.user.ID, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := h.User(t.Context(), h.user.ID); !errors.Is(err, account.ErrUnknownUser) {
		t.Errorf("who is being deleted: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.ResumeDeletions(ended); err == nil {
		t.Error("a resumption that failed says nothing")
	}
	if under, err := h.store.Deletions(t.Context()); err != nil || len(under) != 1 {
		t.Errorf("after a failure %v are under way, %v", under, err)
	}
	for range 2 { // the second finds nothing to do
		if err := h.ResumeDeletions(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	events, err := h.SecurityEvents(t.Context(), h.user.ID, 10)
	if err != nil || len(events) != 1 || events[0].Kind != account.AccountDeleted || events[0].Address != "" {
		t.Errorf("the log has %+v, %v", events, err)
	}
	if under, err := h.store.Deletions(t.Context()); err != nil || len(under) != 0 {
		t.Errorf("%v are under way, %v", under, err)
	}
}

// A user without a password confirms who they are by a fresh login.
func TestConfirmationWithoutPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	u := h.user
	u.ID, u.Email, u.EmailKey, u.PasswordHash = 7, "provided@example.com", "", ""
	if err := h.store.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	here := account.TokenRef{UserID: u.ID, ID: "of this browser", IssuedAt: timeline.InstantOf(h.now)}
	by := account.By{UserID: u.ID, Login: here}
	old := by
	old.Login.IssuedAt -= 11 * 60 * timeline.Instant(timeline.Second)
	if err := h.LogoutOthers(t.Context(), here, "anything", old); !errors.Is(err, account.ErrLogInAgain) {
		t.Errorf("by an old login, beside a fresh one of the same user: %v", err)
	}
	h.now = h.now.Add(11 * 60e9)
	if err := h.LogoutOthers(t.Context(), here, "anything", by); !errors.Is(err, account.ErrLogInAgain) {
		t.Errorf("a logout everywhere else, eleven minutes after a login: %v", err)
	}
	if err := h.DeleteAccount(t.Context(), "anything", by); !errors.Is(err, account.ErrLogInAgain) {
		t.Errorf("eleven minutes after a login: %v", err)
	}
	h.now = h.now.Add(-2 * 60e9)
	if err := h.LogoutOthers(t.Context(), here, "", by); err != nil {
		t.Errorf("a logout everywhere else, nine minutes after a login: %v", err)
	}
	if err := h.DeleteAccount(t.Context(), "", by); err != nil {
		t.Errorf("nine minutes after a login: %v", err)
	}
}
