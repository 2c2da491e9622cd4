package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Deletion is an account whose deletion has begun.
type Deletion struct {
	UserID  int64
	ActorID int64 // who did it; 0 for nobody who was logged in
}

// DeleteAccount deletes a user's own account and everything that is theirs. It returns
// the errors of Confirm, or ErrLastAdmin.
func (s *Service) DeleteAccount(ctx context.Context, password string, by By) error {
	err := s.reconfirm(ctx, password, by)
	if err == nil {
		err = s.delete(ctx, by.UserID, by)
	}
	if err != nil {
		return fmt.Errorf("delete an account: %w", err)
	}
	return nil
}

// DeleteUser deletes another's account and everything that is theirs; for admins and
// whoever runs the server. It returns ErrUnknownUser, ErrOwnAccount or ErrLastAdmin.
func (s *Service) DeleteUser(ctx context.Context, email string, by By) error {
	user, err := s.another(ctx, email, by)
	if err == nil {
		err = s.delete(ctx, user.ID, by)
	}
	if err != nil {
		return fmt.Errorf("delete a user: %w", err)
	}
	return nil
}

// delete deletes a user in steps. With the first the account is gone for everybody, and
// the rest is done by this call or, when the program ends in the middle of it, by
// ResumeDeletions.
func (s *Service) delete(ctx context.Context, userID int64, by By) error {
	if err := s.store.BeginDeletion(ctx, userID, by.UserID, timeline.InstantOf(s.now())); err != nil {
		return err
	}
	// The caller may be gone; what has begun is ended all the same.
	ctx = context.WithoutCancel(ctx)
	if err := s.finishDeletion(ctx, Deletion{UserID: userID, ActorID: by.UserID}); err != nil {
		s.log.ErrorContext(ctx, "a deletion is to be resumed", "user_id", userID, "error", err)
	}
	return nil
}

// finishDeletion removes what is left, in transactions that keep nobody waiting.
func (s *Service) finishDeletion(ctx context.Context, d Deletion) error {
	for more := true; more; {
		var err error
		if more, err = s.store.DeleteSome(ctx, d.UserID); err != nil {
			return err
		}
	}
	// Nothing of the person but a number that says nothing: not even the address.
	last := SecurityEvent{ID: uuid.NewString(), At: timeline.InstantOf(s.now()), Kind: AccountDeleted, UserID: d.UserID, ActorID: d.ActorID}
	if err := s.store.EndDeletion(ctx, d, last); err != nil {
		return err
	}
	s.logEvent(ctx, last)
	return nil
}

// ResumeDeletions ends the deletions that something has interrupted; for a timer.
func (s *Service) ResumeDeletions(ctx context.Context) error {
	deletions, err := s.store.Deletions(ctx)
	for _, d := range deletions {
		err = errors.Join(err, s.finishDeletion(ctx, d))
	}
	if err != nil {
		return fmt.Errorf("resume deletions: %w", err)
	}
	return nil
}

// another is the user with this e-mail, if that is not who asks.
func (s *Service) another(ctx context.Context, email string, by By) (User, error) {
	user, err := s.known(ctx, email)
	if err == nil && user.ID == by.UserID {
		err = ErrOwnAccount
	}
	return user, err
}
