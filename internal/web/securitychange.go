package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// passkeyScript is loaded by the pages that create or use a passkey.
const passkeyScript = "passkeys.js"

// secretGroup is how many characters of a secret are shown as a group.
const secretGroup = 4

func (f *face) startApp(s site.Submission, password string) error {
	setup, err := f.Accounts.StartTOTP(s.R.Context(), s.User.ID, password, f.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	m := view.AppSetup{Box: fmt.Sprintf("0 0 %d %[1]d", setup.Drawing.Side), Path: setup.Drawing.Path}
	for group := range slices.Chunk([]byte(setup.Secret), secretGroup) {
		m.Groups = append(m.Groups, string(group))
	}
	return f.showAppSetup(s, http.StatusOK, m)
}

func (f *face) showAppSetup(s site.Submission, status int, m view.AppSetup) error {
	frame := f.Frame(s.W, s.R, "Set up an app", "profile", s.User)
	return site.Show(s.W, s.R, status, frame, view.AppSetupPage(frame, m))
}

// confirmApp turns the authenticator app on.
func (f *face) confirmApp(s site.Submission) error {
	if err := f.CountConfirmation(s); err != nil {
		return err
	}
	codes, err := f.Accounts.ConfirmTOTP(s.R.Context(), s.User.ID, s.Get("code"), f.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	if len(codes) == 0 { // the user has recovery codes already
		return stepDone(s, "app-on", nil)
	}
	return f.showCodes(s, "The app is on", codes)
}

// confirmAppAgain shows the form without the secret, which is shown only once.
func (f *face) confirmAppAgain(s site.Submission, refused site.Refusal) error {
	if errors.Is(refused.Cause, account.ErrCode) {
		return f.showAppSetup(s, refused.Status, view.AppSetup{Code: view.Field{Problem: words.Sentence(refused.Detail)}})
	}
	return f.showAppSetup(s, refused.Status, view.AppSetup{Problem: refused.Detail})
}

func (f *face) showCodes(s site.Submission, heading string, codes []string) error {
	frame := f.Frame(s.W, s.R, heading, "profile", s.User)
	return site.Show(s.W, s.R, http.StatusOK, frame, view.RecoveryCodesPage(view.RecoveryCodes{Heading: heading, Codes: codes}))
}

func (f *face) removeApp(s site.Submission, password string) error {
	err := f.Accounts.RemoveTOTP(s.R.Context(), s.User.ID, password, f.By(s.R, s.Visitor))
	return stepDone(s, "app-off", err)
}

func (f *face) newRecoveryCodes(s site.Submission, password string) error {
	codes, err := f.Accounts.NewRecoveryCodes(s.R.Context(), s.User.ID, password, f.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	return f.showCodes(s, "New recovery codes", codes)
}

// passkeyName returns the name of the user's passkey in the path, or
// account.ErrUnknownFactor.
func (f *face) passkeyName(r *http.Request, v site.Visitor) (string, error) {
	factors, err := f.Accounts.Factors(r.Context(), v.User.ID)
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

func (f *face) removePasskey(s site.Submission, password string) error {
	err := f.Accounts.RemovePasskey(s.R.Context(), s.User.ID, s.R.PathValue("passkey_id"), password, f.By(s.R, s.Visitor))
	return stepDone(s, "passkey-removed", err)
}

// needsProvider returns account.ErrNoProvider if the server has no identity provider.
func (f *face) needsProvider(*http.Request, site.Visitor) (string, error) {
	if !f.Provider {
		return "", account.ErrNoProvider
	}
	return "", nil
}

// connect shows the link to the identity provider, which sends the browser back to the
// callback of the JSON face.
func (f *face) connect(s site.Submission, password string) error {
	visit, err := f.Accounts.StartConnection(s.R.Context(), s.User.ID, password, f.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	cookie := f.Cookies.OfVisit(httpx.IsLocal(s.R), visit.State)
	http.SetCookie(s.W, &cookie)
	frame := f.Frame(s.W, s.R, "Connect the identity provider", "profile", s.User)
	return site.Show(s.W, s.R, http.StatusOK, frame, view.DeparturePage(view.Departure{Address: visit.URL}))
}

func (f *face) disconnect(s site.Submission, password string) error {
	err := f.Accounts.RemoveIdentities(s.R.Context(), s.User.ID, password, f.By(s.R, s.Visitor))
	return stepDone(s, "disconnected", err)
}

func (f *face) logOutOthers(s site.Submission, password string) error {
	err := f.Accounts.LogoutOthers(s.R.Context(), s.Token, password, f.By(s.R, s.Visitor))
	return stepDone(s, "logged-out", err)
}
