package invitation

import "github.com/raterhub-tracker/raterhub-tracker/internal/fault"

// Door says who may register. The first admin may in any case, with an invitation.
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
)

// withoutCode returns ErrClosed or ErrInviteOnly unless people may register without an
// invitation.
func (d Door) withoutCode() error {
	switch d {
	case Closed:
		return ErrClosed
	case ByInvite:
		return ErrInviteOnly
	case Open:
	}
	return nil
}
