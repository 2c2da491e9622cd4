package security

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

// PasskeyScript is loaded by the pages that create or use a passkey.
const PasskeyScript = "passkeys.js"

// secretGroup is how many characters of a secret are shown as a group.
const secretGroup = 4

func (p *pages) startApp(s site.Submission, password string) error {
	setup, err := p.Accounts.StartTOTP(s.R.Context(), s.User.ID, password, p.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	m := view.AppSetup{Box: fmt.Sprintf("0 0 %d %[1]d", setup.Drawing.Side), Path: setup.Drawing.Path}
	for group := range slices.Chunk([]byte(setup.Secret), secretGroup) {
		m.Groups = append(m.Groups, string(group))
	}
	return p.showAppSetup(s, http.StatusOK, m)
}

func (p *pages) showAppSetup(s site.Submission, status int, m view.AppSetup) error {
	frame := p.Frame(s.W, s.R, "Set up an app", "profile", s.User)
	return site.Show(s.W, s.R, status, frame, view.AppSetupPage(frame, m))
}

// confirmApp turns the authenticator app on.
func (p *pages) confirmApp(s site.Submission) error {
	if err := p.CountConfirmation(s); err != nil {
		return err
	}
	codes, err := p.Accounts.ConfirmTOTP(s.R.Context(), s.User.ID, s.Get("code"), p.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	if len(codes) == 0 { // the user has recovery codes already
		return stepDone(s, "app-on", nil)
	}
	return p.showCodes(s, "The app is on", codes)
}

// confirmAppAgain shows the form without the secret, which is shown only once.
func (p *pages) confirmAppAgain(s site.Submission, refused site.Refusal) error {
	if errors.Is(refused.Cause, account.ErrCode) {
		return p.showAppSetup(s, refused.Status, view.AppSetup{Code: view.Field{Problem: words.Sentence(refused.Detail)}})
	}
	return p.showAppSetup(s, refused.Status, view.AppSetup{Problem: refused.Detail})
}

func (p *pages) showCodes(s site.Submission, heading string, codes []string) error {
	frame := p.Frame(s.W, s.R, heading, "profile", s.User)
	return site.Show(s.W, s.R, http.StatusOK, frame, view.RecoveryCodesPage(view.RecoveryCodes{Heading: heading, Codes: codes}))
}

func (p *pages) removeApp(s site.Submission, password string) error {
	err := p.Accounts.RemoveTOTP(s.R.Context(), s.User.ID, password, p.By(s.R, s.Visitor))
	return stepDone(s, "app-off", err)
}

func (p *pages) newRecoveryCodes(s site.Submission, password string) error {
	codes, err := p.Accounts.NewRecoveryCodes(s.R.Context(), s.User.ID, password, p.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	return p.showCodes(s, "New recovery codes", codes)
}

// passkeyName returns the name of the user's passkey in the path, or
// account.ErrUnknownFactor.
func (p *pages) passkeyName(r *http.Request, v site.Visitor) (string, error) {
	factors, err := p.Accounts.Factors(r.Context(), v.User.ID)
	if err != nil {
		return "", err
	}
	for _, key := range factors.Passkeys {
		if key.ID == r.PathValue("passkey_id") {
			return key.Name, nil
		}
	}
	return "", account.ErrUnknownFactor
}

func (p *pages) removePasskey(s site.Submission, password string) error {
	err := p.Accounts.RemovePasskey(s.R.Context(), s.User.ID, s.R.PathValue("passkey_id"), password, p.By(s.R, s.Visitor))
	return stepDone(s, "passkey-removed", err)
}

// needsProvider returns account.ErrNoProvider if the server has no identity provider.
func (p *pages) needsProvider(*http.Request, site.Visitor) (string, error) {
	if !p.Provider {
		return "", account.ErrNoProvider
	}
	return "", nil
}

// connect shows the link to the identity provider, which sends the browser back to the
// callback of the JSON face.
func (p *pages) connect(s site.Submission, password string) error {
	visit, err := p.Accounts.StartConnection(s.R.Context(), s.User.ID, password, p.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	cookie := p.Cookies.OfVisit(httpx.IsLocal(s.R), visit.State)
	http.SetCookie(s.W, &cookie)
	frame := p.Frame(s.W, s.R, "Connect the identity provider", "profile", s.User)
	return site.Show(s.W, s.R, http.StatusOK, frame, view.DeparturePage(view.Departure{Address: visit.URL}))
}

func (p *pages) disconnect(s site.Submission, password string) error {
	err := p.Accounts.RemoveIdentities(s.R.Context(), s.User.ID, password, p.By(s.R, s.Visitor))
	return stepDone(s, "disconnected", err)
}
