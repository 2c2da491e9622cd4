package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// PairingLifetime is how long a pairing code is valid.
const PairingLifetime = ceremony.Lifetime

// Pairing is a widget that wants to be connected.
//
// The rules are those of RFC 7636 (PKCE, method S256):
//   - The widget keeps a random verifier and sends its hash, the challenge.
//   - The user, logged in on a page of this server, gets a code for the challenge.
//   - The code and the verifier together connect a device, once, within PairingLifetime.
//
// So the code alone is worth nothing to somebody who sees it or is given it. Somebody may also
// send a user the link to that page with a challenge of their own, to have their widget
// connected: the page and the widget both show the challenge's Fingerprint, so that the user
// sees whose widget it is.
type Pairing struct {
	Challenge string // base64url of the SHA-256 of the verifier
	Name      string // of the device from then on
	Kind      DeviceKind
}

// pairing is what is kept of a Pairing until the code is exchanged.
type pairing struct {
	Pairing
	PasswordChangedAt timeline.Instant
}

// IsPairing reports whether a widget can be connected as it asks, whatever its name.
func IsPairing(p Pairing) bool { return isChallenge(p.Challenge) && p.Kind.Valid() }

// fingerprintLetters are 32 that nobody takes for one another.
const fingerprintLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// Fingerprint returns eight letters, as "AB2C-D3EF", that stand for the challenge, or "" for
// a text that is no challenge. The widget derives the same (widget/core/credentials.ts).
func (p Pairing) Fingerprint() string {
	raw, err := base64.RawURLEncoding.DecodeString(p.Challenge)
	if err != nil || !isChallenge(p.Challenge) {
		return ""
	}
	var letters [8]byte
	for i := range letters {
		letters[i] = fingerprintLetters[raw[i]%32]
	}
	return string(letters[:4]) + "-" + string(letters[4:])
}

// StartPairing makes a code with which a widget connects to the account of the user who asks,
// and who confirms it as Confirm says: a stolen access token must not become a device that
// outlives it. It returns FieldErrors, fault.Throttled, ErrLogInAgain or ErrTooManyDevices.
func (s *Service) StartPairing(ctx context.Context, user User, p Pairing, password string, by By) (code string, err error) {
	defer fault.Wrap(&err, "pair a device")
	if p, err = p.cleaned(); err != nil {
		return "", err
	}
	if err := s.reconfirm(ctx, password, by); err != nil {
		return "", err
	}
	devices, err := s.Devices(ctx, user.ID)
	if err != nil {
		return "", err
	}
	if len(devices) >= maxDevices {
		return "", ErrTooManyDevices
	}
	return s.ceremonies.Await(ctx, ceremony.Pairing, user.ID, pairing{p, user.PasswordChangedAt})
}

// cleaned returns the pairing with the name to store, or FieldErrors.
func (p Pairing) cleaned() (Pairing, error) {
	var errs fault.FieldErrors
	name, problem := cleanDeviceName(p.Name)
	errs.Add("name", problem)
	p.Name = name
	if !p.Kind.Valid() {
		errs.Add("kind", `must be "userscript" or "extension"`)
	}
	if !isChallenge(p.Challenge) {
		errs.Add("challenge", "must be the base64url of a SHA-256, 43 characters")
	}
	return p, errs.OrNil()
}

// cleanDeviceName returns the name to store, and what is wrong with it, or "".
func cleanDeviceName(raw string) (name, problem string) {
	name, problem = cleanName(raw)
	switch {
	case problem != "":
		return "", problem
	case name == "":
		return "", "is missing"
	case utf8.RuneCountInString(name) > maxDeviceName:
		return "", fmt.Sprintf("is longer than %d characters", maxDeviceName)
	}
	return name, ""
}

// ConnectDevice exchanges a code and the verifier of its challenge for a device's first
// tokens. It returns ErrDeviceCredential for a code that is wrong, used, expired or of
// another verifier, or ErrTooManyDevices.
func (s *Service) ConnectDevice(ctx context.Context, code, verifier, address string) (_ Granted, err error) {
	defer fault.Wrap(&err, "connect a device")
	kept, user, err := s.paired(ctx, code, verifier)
	if errors.Is(err, ErrUnknownCeremony) || errors.Is(err, ErrUnknownUser) {
		return Granted{}, ErrDeviceCredential
	}
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
	if errors.Is(err, ErrUnknownUser) {
		return Granted{}, ErrDeviceCredential
	}
	if err != nil {
		return Granted{}, err
	}
	s.Note(ctx, DeviceConnected, user.ID, By{UserID: user.ID, Address: address}, device.Name)
	return granted, nil
}

// paired ends the pairing that a code names, if the verifier is that of its challenge,
// and returns it and its user. It returns ErrUnknownCeremony, ErrDeviceCredential or
// ErrUnknownUser.
func (s *Service) paired(ctx context.Context, code, verifier string) (pairing, User, error) {
	var kept pairing
	if _, err := s.ceremonies.Waiting(ctx, ceremony.Pairing, code, &kept); err != nil {
		return pairing{}, User{}, err
	}
	// A wrong verifier does not end the code: guessing the verifier is hopeless, and
	// somebody who has only seen the code must not be able to spoil it.
	if subtle.ConstantTimeCompare([]byte(challengeOf(verifier)), []byte(kept.Challenge)) != 1 {
		return pairing{}, User{}, ErrDeviceCredential
	}
	begun, err := s.ceremonies.Use(ctx, ceremony.Pairing, code, &kept)
	if err != nil {
		return pairing{}, User{}, err
	}
	user, err := s.store.UserByID(ctx, begun.UserID)
	return kept, user, err
}

// challengeOf returns the challenge of a verifier (RFC 7636 section 4.2).
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
