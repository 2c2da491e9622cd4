package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// passkeyScript is the file of the pages that make or use a passkey.
const passkeyScript = "passkeys.js"

// secretGroup is how many characters of a secret stand together.
const secretGroup = 4

func (f *face) startApp(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	setup, err := f.Accounts.StartTOTP(r.Context(), v.user.ID, password, f.by(r, v))
	if err != nil {
		return err
	}
	m := view.AppSetup{Box: fmt.Sprintf("0 0 %d %[1]d", setup.Drawing.Side), Path: setup.Drawing.Path}
	for group := range slices.Chunk([]byte(setup.Secret), secretGroup) {
		m.Groups = append(m.Groups, string(group))
	}
	return f.showAppSetup(w, r, http.StatusOK, v, m)
}

func (f *face) showAppSetup(w http.ResponseWriter, r *http.Request, status int, v visitor, m view.AppSetup) error {
	frame := f.frame(w, r, "Set up an app", "profile", v.user)
	return show(w, r, status, frame, view.AppSetupPage(frame, m))
}

// confirmApp turns the app on. After a wrong code the form is shown again without the
// secret, which the app has by then.
func (f *face) confirmApp(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if form == nil {
		return err
	}
	if err == nil {
		err = take(r, f.confirmations, v.token.ID)
	}
	var codes []string
	if err == nil {
		codes, err = f.Accounts.ConfirmTOTP(r.Context(), v.user.ID, form.Get("code"), f.by(r, v))
	}
	switch {
	case err == nil && len(codes) == 0: // older ones stay good
		goOnDone(w, r, "app-on")
		return nil
	case err == nil:
		return f.showCodes(w, r, v, "The app is on", codes)
	case f.isNoRefusal(r, err):
		return err
	}
	var m view.AppSetup
	status, text := f.refusal(w, r, err)
	if errors.Is(err, account.ErrCode) {
		m.Code.Problem = sentence(text)
	} else {
		m.Problem = text
	}
	return f.showAppSetup(w, r, status, v, m)
}

func (f *face) showCodes(w http.ResponseWriter, r *http.Request, v visitor, heading string, codes []string) error {
	frame := f.frame(w, r, heading, "profile", v.user)
	return show(w, r, http.StatusOK, frame, view.RecoveryCodesPage(view.RecoveryCodes{Heading: heading, Codes: codes}))
}

func (f *face) removeApp(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	if err := f.Accounts.RemoveTOTP(r.Context(), v.user.ID, password, f.by(r, v)); err != nil {
		return err
	}
	goOnDone(w, r, "app-off")
	return nil
}

func (f *face) newRecoveryCodes(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	codes, err := f.Accounts.NewRecoveryCodes(r.Context(), v.user.ID, password, f.by(r, v))
	if err != nil {
		return err
	}
	return f.showCodes(w, r, v, "New recovery codes", codes)
}

// passkeyName is the name of one's own passkey in the address, or
// account.ErrUnknownFactor.
func (f *face) passkeyName(r *http.Request, v visitor) (string, error) {
	factors, err := f.Accounts.Factors(r.Context(), v.user.ID)
	if err != nil {
		return "", err
	}
	for _, p := range factors.Passkeys {
		if p.ID == r.PathValue("passkey_id") {
			return p.Name, nil
		}
	}
	return "", account.ErrUnknownFactor
}

func (f *face) removePasskey(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	if err := f.Accounts.RemovePasskey(r.Context(), v.user.ID, r.PathValue("passkey_id"), password, f.by(r, v)); err != nil {
		return err
	}
	goOnDone(w, r, "passkey-removed")
	return nil
}

// needsProvider returns account.ErrNoProvider where none is set.
func (f *face) needsProvider(*http.Request, visitor) (string, error) {
	if !f.Provider {
		return "", account.ErrNoProvider
	}
	return "", nil
}

// connect shows the way to the identity provider, which sends the browser back to the
// callback of the JSON face.
func (f *face) connect(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	visit, err := f.Accounts.StartConnection(r.Context(), v.user.ID, password, f.by(r, v))
	if err != nil {
		return err
	}
	cookie := f.Cookies.OfVisit(httpx.IsLocal(r), visit.State)
	http.SetCookie(w, &cookie)
	frame := f.frame(w, r, "Connect the identity provider", "profile", v.user)
	return show(w, r, http.StatusOK, frame, view.DeparturePage(view.Departure{Address: visit.URL}))
}

func (f *face) disconnect(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	if err := f.Accounts.RemoveIdentities(r.Context(), v.user.ID, password, f.by(r, v)); err != nil {
		return err
	}
	goOnDone(w, r, "disconnected")
	return nil
}

func (f *face) logOutOthers(w http.ResponseWriter, r *http.Request, v visitor, password string) error {
	if err := f.Accounts.LogoutOthers(r.Context(), v.token, password, f.by(r, v)); err != nil {
		return err
	}
	goOnDone(w, r, "logged-out")
	return nil
}
