package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

var deviceCases = []testCase{
	{"a device is read back, with its token", deviceIsReadBack},
	{"a device needs an active user with the current password", deviceOfStaleUser},
	{"of devices added at once, as many stay as one user may have", mostDevices},
	{"the token presented last can refresh, and so can its children", refreshGoesOn},
	{"a used refresh token ends the device", usedUpEndsDevice},
	{"a device that was not used for long has ended", unusedDevice},
	{"refreshes at once with the same token all get one", refreshesAtOnce},
	{"of a token's children one can refresh", childrenAtOnce},
}

// usedSince is an instant before all that the cases do.
var usedSince = second(1)

func (s *suite) newDevice(u account.User, at int) account.NewDevice {
	id := s.newID()
	return account.NewDevice{
		Device: account.Device{
			UserID: u.ID, ID: id, Name: "Firefox", Kind: account.Extension, CreatedAt: second(at),
			LastUsedAt: second(at), LastAddress: "203.0.113.7", Presented: "root",
		},
		PasswordChangedAt: u.PasswordChangedAt, Token: s.deviceToken(u, id), Most: 20, UsedSince: usedSince,
	}
}

func (s *suite) deviceToken(u account.User, device string) account.Token {
	token := s.newToken(u, second(1000))
	token.DeviceID = device
	return token
}

// ref returns what names a token in the store.
func ref(t account.Token) account.TokenRef { return account.TokenRef{UserID: t.UserID, ID: t.ID} }

func (s *suite) addDevice(t *testing.T, u account.User, at int) account.NewDevice {
	t.Helper()
	d := s.newDevice(u, at)
	done(t, s.AddDevice(t.Context(), d))
	return d
}

// present returns a refresh by the token with this name, a child of another.
func (s *suite) present(d account.Device, token, parent string, at int) account.DeviceRefresh {
	return account.DeviceRefresh{
		UserID: d.UserID, DeviceID: d.ID, Presented: token, Parent: parent, UsedSince: usedSince,
		At: second(at), Address: "203.0.113.8", Token: s.deviceToken(account.User{ID: d.UserID}, d.ID),
	}
}

func (s *suite) requireDevices(t *testing.T, u account.User, want ...account.Device) {
	t.Helper()
	expect(t, "devices", want)(s.Devices(t.Context(), u.ID, usedSince))
}

func deviceIsReadBack(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	old, young, others := s.addDevice(t, u, 10), s.addDevice(t, u, 20), s.addDevice(t, other, 15)
	s.requireDevices(t, u, young.Device, old.Device)
	s.requireDevices(t, other, others.Device)
	s.requireTokens(t, map[account.TokenRef]account.User{ref(old.Token): u, ref(others.Token): other}, ref(old.Token), ref(others.Token))
}

func deviceOfStaleUser(t *testing.T, s *suite) {
	u := s.newUser(t)
	stale := s.newDevice(u, 10)
	stale.PasswordChangedAt--
	refused(t, "of a password before", s.AddDevice(t.Context(), stale), account.ErrUnknownUser)
	done(t, s.UpdateActive(t.Context(), u.ID, false))
	disabled := s.newDevice(u, 10)
	refused(t, "of who is disabled", s.AddDevice(t.Context(), disabled), account.ErrUnknownUser)
	refused(t, "of nobody", s.AddDevice(t.Context(), s.newDevice(account.User{ID: nobody}, 10)), account.ErrUnknownUser)
	s.requireDevices(t, u)
	s.requireTokens(t, nil, ref(stale.Token), ref(disabled.Token))
}

func mostDevices(t *testing.T, s *suite) {
	u := s.newUser(t)
	unused := s.newDevice(u, 0)
	unused.UsedSince = 0
	done(t, s.AddDevice(t.Context(), unused)) // does not count
	devices := make([]account.NewDevice, contenders)
	for i := range devices {
		devices[i] = s.newDevice(u, 10)
		devices[i].Most = 3
	}
	added := 0
	for i, err := range atOnce(contenders, func(i int) error { return s.AddDevice(t.Context(), devices[i]) }) {
		switch {
		case err == nil:
			added++
		case !errors.Is(err, account.ErrTooManyDevices):
			t.Errorf("caller %d: %v", i, err)
		}
	}
	if added != 3 {
		t.Errorf("%d were added, want 3", added)
	}
}

func refreshGoesOn(t *testing.T, s *suite) {
	u, other := s.newUser(t), s.newUser(t)
	d, others := s.addDevice(t, u, 10), s.addDevice(t, other, 10)
	// The first answer was lost, then the second of two is used.
	for i, step := range [][2]string{{"a", "root"}, {"a", "root"}, {"b", "a"}, {"b", "a"}, {"c2", "b"}, {"d", "c2"}} {
		r := s.present(d.Device, step[0], step[1], 20+i)
		want := d.Device
		want.Presented, want.LastUsedAt, want.LastAddress = step[0], r.At, r.Address
		expect(t, fmt.Sprintf("after %q", step), want)(s.RefreshDevice(t.Context(), r))
		s.requireDevices(t, u, want)
		s.requireTokens(t, map[account.TokenRef]account.User{ref(d.Token): u, ref(r.Token): u}, ref(d.Token), ref(r.Token))
	}
	s.requireDevices(t, other, others.Device)
	_, err := s.RefreshDevice(t.Context(), s.present(account.Device{UserID: other.ID, ID: d.ID}, "e", "d", 30))
	refused(t, "of another's", err, account.ErrDeviceCredential)
	_, err = s.RefreshDevice(t.Context(), s.present(account.Device{UserID: u.ID, ID: s.newID()}, "e", "d", 30))
	refused(t, "of nothing", err, account.ErrDeviceCredential)
}

func usedUpEndsDevice(t *testing.T, s *suite) {
	for _, step := range [][2]string{{"a", "root"}, {"c", "a"}, {"x", "y"}, {"root", "before"}} {
		u := s.newUser(t)
		login := s.login(t, &u, second(1000))
		d, stays := s.addDevice(t, u, 10), s.addDevice(t, u, 20)
		for _, good := range [][2]string{{"a", "root"}, {"b", "a"}} {
			must[account.Device](t)(s.RefreshDevice(t.Context(), s.present(d.Device, good[0], good[1], 20)))
		}
		r := s.present(d.Device, step[0], step[1], 30)
		was, err := s.RefreshDevice(t.Context(), r)
		refused(t, fmt.Sprintf("presenting %q", step), err, account.ErrRefreshReused)
		if was.Name != d.Name || was.UserID != u.ID {
			t.Errorf("the device was %+v", was)
		}
		s.requireDevices(t, u, stays.Device)
		s.requireTokens(t, map[account.TokenRef]account.User{login: u, ref(stays.Token): u},
			login, ref(stays.Token), ref(d.Token), ref(r.Token))
		_, err = s.RefreshDevice(t.Context(), s.present(d.Device, "b", "a", 31))
		refused(t, "afterwards", err, account.ErrDeviceCredential)
	}
}

func unusedDevice(t *testing.T, s *suite) {
	u := s.newUser(t)
	d := s.addDevice(t, u, 10)
	r := s.present(d.Device, "a", "root", 30)
	r.UsedSince = d.LastUsedAt + 1
	expect(t, "devices", []account.Device(nil))(s.Devices(t.Context(), u.ID, r.UsedSince))
	expect(t, "at the instant itself", []account.Device{d.Device})(s.Devices(t.Context(), u.ID, d.LastUsedAt))
	_, err := s.RefreshDevice(t.Context(), r)
	refused(t, "refresh", err, account.ErrDeviceCredential)
	s.requireTokens(t, nil, ref(r.Token))

	d = s.addDevice(t, u, 10)
	r = s.present(d.Device, "a", "root", 30)
	r.UsedSince = d.LastUsedAt
	must[account.Device](t)(s.RefreshDevice(t.Context(), r))
}

func refreshesAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	d := s.addDevice(t, u, 10)
	refreshes := make([]account.DeviceRefresh, contenders)
	want := map[account.TokenRef]account.User{}
	var refs []account.TokenRef
	for i := range refreshes {
		refreshes[i] = s.present(d.Device, "a", "root", 20)
		want[ref(refreshes[i].Token)], refs = u, append(refs, ref(refreshes[i].Token))
	}
	for i, err := range atOnce(contenders, func(i int) error {
		_, err := s.RefreshDevice(t.Context(), refreshes[i])
		return err
	}) {
		if err != nil {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	s.requireTokens(t, want, refs...)
}

// The first child can refresh. The second shows that two hold the device's tokens, which
// ends the device, so the others find none.
func childrenAtOnce(t *testing.T, s *suite) {
	u := s.newUser(t)
	d := s.addDevice(t, u, 10)
	must[account.Device](t)(s.RefreshDevice(t.Context(), s.present(d.Device, "a", "root", 20)))
	refreshes := make([]account.DeviceRefresh, contenders)
	var refs []account.TokenRef
	for i := range refreshes {
		refreshes[i] = s.present(d.Device, fmt.Sprintf("b%d", i), "a", 20)
		refs = append(refs, ref(refreshes[i].Token))
	}
	counts := map[error]int{}
	for i, err := range atOnce(contenders, func(i int) error {
		_, err := s.RefreshDevice(t.Context(), refreshes[i])
		return err
	}) {
		counts[err]++
		if err != nil && !errors.Is(err, account.ErrRefreshReused) && !errors.Is(err, account.ErrDeviceCredential) {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	if counts[nil] != 1 || counts[account.ErrRefreshReused] != 1 {
		t.Errorf("told %v", counts)
	}
	s.requireDevices(t, u)
	s.requireTokens(t, nil, refs...)
}
