package account

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Deletion is an account whose deletion has begun.
type Deletion struct {
	UserID  int64
	ActorID int64 // who deleted it; 0 for nobody who was logged in
}

// DeleteAccount deletes a user's own account and everything that belongs to it. It
// returns the errors of Confirm, or ErrLastAdmin.
func (s *Service) DeleteAccount(ctx context.Context, password string, by By) (err error) {
	defer fault.Wrap(&err, "delete an account")
	if err := s.reconfirm(ctx, password, by); err != nil {
		return err
	}
	return s.delete(ctx, by.UserID, by)
}

// DeleteUser deletes another user's account and everything that belongs to it, for
// admins and the operator. It returns ErrUnknownUser, ErrOwnAccount or ErrLastAdmin.
func (s *Service) DeleteUser(ctx context.Context, email string, by By) (err error) {
	defer fault.Wrap(&err, "delete a user")
	user, err := s.another(ctx, email, by)
	if err != nil {
		return err
	}
	return s.delete(ctx, user.ID, by)
}

// delete deletes a user in steps. After the first step the account is gone for
// everybody; the rest is done by this call or, if the program ends before it has
// finished, by ResumeDeletions.
func (s *Service) delete(ctx context.Context, userID int64, by By) error {
	if err := s.store.BeginDeletion(ctx, userID, by.UserID, timeline.InstantOf(s.now())); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a caller who gives up does not stop a deletion
	if err := s.finishDeletion(ctx, Deletion{UserID: userID, ActorID: by.UserID}); err != nil {
		s.log.ErrorContext(ctx, "a deletion failed halfway and will be resumed", "user_id", userID, "error", err)
	}
	return nil
}

// finishDeletion removes what is left, in transactions that are short enough to keep
// nobody waiting.
func (s *Service) finishDeletion(ctx context.Context, d Deletion) error {
	for more := true; more; {
		var err error
		if more, err = s.store.DeleteSome(ctx, d.UserID); err != nil {
			return err
		}
	}
	// All that remains of the person is a random number: not even the address.
	last := SecurityEvent{ID: uuid.NewString(), At: timeline.InstantOf(s.now()), Kind: AccountDeleted, UserID: d.UserID, ActorID: d.ActorID}
	if err := s.store.EndDeletion(ctx, d, last); err != nil {
		return err
	}
	s.logEvent(ctx, last)
	return nil
}

// ResumeDeletions finishes the deletions that were interrupted. Call it at regular
// intervals.
func (s *Service) ResumeDeletions(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "resume deletions")
	deletions, err := s.store.Deletions(ctx)
	for _, d := range deletions {
		err = errors.Join(err, s.finishDeletion(ctx, d))
	}
	return err
}
