package storetest

import (
	"errors"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var deviceEndCases = []testCase{
	{"a deleted device is gone with its tokens, others stay", deletedDevice},
	{"refreshes during a deletion leave no token", refreshesDuringDeletion},
	{"devices end with the password, and when their user is disabled", devicesEnd},
	{"refreshes during a change of the password leave no token", refreshesDuringReplacement},
	{"refreshes during a logout everywhere else leave no token", refreshesDuringLogout},
	{"unused devices are deleted, those of the instant itself are not", unusedDevicesGo},
}

func deletedDevice(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	login := s.login(t, &u, second(1000))
	d, stays := s.addDevice(t, u, 10), s.addDevice(t, u, 20)
	_, err := s.DeleteDevice(t.Context(), other.ID, d.ID)
	refused(t, "another's", err, account.ErrUnknownDevice)
	_, err = s.DeleteDevice(t.Context(), u.ID, "")
	refused(t, "a login's", err, account.ErrUnknownDevice)
	expect(t, "deleted", d.Device)(s.DeleteDevice(t.Context(), u.ID, d.ID))
	_, err = s.DeleteDevice(t.Context(), u.ID, d.ID)
	refused(t, "again", err, account.ErrUnknownDevice)
	s.requireDevices(t, u, stays.Device)
	s.requireTokens(t, map[account.TokenRef]account.User{login: u, ref(stays.Token): u}, login, ref(d.Token), ref(stays.Token))
}

// during refreshes a device while end runs, and fails the test if a token of the device is
// left.
func (s *suite) during(t *testing.T, d account.NewDevice, end func() error) {
	t.Helper()
	refreshes := make([]account.DeviceRefresh, contenders)
	refs := []account.TokenRef{ref(d.Token)}
	for i := range refreshes {
		refreshes[i] = s.present(d.Device, "a", "root", 20)
		refs = append(refs, ref(refreshes[i].Token))
	}
	for i, err := range atOnce(contenders, func(i int) error {
		if i == contenders/2 {
			return end()
		}
		_, err := s.RefreshDevice(t.Context(), refreshes[i])
		return err
	}) {
		if err != nil && (i == contenders/2 || !errors.Is(err, account.ErrDeviceCredential)) {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	s.requireDevices(t, account.User{ID: d.UserID})
	s.requireTokens(t, nil, refs...)
}

func refreshesDuringDeletion(t *testing.T, s *suite) {
	d := s.addDevice(t, s.newUser(t), 10)
	s.during(t, d, func() error {
		_, err := s.DeleteDevice(t.Context(), d.UserID, d.ID)
		return err
	})
}

func refreshesDuringLogout(t *testing.T, s *suite) {
	u := s.newUser(t)
	kept := s.login(t, &u, second(1000))
	s.during(t, s.addDevice(t, u, 10), func() error { return s.EndOtherLogins(t.Context(), kept) })
	s.requireTokens(t, map[account.TokenRef]account.User{kept: u}, kept)
}

func refreshesDuringReplacement(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.during(t, s.addDevice(t, u, 10), func() error { return s.ReplacePassword(t.Context(), replacementOf(u, "second")) })
}

func devicesEnd(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	others := s.addDevice(t, other, 10)
	for name, end := range map[string]func() error{
		"another password": func() error { return s.ReplacePassword(t.Context(), replacementOf(u, "second")) },
		"disabled":         func() error { return s.UpdateActive(t.Context(), u.ID, false) },
	} {
		u = s.newUser(t)
		d := s.addDevice(t, u, 10)
		done(t, s.UpdateActive(t.Context(), u.ID, true)) // ends nothing
		done(t, s.UpdateRole(t.Context(), u.ID, account.RoleUser))
		s.requireDevices(t, u, d.Device)
		done(t, end())
		s.requireDevices(t, u)
		s.requireTokens(t, nil, ref(d.Token))
		_, err := s.RefreshDevice(t.Context(), s.present(d.Device, "a", "root", 20))
		refused(t, name, err, account.ErrDeviceCredential)
	}
	s.requireDevices(t, other, others.Device)
}

// The other cases' devices were used at second 10 and later.
func unusedDevicesGo(t *testing.T, s *suite) {
	u := s.newUser(t)
	s.addDevice(t, u, 7)
	at := s.addDevice(t, u, 8)
	done(t, s.DeleteUnusedDevices(t.Context(), second(8)))
	expect(t, "devices", []account.Device{at.Device})(s.Devices(t.Context(), u.ID, 0))
}
