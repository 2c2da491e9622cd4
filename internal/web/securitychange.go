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

func (f *face) startApp(s submission, password string) error {
	setup, err := f.Accounts.StartTOTP(s.r.Context(), s.user.ID, password, f.by(s.r, s.visitor))
	if err != nil {
		return err
	}
	m := view.AppSetup{Box: fmt.Sprintf("0 0 %d %[1]d", setup.Drawing.Side), Path: setup.Drawing.Path}
	for group := range slices.Chunk([]byte(setup.Secret), secretGroup) {
		m.Groups = append(m.Groups, string(group))
	}
	return f.showAppSetup(s, http.StatusOK, m)
}

func (f *face) showAppSetup(s submission, status int, m view.AppSetup) error {
	frame := f.frame(s.w, s.r, "Set up an app", "profile", s.user)
	return show(s.w, s.r, status, frame, view.AppSetupPage(frame, m))
}

// confirmApp turns the app on.
func (f *face) confirmApp(s submission) error {
	if err := f.countConfirmation(s); err != nil {
		return err
	}
	codes, err := f.Accounts.ConfirmTOTP(s.r.Context(), s.user.ID, s.Get("code"), f.by(s.r, s.visitor))
	if err != nil {
		return err
	}
	if len(codes) == 0 { // older ones stay good
		return stepDone(s, "app-on", nil)
	}
	return f.showCodes(s, "The app is on", codes)
}

// confirmAppAgain shows the form without the secret, which the app has by then.
func (f *face) confirmAppAgain(s submission, refused refusal) error {
	if errors.Is(refused.cause, account.ErrCode) {
		return f.showAppSetup(s, refused.status, view.AppSetup{Code: view.Field{Problem: sentence(refused.detail)}})
	}
	return f.showAppSetup(s, refused.status, view.AppSetup{Problem: refused.detail})
}

func (f *face) showCodes(s submission, heading string, codes []string) error {
	frame := f.frame(s.w, s.r, heading, "profile", s.user)
	return show(s.w, s.r, http.StatusOK, frame, view.RecoveryCodesPage(view.RecoveryCodes{Heading: heading, Codes: codes}))
}

func (f *face) removeApp(s submission, password string) error {
	err := f.Accounts.RemoveTOTP(s.r.Context(), s.user.ID, password, f.by(s.r, s.visitor))
	return stepDone(s, "app-off", err)
}

func (f *face) newRecoveryCodes(s submission, password string) error {
	codes, err := f.Accounts.NewRecoveryCodes(s.r.Context(), s.user.ID, password, f.by(s.r, s.visitor))
	if err != nil {
		return err
	}
	return f.showCodes(s, "New recovery codes", codes)
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

func (f *face) removePasskey(s submission, password string) error {
	err := f.Accounts.RemovePasskey(s.r.Context(), s.user.ID, s.r.PathValue("passkey_id"), password, f.by(s.r, s.visitor))
	return stepDone(s, "passkey-removed", err)
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
func (f *face) connect(s submission, password string) error {
	visit, err := f.Accounts.StartConnection(s.r.Context(), s.user.ID, password, f.by(s.r, s.visitor))
	if err != nil {
		return err
	}
	cookie := f.Cookies.OfVisit(httpx.IsLocal(s.r), visit.State)
	http.SetCookie(s.w, &cookie)
	frame := f.frame(s.w, s.r, "Connect the identity provider", "profile", s.user)
	return show(s.w, s.r, http.StatusOK, frame, view.DeparturePage(view.Departure{Address: visit.URL}))
}

func (f *face) disconnect(s submission, password string) error {
	err := f.Accounts.RemoveIdentities(s.r.Context(), s.user.ID, password, f.by(s.r, s.visitor))
	return stepDone(s, "disconnected", err)
}

func (f *face) logOutOthers(s submission, password string) error {
	err := f.Accounts.LogoutOthers(s.r.Context(), s.token, password, f.by(s.r, s.visitor))
	return stepDone(s, "logged-out", err)
}
