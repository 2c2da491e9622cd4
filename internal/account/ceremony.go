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

// ceremonyLifetime is how long the next step may take.
const ceremonyLifetime = 5 * time.Minute

// ceremonyKind says which step comes next.
type ceremonyKind string

const (
	codeCeremony     ceremonyKind = "code"        // a login that waits for a code
	assertCeremony   ceremonyKind = "passkey"     // a login that waits for a passkey
	passkeyCeremony  ceremonyKind = "new passkey" // the registration of one
	identityCeremony ceremonyKind = "identity"    // a visit to the identity provider
	pairingCeremony  ceremonyKind = "pairing"     // of a widget that is about to be connected
)

// Ceremony is a login or registration of several steps that waits for its next one.
type Ceremony struct {
	ID        string // SHA-256 of its kind and the secret that the browser holds
	Kind      string
	UserID    int64 // 0 if not known yet
	Data      string
	ExpiresAt timeline.Instant
}

// await stores what the next step needs, and returns the secret that names it.
func (s *Service) await(ctx context.Context, kind ceremonyKind, userID int64, data any) (secret string, _ error) {
	secret = rand.Text()
	return secret, s.awaitAs(ctx, secret, kind, userID, data)
}

// awaitAs is await under a secret that somebody else has been told.
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

// waiting is the ceremony that a secret names, left where it is; what the step needs
// is read into data. It returns ErrUnknownCeremony if there is none of the kind, or it
// is past.
func (s *Service) waiting(ctx context.Context, kind ceremonyKind, secret string, data any) (Ceremony, error) {
	c, err := s.store.Ceremony(ctx, ceremonyID(kind, secret))
	return s.checked(c, err, data)
}

// take is waiting for the last time: of two callers one gets the ceremony.
func (s *Service) take(ctx context.Context, kind ceremonyKind, secret string, data any) (Ceremony, error) {
	c, err := s.store.TakeCeremony(ctx, ceremonyID(kind, secret))
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

// ceremonyID is another for each kind, so that the wrong step finds nothing to end.
func ceremonyID(kind ceremonyKind, secret string) string {
	sum := sha256.Sum256([]byte(string(kind) + ":" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
