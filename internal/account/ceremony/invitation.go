package ceremony

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Door says who may register.
type Door string

// The doors. The zero Door is open.
const (
	Open     Door = "open"
	ByInvite Door = "invite" // whoever has an invitation
	Closed   Door = "closed" // nobody: admins and the operator add users
)

// Why somebody may not register.
var (
	// ErrClosed is returned to whoever would register where nobody may.
	ErrClosed = fault.New(fault.Forbidden, "this server takes no registrations: ask the person who runs it for an account")
	// ErrInviteOnly is returned to whoever would register without an invitation.
	ErrInviteOnly = fault.New(fault.Forbidden, "this server takes registrations by invitation: ask the person who runs it for a link")
	// ErrInvitation is returned for an invitation that cannot be used.
	ErrInvitation = fault.New(fault.Forbidden, "this invitation was used or has expired: ask the person who runs this server for a new one")
)

// Admit returns ErrClosed, ErrInviteOnly or ErrInvitation, unless a registration with this
// code of an invitation may begin.
func (c *Ceremonies) Admit(ctx context.Context, door Door, code string) error {
	switch {
	case door == Closed:
		return ErrClosed
	case door != ByInvite:
		return nil
	case code == "":
		return ErrInviteOnly
	}
	_, err := c.Waiting(ctx, Invitation, code, &struct{}{})
	return asInvitation(err)
}

// Enter does what Admit does, and uses the invitation up for create: of concurrent callers
// one gets it. If create fails, the invitation can be used again.
func (c *Ceremonies) Enter(ctx context.Context, door Door, code string, create func() error) error {
	if door != ByInvite {
		return create()
	}
	used, err := c.Use(ctx, Invitation, code, &struct{}{})
	if err != nil {
		return asInvitation(err)
	}
	if err := create(); err != nil {
		return errors.Join(err, c.store.AddCeremony(context.WithoutCancel(ctx), used))
	}
	return nil
}

func asInvitation(err error) error {
	if errors.Is(err, ErrUnknown) {
		return ErrInvitation
	}
	return err
}
