package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// PairingLifetime is how long a pairing code holds.
const PairingLifetime = ceremonyLifetime

// Pairing is a widget that wants to be connected.
//
// The rules are those of RFC 7636 (PKCE, method S256):
//   - The widget keeps a random verifier and tells its hash, the challenge.
//   - The user, logged in on a page of this server, gets a code for the challenge.
//   - The code and the verifier together are worth a device; once, and for a while.
//
// So a code that is seen by somebody, or handed to them, is worth nothing to them.
type Pairing struct {
	Challenge string // base64url of the SHA-256 of the verifier
	Name      string // what the device is called from then on
	Kind      DeviceKind
}

// pairing is what is kept of a Pairing until the code is exchanged.
type pairing struct {
	Pairing
	PasswordChangedAt timeline.Instant
}

// IsPairing reports whether a widget can be connected as it asks to be, whatever the
// user calls it.
func IsPairing(p Pairing) bool { return isChallenge(p.Challenge) && p.Kind.Valid() }

// StartPairing makes a code with which a widget connects to the user's account. It
// returns FieldErrors or ErrTooManyDevices.
func (s *Service) StartPairing(ctx context.Context, user User, p Pairing) (code string, _ error) {
	err := checkPairing(&p)
	if err == nil {
		err = s.hasRoomForDevice(ctx, user.ID)
	}
	if err == nil {
		code, err = s.await(ctx, pairingCeremony, user.ID, pairing{p, user.PasswordChangedAt})
	}
	if err != nil {
		return "", fmt.Errorf("pair a device: %w", err)
	}
	return code, nil
}

// ConnectDevice exchanges a code and the verifier of its challenge for a device's first
// tokens. It returns ErrDeviceCredential for a code that is wrong, used or past, or has
// another verifier; or ErrTooManyDevices.
func (s *Service) ConnectDevice(ctx context.Context, code, verifier, address string) (Granted, error) {
	granted, err := s.connectDevice(ctx, code, verifier, address)
	switch {
	case errors.Is(err, ErrUnknownCeremony), errors.Is(err, ErrUnknownUser):
		err = ErrDeviceCredential
		fallthrough
	case err != nil:
		return Granted{}, fmt.Errorf("connect a device: %w", err)
	}
	return granted, nil
}

func (s *Service) connectDevice(ctx context.Context, code, verifier, address string) (Granted, error) {
	var kept pairing
	if _, err := s.waiting(ctx, pairingCeremony, code, &kept); err != nil {
		return Granted{}, err
	}
	// The code stays good: to guess the verifier is hopeless, and who has seen the code
	// must not be able to spoil it.
	if subtle.ConstantTimeCompare([]byte(challengeOf(verifier)), []byte(kept.Challenge)) != 1 {
		return Granted{}, ErrDeviceCredential
	}
	ceremony, err := s.take(ctx, pairingCeremony, code, &kept)
	if err != nil {
		return Granted{}, err
	}
	user, err := s.store.UserByID(ctx, ceremony.UserID)
	if err != nil {
		return Granted{}, err
	}
	root := token.NewRoot()
	device := Device{
		UserID: user.ID, ID: uuid.NewString(), Name: kept.Name, Kind: kept.Kind, LastAddress: address, Presented: root.String(),
	}
	granted, access, err := s.grant(user, device.ID, root)
	if err != nil {
		return Granted{}, err
	}
	device.CreatedAt = timeline.InstantOf(granted.At)
	device.LastUsedAt = device.CreatedAt
	err = s.store.AddDevice(ctx, NewDevice{
		Device: device, PasswordChangedAt: kept.PasswordChangedAt, Token: access,
		Most: maxDevices, UsedSince: s.devicesUsedSince(),
	})
	if err != nil {
		return Granted{}, err
	}
	s.Note(ctx, DeviceConnected, user.ID, By{UserID: user.ID, Address: address}, device.Name)
	return granted, nil
}

// challengeOf is the challenge of a verifier (RFC 7636 section 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// isChallenge reports whether a text can be a challenge.
func isChallenge(text string) bool {
	if len(text) != base64.RawURLEncoding.EncodedLen(sha256.Size) {
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(raw) == sha256.Size // base64 skips line breaks
}
