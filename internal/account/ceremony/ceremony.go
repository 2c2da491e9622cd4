// Package ceremony keeps logins and registrations of several steps between one step and the
// next. Each is named by a secret that its browser holds, and is used once.
package ceremony

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Lifetime is how long a ceremony waits for its next step.
const Lifetime = 5 * time.Minute

// ErrUnknown is returned when no login or registration waits under this name, or no longer.
var ErrUnknown = fault.New(fault.Refused, "this step has expired or was already used: start again")

// Kind is the step that a ceremony waits for.
type Kind string

// The kinds of ceremonies.
const (
	Code       Kind = "code"        // of a login: a code
	Passkey    Kind = "passkey"     // of a login: a passkey
	NewPasskey Kind = "new passkey" // of a registration: the new passkey
	Identity   Kind = "identity"    // the return from the identity provider
	Pairing    Kind = "pairing"     // the connection of a widget
)

// Ceremony is a login or registration of several steps that waits for its next one.
type Ceremony struct {
	ID        string // SHA-256 of its kind and the secret that the browser holds
	Kind      string
	UserID    int64 // 0 if it is not known yet
	Data      string
	ExpiresAt timeline.Instant
}

// Store keeps ceremonies.
type Store interface {
	// AddCeremony stores a ceremony.
	AddCeremony(ctx context.Context, c Ceremony) error

	// Ceremony returns a ceremony, or ErrUnknown. It may have expired.
	Ceremony(ctx context.Context, id string) (Ceremony, error)

	// UseCeremony removes a ceremony and returns it, or returns ErrUnknown. Of
	// concurrent callers one gets it.
	UseCeremony(ctx context.Context, id string) (Ceremony, error)

	// DeleteCeremonies removes the ceremonies that expired before this instant.
	DeleteCeremonies(ctx context.Context, before timeline.Instant) error
}

// Ceremonies begins ceremonies and finds them again.
type Ceremonies struct {
	store Store
	now   func() time.Time
}

// New returns Ceremonies that are kept in a store.
func New(store Store, now func() time.Time) *Ceremonies { return &Ceremonies{store: store, now: now} }

// Await stores what the next step needs, and returns the secret that names it.
func (c *Ceremonies) Await(ctx context.Context, kind Kind, userID int64, data any) (secret string, _ error) {
	secret = rand.Text()
	return secret, c.AwaitAs(ctx, secret, kind, userID, data)
}

// AwaitAs does what Await does, with a secret that somebody else already knows.
func (c *Ceremonies) AwaitAs(ctx context.Context, secret string, kind Kind, userID int64, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode a ceremony: %w", err)
	}
	return c.store.AddCeremony(ctx, Ceremony{
		ID: idOf(kind, secret), Kind: string(kind), UserID: userID, Data: string(encoded),
		ExpiresAt: timeline.InstantOf(c.now().Add(Lifetime)),
	})
}

// Waiting returns the ceremony that a secret names, leaves it stored, and reads what the
// step needs into data. It returns ErrUnknown if there is none of this kind, or if it has
// expired.
func (c *Ceremonies) Waiting(ctx context.Context, kind Kind, secret string, data any) (Ceremony, error) {
	found, err := c.store.Ceremony(ctx, idOf(kind, secret))
	return c.checked(found, err, data)
}

// Use is like Waiting, but removes the ceremony: of concurrent callers one gets it.
func (c *Ceremonies) Use(ctx context.Context, kind Kind, secret string, data any) (Ceremony, error) {
	found, err := c.store.UseCeremony(ctx, idOf(kind, secret))
	return c.checked(found, err, data)
}

func (c *Ceremonies) checked(found Ceremony, err error, data any) (Ceremony, error) {
	switch {
	case err != nil:
		return Ceremony{}, err
	case found.ExpiresAt <= timeline.InstantOf(c.now()):
		return Ceremony{}, ErrUnknown
	}
	if err := json.Unmarshal([]byte(found.Data), data); err != nil {
		return Ceremony{}, fmt.Errorf("read a ceremony: %w", err)
	}
	return found, nil
}

// idOf differs for each kind, so that the wrong step finds no ceremony.
func idOf(kind Kind, secret string) string {
	sum := sha256.Sum256([]byte(string(kind) + ":" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
