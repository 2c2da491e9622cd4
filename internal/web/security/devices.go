package security

import (
	"cmp"
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
func (p *pages) registerDevices(mux httpx.Mux) {
	mux.HandleFunc("GET /widget/pair", p.Member(p.pairPage))
	mux.HandleFunc("POST /widget/pair", p.Member(p.Form(p.pair, p.pairAgain)))
	mux.HandleFunc("GET "+devicesPath, p.Member(p.devices))
	mux.HandleFunc("POST "+devicesPath+"/{device_id}/revoke", p.Member(p.Form(p.revokeDevice, nil)))
}

func (p *pages) devices(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	devices, err := p.Accounts.Devices(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return err
	}
	m := view.Devices{Zone: zone.String(), Saved: doneWords(r)}
	for _, d := range devices {
		m.Devices = append(m.Devices, deviceRow(d, zone))
	}
	frame := p.Frame(w, r, "Devices", "profile", v.User)
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

func (p *pages) revokeDevice(s site.Submission) error {
	id, err := httpx.ID(s.R.PathValue("device_id"), account.ErrUnknownDevice)
	if err != nil {
		return err
	}
	if err := p.Accounts.DisconnectDevice(s.R.Context(), s.User.ID, id, p.By(s.R, s.Visitor)); err != nil {
		return err
	}
	site.GoOn(s.W, s.R, sayingDone(devicesPath, "device-disconnected"))
	return nil
}

// pairPage asks whether to connect a widget.
func (p *pages) pairPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	pairing := pairingOf(r.URL.Query())
	if pairing.Name == "" {
		pairing.Name = cmp.Or(httpx.BrowserName(r.UserAgent()), "Browser") // a suggestion: the widget opens this page in its own browser
	}
	m := pairPageOf(pairing)
	m.Name.Value = pairing.Name
	return p.showPairing(w, r, http.StatusOK, v, m)
}

// pair shows the pairing code, which the widget reads from the page.
func (p *pages) pair(s site.Submission) error {
	pairing := pairingOf(s.Values)
	if err := p.Limits.PairingCodes.Take(s.R.Context(), httpx.UserKey(s.User.ID)); err != nil {
		return err
	}
	if err := p.CountConfirmation(s); err != nil {
		return err
	}
	code, err := p.Accounts.StartPairing(s.R.Context(), s.User, pairing, s.Get("password"), p.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	m := pairPageOf(pairing)
	m.Code, m.Lifetime = code, words.Counted(int(account.PairingLifetime.Minutes()), "minute", "minutes")
	return p.showPairing(s.W, s.R, http.StatusOK, s.Visitor, m)
}

func (p *pages) pairAgain(s site.Submission, refused site.Refusal) error {
	m := pairPageOf(pairingOf(s.Values))
	m.Name, m.Password, m.Problem = refused.Field("name"), refused.Secret("password"), refused.Above("name", "password")
	m.Full = errors.Is(refused.Cause, account.ErrTooManyDevices)
	return p.showPairing(s.W, s.R, refused.Status, s.Visitor, m)
}

func pairPageOf(p account.Pairing) view.Pair {
	return view.Pair{
		Asked: account.IsPairing(p), Challenge: p.Challenge, Fingerprint: p.Fingerprint(), Kind: string(p.Kind), KindName: deviceKind(p.Kind),
	}
}

func pairingOf(sent url.Values) account.Pairing {
	return account.Pairing{
		Challenge: sent.Get("challenge"), Name: sent.Get("name"), Kind: account.DeviceKind(sent.Get("kind")),
	}
}

func (p *pages) showPairing(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, m view.Pair) error {
	m.Email, m.NeedsPassword = v.User.Email, v.User.PasswordHash != ""
	frame := p.Frame(w, r, "Connect a widget", "profile", v.User)
	return site.Show(w, r, status, frame, view.PairPage(frame, m))
}
