package account

import (
	"context"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Door says who may register.
type Door = ceremony.Door

// Invite makes an invitation: a code with which one person registers within lifetime. Only
// its hash is stored.
func (s *Service) Invite(ctx context.Context, lifetime time.Duration, by By) (code string, err error) {
	defer fault.Wrap(&err, "invite")
	code, err = s.ceremonies.Invite(ctx, lifetime)
	if err == nil {
		s.Note(ctx, InvitationMade, by.UserID, by, "")
	}
	return code, err
}
