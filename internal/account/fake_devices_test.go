package account

import (
	"context"
	"maps"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func (f *fakeStore) AddCeremony(_ context.Context, c Ceremony) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ceremonies[c.ID] = c
	return f.failure
}

func (f *fakeStore) Ceremony(_ context.Context, id string) (Ceremony, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.ceremonies[id]
	if !ok {
		return Ceremony{}, ErrUnknownCeremony
	}
	return c, f.failure
}

func (f *fakeStore) TakeCeremony(ctx context.Context, id string) (Ceremony, error) {
	c, err := f.Ceremony(ctx, id)
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.ceremonies, id)
	return c, err
}

func (f *fakeStore) DeleteCeremonies(context.Context, timeline.Instant) error { return f.failure }

func (f *fakeStore) AddDevice(_ context.Context, d NewDevice) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok := f.users[d.UserID]
	if !ok || !u.Active || u.PasswordChangedAt != d.PasswordChangedAt {
		return ErrUnknownUser
	}
	if len(f.devicesOf(d.UserID, d.UsedSince)) >= d.Most {
		return ErrTooManyDevices
	}
	f.devices[d.ID] = d.Device
	f.tokens[d.Token.Key()] = d.Token
	return f.failure
}

func (f *fakeStore) Devices(_ context.Context, userID int64, usedSince timeline.Instant) ([]Device, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.devicesOf(userID, usedSince), f.failure
}

// devicesOf holds mu.
func (f *fakeStore) devicesOf(userID int64, usedSince timeline.Instant) []Device {
	all := slices.Collect(maps.Values(f.devices))
	return slices.DeleteFunc(all, func(d Device) bool { return d.UserID != userID || d.LastUsedAt < usedSince })
}

func (f *fakeStore) RefreshDevice(_ context.Context, r DeviceRefresh) (Device, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.devices[r.DeviceID]
	switch {
	case !ok || d.UserID != r.UserID || d.LastUsedAt < r.UsedSince:
		return Device{}, ErrDeviceCredential
	case d.Presented != r.Presented && d.Presented != r.Parent:
		f.endDevice(d)
		return d, ErrRefreshReused
	}
	d.Presented, d.LastUsedAt, d.LastAddress = r.Presented, r.At, r.Address
	f.devices[d.ID] = d
	f.tokens[r.Token.Key()] = r.Token
	return d, f.failure
}

func (f *fakeStore) DeleteDevice(_ context.Context, userID int64, id string) (Device, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.devices[id]
	if !ok || d.UserID != userID {
		return Device{}, ErrUnknownDevice
	}
	f.endDevice(d)
	return d, f.failure
}

// endDevice holds mu.
func (f *fakeStore) endDevice(d Device) {
	delete(f.devices, d.ID)
	maps.DeleteFunc(f.tokens, func(_ TokenRef, t Token) bool { return t.UserID == d.UserID && t.DeviceID == d.ID })
}

func (f *fakeStore) DeleteUnusedDevices(_ context.Context, before timeline.Instant) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.devices, func(_ string, d Device) bool { return d.LastUsedAt < before })
	return f.failure
}
