package account_test

import (
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

// deviceUnused is how long a device may go without a refresh.
const deviceUnused = 90 * 24 * time.Hour

func TestAtMostTwentyDevices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var last account.Granted
	for range 20 - 1 {
		last = h.connect(t)
	}
	one, two := h.code(t), h.code(t)
	if _, err := h.ConnectDevice(t.Context(), one, deviceVerifier, ""); err != nil {
		t.Fatal(err)
	}
	_, err := h.ConnectDevice(t.Context(), two, deviceVerifier, "")
	expectError(t, "one more by a code from before", err, account.ErrTooManyDevices)
	_, err = h.StartPairing(t.Context(), h.user, userscript(), goodPassword, h.by)
	expectError(t, "one more", err, account.ErrTooManyDevices)
	if err := h.DisconnectDevice(t.Context(), h.user.ID, last.DeviceID, account.By{}); err != nil {
		t.Fatal(err)
	}
	h.connect(t)
	h.advance(deviceUnused + time.Second)
	h.connect(t) // devices that have ended do not count
}

func TestDeviceEnds(t *testing.T) {
	t.Parallel()
	ends := map[string]func(t *testing.T, h *house, g account.Granted){
		"disconnected": func(t *testing.T, h *house, g account.Granted) {
			if err := h.DisconnectDevice(t.Context(), h.user.ID, g.DeviceID, account.By{UserID: h.user.ID}); err != nil {
				t.Fatal(err)
			}
			if got := h.kinds(1); !slices.Equal(got, []account.SecurityKind{account.DeviceDisconnected}) {
				t.Errorf("noted %v", got)
			}
		},
		"another password": func(t *testing.T, h *house, _ account.Granted) {
			if _, err := h.ChangePassword(t.Context(), h.user.ID, goodPassword, "Another-Path-2027", account.By{UserID: h.user.ID}); err != nil {
				t.Fatal(err)
			}
		},
		"logged out everywhere else": func(t *testing.T, h *house, _ account.Granted) {
			here := account.TokenRef{UserID: h.user.ID, ID: "of this browser"}
			if err := h.LogoutOthers(t.Context(), here, goodPassword, account.By{UserID: h.user.ID}); err != nil {
				t.Fatal(err)
			}
		},
		"reset": func(t *testing.T, h *house, _ account.Granted) {
			if _, err := h.ResetPassword(t.Context(), h.user.Email, account.By{}); err != nil {
				t.Fatal(err)
			}
		},
		"disabled and enabled": func(t *testing.T, h *house, _ account.Granted) {
			for _, active := range []bool{false, true} {
				if err := h.SetActive(t.Context(), h.user.Email, active, account.By{}); err != nil {
					t.Fatal(err)
				}
			}
		},
		"unused": func(_ *testing.T, h *house, _ account.Granted) { h.advance(deviceUnused + time.Microsecond) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			granted := h.connect(t)
			end(t, h, granted)
			_, _, err := h.Authenticate(t.Context(), granted.Access)
			expectError(t, "the access token", err, account.ErrUnauthenticated)
			_, err = h.refresh(t, granted.Refresh)
			expectError(t, "the refresh token", err, account.ErrDeviceCredential)
			if devices, err := h.Devices(t.Context(), h.user.ID); err != nil || len(devices) > 0 {
				t.Errorf("listed: %v, %v", devices, err)
			}
			if slices.Contains(h.kinds(100), account.DeviceReused) {
				t.Error("noted as a theft")
			}
		})
	}
}

// Another role, a logout and another user's request do not end a device.
func TestDeviceStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	granted := h.connect(t)
	if err := h.SetRole(t.Context(), h.user.Email, account.RoleAdmin, account.By{}); err != nil {
		t.Fatal(err)
	}
	_, ref, err := h.Authenticate(t.Context(), h.token)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Logout(t.Context(), ref, ""); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", granted.DeviceID} {
		err := h.DisconnectDevice(t.Context(), h.user.ID+1, id, account.By{})
		expectError(t, "another's wish", err, account.ErrUnknownDevice)
	}
	if _, _, err := h.Authenticate(t.Context(), granted.Access); err != nil {
		t.Error(err)
	}
	h.advance(deviceUnused)
	if _, err := h.refresh(t, granted.Refresh); err != nil {
		t.Errorf("on its last day: %v", err)
	}
	if err := h.DeleteExpired(t.Context()); err != nil {
		t.Fatal(err)
	}
	if devices, err := h.Devices(t.Context(), h.user.ID); err != nil || len(devices) != 1 || devices[0].LastAddress != "203.0.113.8" {
		t.Errorf("devices %+v, %v", devices, err)
	}
	h.advance(deviceUnused + 2*token.ClockLeeway)
	if err := h.DeleteExpired(t.Context()); err != nil || h.count(t, "devices") > 0 {
		t.Errorf("%d devices are left, %v", h.count(t, "devices"), err)
	}
}
