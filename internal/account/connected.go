package account

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	maxDevices       = 20
	maxDeviceName    = 60                  // characters
	deviceUnusedEnds = 90 * 24 * time.Hour // without a refresh
)

// DeviceKind is what sort of widget a device is.
type DeviceKind string

// The kinds of devices (SPEC section 7).
const (
	Userscript DeviceKind = "userscript"
	Extension  DeviceKind = "extension"
)

// Valid reports whether k is one of the kinds.
func (k DeviceKind) Valid() bool { return k == Userscript || k == Extension }

// Device is a connected widget with a credential of its own.
type Device struct {
	UserID      int64
	ID          string // UUID
	Name        string // chosen by the user
	Kind        DeviceKind
	CreatedAt   timeline.Instant
	LastUsedAt  timeline.Instant // of its newest refresh, or its connection
	LastAddress string           // of the client then, as limits count it
	Presented   string           // hash of the refresh token that was presented last; see token.RefreshTokens
}

// Devices are the connected devices of a user, newest first.
func (s *Service) Devices(ctx context.Context, userID int64) ([]Device, error) {
	devices, err := s.store.Devices(ctx, userID, s.devicesUsedSince())
	if err != nil {
		return nil, fmt.Errorf("read devices: %w", err)
	}
	return devices, nil
}

// DisconnectDevice ends a device and its tokens, from the next request on. It returns
// ErrUnknownDevice.
func (s *Service) DisconnectDevice(ctx context.Context, userID int64, id string, by By) error {
	device, err := s.store.DeleteDevice(ctx, userID, id)
	if err != nil {
		return fmt.Errorf("disconnect a device: %w", err)
	}
	s.Note(ctx, DeviceDisconnected, userID, by, device.Name)
	return nil
}

// devicesUsedSince is the instant since when a device must have been used to be one.
func (s *Service) devicesUsedSince() timeline.Instant {
	return timeline.InstantOf(s.now().Add(-deviceUnusedEnds))
}

// hasRoomForDevice returns ErrTooManyDevices if the user has as many as one may have.
func (s *Service) hasRoomForDevice(ctx context.Context, userID int64) error {
	devices, err := s.Devices(ctx, userID)
	if err == nil && len(devices) >= maxDevices {
		err = ErrTooManyDevices
	}
	return err
}

// Granted is what a device gets: an access token for its requests, and a refresh token
// for the next two.
type Granted struct {
	DeviceID      string
	Access        string
	AccessExpires time.Duration // from At
	Refresh       string
	At            time.Time
}

// RefreshDevice exchanges a refresh token for new tokens. It returns
// ErrDeviceCredential for a token that is wrong, past, or of a device that has ended;
// and for one that was used up, whose device ends by that: see token.RefreshTokens.
func (s *Service) RefreshDevice(ctx context.Context, refreshToken, address string) (Granted, error) {
	granted, err := s.refreshDevice(ctx, refreshToken, address)
	if err != nil {
		return Granted{}, fmt.Errorf("refresh a device: %w", err)
	}
	return granted, nil
}

func (s *Service) refreshDevice(ctx context.Context, refreshToken, address string) (Granted, error) {
	presented, ok := s.refreshes.Read(refreshToken)
	if !ok {
		return Granted{}, ErrDeviceCredential
	}
	user, err := s.store.UserByID(ctx, presented.UserID)
	if errors.Is(err, ErrUnknownUser) {
		err = ErrDeviceCredential
	}
	if err != nil {
		return Granted{}, err
	}
	granted, access, err := s.grant(user, presented.DeviceID, presented.Hash)
	if err != nil {
		return Granted{}, err
	}
	device, err := s.store.RefreshDevice(ctx, DeviceRefresh{
		UserID: user.ID, DeviceID: presented.DeviceID,
		Presented: presented.Hash.String(), Parent: presented.Parent.String(), UsedSince: s.devicesUsedSince(),
		At: timeline.InstantOf(granted.At), Address: address, Token: access,
	})
	if errors.Is(err, ErrRefreshReused) {
		s.Note(ctx, DeviceReused, device.UserID, By{Address: address}, device.Name)
		err = ErrDeviceCredential
	}
	if err != nil {
		return Granted{}, err
	}
	return granted, nil
}

// grant makes the tokens that a device gets for a refresh token with this hash. They are
// worth nothing before the store knows of them.
func (s *Service) grant(u User, deviceID string, presented token.Hash) (Granted, Token, error) {
	at := s.now()
	issued, err := s.tokens.IssueToDevice(u.holder(), deviceID, at)
	if err != nil {
		return Granted{}, Token{}, err
	}
	return Granted{
		DeviceID: deviceID, Access: issued.Signed, AccessExpires: token.DeviceLifetime,
		Refresh: s.refreshes.Issue(u.ID, deviceID, presented), At: at,
	}, tokenOf(issued), nil
}

// RefreshKey names the device that a refresh token of ours is for, to count its
// refreshes; it is "" for any other text.
func (s *Service) RefreshKey(refreshToken string) string {
	presented, _ := s.refreshes.Read(refreshToken)
	return presented.DeviceID
}

// cleanDeviceName returns what is wrong with a name, or "".
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

// checkPairing returns FieldErrors unless a pairing can be stored.
func checkPairing(p *Pairing) error {
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
	return errs.OrNil()
}
