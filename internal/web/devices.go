package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

const devicesPath = "/profile/devices"

// registerDevices adds the pages on which widgets are connected and disconnected (SPEC
// section 7).
func (f *face) registerDevices(mux httpx.Mux) {
	mux.HandleFunc("GET /widget/pair", f.open(f.member(f.pairPage)))
	mux.HandleFunc("POST /widget/pair", f.open(f.member(f.pair)))
	mux.HandleFunc("GET "+devicesPath, f.open(f.member(f.devices)))
	mux.HandleFunc("POST "+devicesPath+"/{device_id}/revoke", f.open(f.member(f.revokeDevice)))
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

func (f *face) revokeDevice(w http.ResponseWriter, r *http.Request, v visitor) error {
	if _, err := f.form(w, r); err != nil {
		return err
	}
	id, err := idIn(r, "device_id", account.ErrUnknownDevice)
	if err != nil {
		return err
	}
	if err := f.Accounts.DisconnectDevice(r.Context(), v.user.ID, id, f.by(r, v)); err != nil {
		return err
	}
	goOn(w, r, sayingDone(devicesPath, doneDeviceEnded))
	return nil
}

// pairPage asks the user whether a widget may be connected.
func (f *face) pairPage(w http.ResponseWriter, r *http.Request, v visitor) error {
	p := pairingOf(r.URL.Query())
	if p.Name == "" {
		p.Name = deviceName(r.UserAgent()) // a proposal: the widget asks from the same browser
	}
	return f.showPairing(w, r, http.StatusOK, v, view.Pair{
		Asked: account.IsPairing(p), Challenge: p.Challenge, Kind: string(p.Kind), KindName: deviceKind(p.Kind),
		Name: view.Field{Value: p.Name},
	})
}

// pair shows the code; the widget takes it from the page.
func (f *face) pair(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if form == nil {
		return err
	}
	p := pairingOf(form)
	var code string
	if err == nil {
		err = take(r, f.pairingCodes, strconv.FormatInt(v.user.ID, 10))
	}
	if err == nil {
		code, err = f.Accounts.StartPairing(r.Context(), v.user, p)
	}
	m := view.Pair{
		Asked: account.IsPairing(p), Challenge: p.Challenge, Kind: string(p.Kind), KindName: deviceKind(p.Kind),
		Code: code, Lifetime: counted(int(account.PairingLifetime.Minutes()), "minute", "minutes"),
	}
	status := http.StatusOK
	switch {
	case err == nil:
	case f.problem(r, err).Status >= http.StatusInternalServerError:
		return err
	default:
		var errs fault.FieldErrors
		errors.As(err, &errs)
		m.Name = field(form, "name", errs)
		m.Full = errors.Is(err, account.ErrTooManyDevices)
		var text string
		if status, text = f.refusal(w, r, err); len(errs) == 0 {
			m.Problem = text
		}
	}
	return f.showPairing(w, r, status, v, m)
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
