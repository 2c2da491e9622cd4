package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

const devicesPath = "/profile/devices"

// registerDevices adds the pages on which widgets are connected and disconnected (SPEC
// section 7).
func (f *face) registerDevices(mux httpx.Mux) {
	mux.HandleFunc("GET /widget/pair", f.open(f.member(f.pairPage)))
	mux.HandleFunc("POST /widget/pair", f.open(f.member(f.form(f.pair, f.pairAgain))))
	mux.HandleFunc("GET "+devicesPath, f.open(f.member(f.devices)))
	mux.HandleFunc("POST "+devicesPath+"/{device_id}/revoke", f.open(f.member(f.form(f.revokeDevice, nil))))
}

func (f *face) devices(w http.ResponseWriter, r *http.Request, v visitor) error {
	devices, err := f.Accounts.Devices(r.Context(), v.user.ID)
	if err != nil {
		return err
	}
	zone, err := zoneOf(v.user)
	if err != nil {
		return err
	}
	m := view.Devices{Zone: zone.String(), Saved: doneWords(r.URL.Query().Get(doneParameter))}
	for _, d := range devices {
		m.Devices = append(m.Devices, deviceRow(d, zone))
	}
	frame := f.frame(w, r, "Devices", "profile", v.user)
	return show(w, r, http.StatusOK, frame, view.DevicesPage(frame, m))
}

func deviceRow(d account.Device, zone *time.Location) view.Device {
	return view.Device{
		ID: d.ID, Name: d.Name, Kind: deviceKind(d.Kind), Address: d.LastAddress,
		Since: moment(d.CreatedAt, zone), LastUsed: moment(d.LastUsedAt, zone),
	}
}

func deviceKind(k account.DeviceKind) string {
	switch k {
	case account.Userscript:
		return "Userscript"
	case account.Extension:
		return "Browser extension"
	}
	return string(k)
}

func (f *face) revokeDevice(s submission) error {
	id, err := httpx.ID(s.r.PathValue("device_id"), account.ErrUnknownDevice)
	if err != nil {
		return err
	}
	if err := f.Accounts.DisconnectDevice(s.r.Context(), s.user.ID, id, f.by(s.r, s.visitor)); err != nil {
		return err
	}
	goOn(s.w, s.r, sayingDone(devicesPath, doneDeviceEnded))
	return nil
}

// pairPage asks the user whether a widget may be connected.
func (f *face) pairPage(w http.ResponseWriter, r *http.Request, v visitor) error {
	p := pairingOf(r.URL.Query())
	if p.Name == "" {
		p.Name = deviceName(r.UserAgent()) // a proposal: the widget asks from the same browser
	}
	m := pairPageOf(p)
	m.Name.Value = p.Name
	return f.showPairing(w, r, http.StatusOK, v, m)
}

// pair shows the code; the widget takes it from the page.
func (f *face) pair(s submission) error {
	p := pairingOf(s.Values)
	if err := f.Limits.PairingCodes.Take(s.r.Context(), httpx.UserKey(s.user.ID)); err != nil {
		return err
	}
	code, err := f.Accounts.StartPairing(s.r.Context(), s.user, p)
	if err != nil {
		return err
	}
	m := pairPageOf(p)
	m.Code, m.Lifetime = code, counted(int(account.PairingLifetime.Minutes()), "minute", "minutes")
	return f.showPairing(s.w, s.r, http.StatusOK, s.visitor, m)
}

func (f *face) pairAgain(s submission, refused refusal) error {
	m := pairPageOf(pairingOf(s.Values))
	m.Name, m.Problem = refused.field("name"), refused.above("name")
	m.Full = errors.Is(refused.cause, account.ErrTooManyDevices)
	return f.showPairing(s.w, s.r, refused.status, s.visitor, m)
}

func pairPageOf(p account.Pairing) view.Pair {
	return view.Pair{Asked: account.IsPairing(p), Challenge: p.Challenge, Kind: string(p.Kind), KindName: deviceKind(p.Kind)}
}

func pairingOf(sent url.Values) account.Pairing {
	return account.Pairing{
		Challenge: sent.Get("challenge"), Name: sent.Get("name"), Kind: account.DeviceKind(sent.Get("kind")),
	}
}

func (f *face) showPairing(w http.ResponseWriter, r *http.Request, status int, v visitor, m view.Pair) error {
	m.Email = v.user.Email
	frame := f.frame(w, r, "Connect a widget", "profile", v.user)
	return show(w, r, status, frame, view.PairPage(frame, m))
}
