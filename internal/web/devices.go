package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

const devicesPath = "/profile/devices"

// registerDevices adds the pages on which widgets are connected and disconnected.
func (f *face) registerDevices(mux httpx.Mux) {
	mux.HandleFunc("GET /widget/pair", f.Member(f.pairPage))
	mux.HandleFunc("POST /widget/pair", f.Member(f.Form(f.pair, f.pairAgain)))
	mux.HandleFunc("GET "+devicesPath, f.Member(f.devices))
	mux.HandleFunc("POST "+devicesPath+"/{device_id}/revoke", f.Member(f.Form(f.revokeDevice, nil)))
}

func (f *face) devices(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	devices, err := f.Accounts.Devices(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return err
	}
	m := view.Devices{Zone: zone.String(), Saved: doneWords(r.URL.Query().Get(doneParameter))}
	for _, d := range devices {
		m.Devices = append(m.Devices, deviceRow(d, zone))
	}
	frame := f.Frame(w, r, "Devices", "profile", v.User)
	return site.Show(w, r, http.StatusOK, frame, view.DevicesPage(frame, m))
}

func deviceRow(d account.Device, zone *time.Location) view.Device {
	return view.Device{
		ID: d.ID, Name: d.Name, Kind: deviceKind(d.Kind), Address: d.LastAddress,
		Since: words.Moment(d.CreatedAt, zone), LastUsed: words.Moment(d.LastUsedAt, zone),
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

func (f *face) revokeDevice(s site.Submission) error {
	id, err := httpx.ID(s.R.PathValue("device_id"), account.ErrUnknownDevice)
	if err != nil {
		return err
	}
	if err := f.Accounts.DisconnectDevice(s.R.Context(), s.User.ID, id, f.By(s.R, s.Visitor)); err != nil {
		return err
	}
	site.GoOn(s.W, s.R, sayingDone(devicesPath, doneDeviceEnded))
	return nil
}

// pairPage asks whether to connect a widget.
func (f *face) pairPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	p := pairingOf(r.URL.Query())
	if p.Name == "" {
		p.Name = deviceName(r.UserAgent()) // a suggestion: the widget opens this page in its own browser
	}
	m := pairPageOf(p)
	m.Name.Value = p.Name
	return f.showPairing(w, r, http.StatusOK, v, m)
}

// pair shows the pairing code, which the widget reads from the page.
func (f *face) pair(s site.Submission) error {
	p := pairingOf(s.Values)
	if err := f.Limits.PairingCodes.Take(s.R.Context(), httpx.UserKey(s.User.ID)); err != nil {
		return err
	}
	code, err := f.Accounts.StartPairing(s.R.Context(), s.User, p)
	if err != nil {
		return err
	}
	m := pairPageOf(p)
	m.Code, m.Lifetime = code, words.Counted(int(account.PairingLifetime.Minutes()), "minute", "minutes")
	return f.showPairing(s.W, s.R, http.StatusOK, s.Visitor, m)
}

func (f *face) pairAgain(s site.Submission, refused site.Refusal) error {
	m := pairPageOf(pairingOf(s.Values))
	m.Name, m.Problem = refused.Field("name"), refused.Above("name")
	m.Full = errors.Is(refused.Cause, account.ErrTooManyDevices)
	return f.showPairing(s.W, s.R, refused.Status, s.Visitor, m)
}

func pairPageOf(p account.Pairing) view.Pair {
	return view.Pair{Asked: account.IsPairing(p), Challenge: p.Challenge, Kind: string(p.Kind), KindName: deviceKind(p.Kind)}
}

func pairingOf(sent url.Values) account.Pairing {
	return account.Pairing{
		Challenge: sent.Get("challenge"), Name: sent.Get("name"), Kind: account.DeviceKind(sent.Get("kind")),
	}
}

func (f *face) showPairing(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, m view.Pair) error {
	m.Email = v.User.Email
	frame := f.Frame(w, r, "Connect a widget", "profile", v.User)
	return site.Show(w, r, status, frame, view.PairPage(frame, m))
}
