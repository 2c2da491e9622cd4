package account

import (
	"context"
	"errors"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	maxDevices       = 20
	maxDeviceName    = 60                  // characters
	deviceUnusedEnds = 90 * 24 * time.Hour // without a refresh
)

// DeviceKind is the kind of widget that a device is.
type DeviceKind string

// The kinds of devices.
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

// Devices returns the connected devices of a user, newest first.
func (s *Service) Devices(ctx context.Context, userID int64) (_ []Device, err error) {
	defer fault.Wrap(&err, "read devices")
	return s.store.Devices(ctx, userID, s.devicesUsedSince())
}

// DisconnectDevice ends a device and its tokens, from the next request on. It returns
// ErrUnknownDevice.
func (s *Service) DisconnectDevice(ctx context.Context, userID int64, id string, by By) (err error) {
	defer fault.Wrap(&err, "disconnect a device")
	device, err := s.store.DeleteDevice(ctx, userID, id)
	if err != nil {
		return err
	}
	s.Note(ctx, DeviceDisconnected, userID, by, device.Name)
	return nil
}

// devicesUsedSince returns the instant since which a device must have been used, or it
// has ended.
func (s *Service) devicesUsedSince() timeline.Instant {
	return timeline.InstantOf(s.now().Add(-deviceUnusedEnds))
}

// Granted is what a device gets: an access token for its requests, and a refresh token
// to exchange for the next pair.
type Granted struct {
	DeviceID      string
	Access        string
	AccessExpires time.Duration // from At
	Refresh       string
	At            time.Time
}

// RefreshDevice exchanges a refresh token for new tokens. It returns
// ErrDeviceCredential for a token that is wrong, or of a device that has ended. It also
// does so for a token that was used up, and ends its device: see token.RefreshTokens.
func (s *Service) RefreshDevice(ctx context.Context, refreshToken, address string) (_ Granted, err error) {
	defer fault.Wrap(&err, "refresh a device")
	presented, ok := s.refreshes.Read(refreshToken)
	if !ok {
		return Granted{}, ErrDeviceCredential
	}
	user, err := s.store.UserByID(ctx, presented.UserID)
	if errors.Is(err, ErrUnknownUser) {
		return Granted{}, ErrDeviceCredential
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
		return Granted{}, ErrDeviceCredential
	}
	if err != nil {
		return Granted{}, err
	}
	return granted, nil
}

// grant makes the tokens that a device gets for a refresh token with this hash. They are
// worth nothing before the store knows them.
func (s *Service) grant(u User, deviceID string, presented token.Hash) (Granted, Token, error) {
	at := s.now()
	issued, err := s.tokens.IssueToDevice(u.holder(), deviceID, at)
	if err != nil {
		return Granted{}, Token{}, err
	}
	return Granted{
		DeviceID: deviceID, Access: issued.Signed, AccessExpires: token.DeviceLifetime,
		Refresh: s.refreshes.Issue(u.ID, deviceID, presented), At: at,
	}, tokenOf(issued, Client{}), nil
}

// RefreshKey returns the ID of the device whose refresh token this is, to count its
// refreshes, or "" for a text that was not signed here.
func (s *Service) RefreshKey(refreshToken string) string {
	presented, _ := s.refreshes.Read(refreshToken)
	return presented.DeviceID
}
