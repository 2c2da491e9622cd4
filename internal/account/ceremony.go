package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ceremonyLifetime is how long a ceremony waits for its next step.
const ceremonyLifetime = 5 * time.Minute

// ceremonyKind is the step that a ceremony waits for.
type ceremonyKind string

const (
	codeCeremony     ceremonyKind = "code"        // of a login: a code
	assertCeremony   ceremonyKind = "passkey"     // of a login: a passkey
	passkeyCeremony  ceremonyKind = "new passkey" // of a registration: the new passkey
	identityCeremony ceremonyKind = "identity"    // the return from the identity provider
	pairingCeremony  ceremonyKind = "pairing"     // the connection of a widget
)

// Ceremony is a login or registration of several steps that waits for its next one.
type Ceremony struct {
	ID        string // SHA-256 of its kind and the secret that the browser holds
	Kind      string
	UserID    int64 // 0 if it is not known yet
	Data      string
	ExpiresAt timeline.Instant
}

// await stores what the next step needs, and returns the secret that names it.
func (s *Service) await(ctx context.Context, kind ceremonyKind, userID int64, data any) (secret string, _ error) {
	secret = rand.Text()
	return secret, s.awaitAs(ctx, secret, kind, userID, data)
}

// awaitAs does what await does, with a secret that somebody else already knows.
func (s *Service) awaitAs(ctx context.Context, secret string, kind ceremonyKind, userID int64, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode a ceremony: %w", err)
	}
	return s.store.AddCeremony(ctx, Ceremony{
		ID: ceremonyID(kind, secret), Kind: string(kind), UserID: userID, Data: string(encoded),
		ExpiresAt: timeline.InstantOf(s.now().Add(ceremonyLifetime)),
	})
}

// waiting returns the ceremony that a secret names, leaves it stored, and reads what the
// step needs into data. It returns ErrUnknownCeremony if there is none of this kind, or
// if it has expired.
func (s *Service) waiting(ctx context.Context, kind ceremonyKind, secret string, data any) (Ceremony, error) {
	c, err := s.store.Ceremony(ctx, ceremonyID(kind, secret))
	return s.checked(c, err, data)
}

// useCeremony is like waiting, but removes the ceremony: of concurrent callers one gets it.
func (s *Service) useCeremony(ctx context.Context, kind ceremonyKind, secret string, data any) (Ceremony, error) {
	c, err := s.store.UseCeremony(ctx, ceremonyID(kind, secret))
	return s.checked(c, err, data)
}

func (s *Service) checked(c Ceremony, err error, data any) (Ceremony, error) {
	switch {
	case err != nil:
		return Ceremony{}, err
	case c.ExpiresAt <= timeline.InstantOf(s.now()):
		return Ceremony{}, ErrUnknownCeremony
	}
	if err := json.Unmarshal([]byte(c.Data), data); err != nil {
		return Ceremony{}, fmt.Errorf("read a ceremony: %w", err)
	}
	return c, nil
}

// ceremonyID differs for each kind, so that the wrong step finds no ceremony.
func ceremonyID(kind ceremonyKind, secret string) string {
	sum := sha256.Sum256([]byte(string(kind) + ":" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
