// Package invitation says who may register, and makes invitations: codes with which one
// person each registers. Only the hashes of codes are stored. It knows no users.
package invitation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	// MaxDays is how many days an invitation may be valid at most.
	MaxDays = 90
	// MaxOpen is how many invitations may wait to be used.
	MaxOpen = 200
	// FirstAdminLifetime is how long the invitation of the first admin is valid.
	FirstAdminLifetime = 24 * time.Hour
	// MaxFirstAdmin is how many invitations of the first admin are kept: every start of a
	// server that has no admin makes one.
	MaxFirstAdmin = 100
)

// Why an invitation cannot be made, used or revoked.
var (
	// ErrUnknown is returned for an invitation that was used or revoked, has expired, or
	// never was.
	ErrUnknown = fault.New(fault.Forbidden, "this invitation was used or revoked, or has expired: ask the person who runs this server for a new one")
	// ErrHasAdmin is returned for the invitation of the first admin when there is one.
	ErrHasAdmin = fault.New(fault.Forbidden, "this link was for the first admin of this server, and there is one by now: ask them for an account")
	// ErrTooMany is returned when MaxOpen invitations wait to be used.
	ErrTooMany = fault.New(fault.Refused, "200 invitations wait to be used, the maximum: revoke one first")
	// ErrNotOpen is returned when there is no invitation to revoke.
	ErrNotOpen = fault.New(fault.NotFound, "this invitation was used or revoked already")
)

// Invitation lets one person register.
type Invitation struct {
	ID         string // hex of the SHA-256 of its code
	Email      string // normalised; only who has this address may use it; "" is whoever has the code
	MakesAdmin bool   // whoever uses it becomes the first admin
	MadeBy     int64  // the admin who made it; 0: the operator
	MadeAt     timeline.Instant
	ExpiresAt  timeline.Instant
}

// nameLength is long enough that no two open invitations share a name.
const nameLength = 12

// Name names the invitation in lists and in the security log.
func (i Invitation) Name() string { return i.ID[:min(len(i.ID), nameLength)] }

// Store keeps invitations.
type Store interface {
	// AddInvitation stores an invitation. It returns ErrTooMany if most others are valid when
	// it is made, and another error unless its maker is an active admin or the operator. Of
	// invitations of the first admin it keeps the newest ones, at most that many, and returns
	// ErrHasAdmin if there is an active admin.
	AddInvitation(ctx context.Context, i Invitation, most int) error

	// Invitation returns an invitation, or ErrUnknown. It may have expired.
	Invitation(ctx context.Context, id string) (Invitation, error)

	// Invitations returns the invitations that are valid at an instant, at most that many,
	// those that expire last first. Those of the first admin are not among them.
	Invitations(ctx context.Context, at timeline.Instant, most int) ([]Invitation, error)

	// DeleteInvitation removes an invitation, or returns ErrNotOpen.
	DeleteInvitation(ctx context.Context, id string) error

	// DeleteExpiredInvitations removes the invitations that expired before an instant.
	DeleteExpiredInvitations(ctx context.Context, before timeline.Instant) error
}

// Desk makes invitations and checks them.
type Desk struct {
	store Store
	now   func() time.Time
}

// NewDesk returns a Desk whose invitations are kept in a store.
func NewDesk(store Store, now func() time.Time) *Desk { return &Desk{store: store, now: now} }

// Make makes an invitation for an e-mail address, or for whoever has the code if that is "",
// and returns its code. It returns fault.FieldErrors or ErrTooMany.
func (d *Desk) Make(ctx context.Context, email string, days int, madeBy int64) (code string, _ Invitation, _ error) {
	if days < 1 || days > MaxDays {
		return "", Invitation{}, fault.Field("days", "must be a whole number from 1 to 90")
	}
	return d.add(ctx, Invitation{Email: email, MadeBy: madeBy}, time.Duration(days)*24*time.Hour, MaxOpen)
}

// MakeFirstAdmin makes an invitation of the first admin, or returns ErrHasAdmin.
func (d *Desk) MakeFirstAdmin(ctx context.Context) (code string, _ Invitation, _ error) {
	return d.add(ctx, Invitation{MakesAdmin: true}, FirstAdminLifetime, MaxFirstAdmin)
}

func (d *Desk) add(ctx context.Context, i Invitation, lifetime time.Duration, most int) (string, Invitation, error) {
	code, now := rand.Text(), d.now()
	i.ID, i.MadeAt, i.ExpiresAt = idOf(code), timeline.InstantOf(now), timeline.InstantOf(now.Add(lifetime))
	return code, i, d.store.AddInvitation(ctx, i, most)
}

// Open returns the invitations that wait to be used, those that expire last first.
func (d *Desk) Open(ctx context.Context) ([]Invitation, error) {
	return d.store.Invitations(ctx, timeline.InstantOf(d.now()), MaxOpen)
}

// valid returns the invitation that a code names, or ErrUnknown.
func (d *Desk) valid(ctx context.Context, code string) (Invitation, error) {
	i, err := d.store.Invitation(ctx, idOf(code))
	switch {
	case err != nil:
		return Invitation{}, err
	case i.ExpiresAt <= timeline.InstantOf(d.now()):
		return Invitation{}, ErrUnknown
	}
	return i, nil
}

// Admit returns the invitation with which a person may register, and the zero Invitation
// for one who needs none. It returns ErrClosed, ErrInviteOnly or ErrUnknown for one who may
// not register. The code is "" for none.
func (d *Desk) Admit(ctx context.Context, door Door, code string) (Invitation, error) {
	if code == "" {
		return Invitation{}, door.withoutCode()
	}
	i, err := d.valid(ctx, code)
	if door == Closed && (errors.Is(err, ErrUnknown) || err == nil && !i.MakesAdmin) {
		return Invitation{}, ErrClosed
	}
	return i, err
}

func idOf(code string) string {
	sum := sha256.Sum256([]byte("invitation:" + code))
	return hex.EncodeToString(sum[:])
}
