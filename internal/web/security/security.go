// Package security has the pages on which a person manages what logs them in: the password
// is asked for again, second factors, the identity provider, and the connected widgets.
package security

import (
	"net/http"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

const (
	securityPath   = "/profile/security"
	recentActivity = 20 // entries of the security log
)

// Options are what these pages need.
type Options struct {
	*site.Site
	Provider bool // an identity provider is set
}

type pages struct{ Options }

// Register adds the pages to mux.
func Register(mux httpx.Mux, o Options) {
	p := &pages{o}
	p.registerDevices(mux)
	mux.HandleFunc("GET "+securityPath, p.Member(p.security))
	mux.HandleFunc("GET "+securityPath+"/passkeys", p.Member(p.newPasskey))
	mux.HandleFunc("POST "+securityPath+"/totp/confirm", p.Member(p.Form(p.confirmApp, p.confirmAppAgain)))
	for _, step := range p.steps() {
		mux.HandleFunc("GET "+step.path, p.Member(step.ask))
		mux.HandleFunc("POST "+step.path, p.Member(p.Form(step.submit, step.askAgain)))
	}
}

// stepDone leads to the security page, which says what was done, unless err is set.
func stepDone(s site.Submission, name string, err error) error {
	if err != nil {
		return err
	}
	site.GoOn(s.W, s.R, sayingDone(securityPath, name))
	return nil
}

func (p *pages) security(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return err
	}
	factors, err := p.Accounts.Factors(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	identities, err := p.Accounts.Identities(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	events, err := p.Accounts.SecurityEvents(r.Context(), v.User.ID, recentActivity)
	if err != nil {
		return err
	}
	logins, err := p.loginsOf(r, v, zone)
	if err != nil {
		return err
	}
	m := view.Security{
		Saved: doneWords(r), Zone: zone.String(),
		HasApp: factors.TOTP != nil, HasFactor: factors.TOTP != nil || len(factors.Passkeys) > 0,
		RecoveryCodes: factors.RecoveryCodes, HasProvider: p.Provider, Connected: len(identities) > 0, Logins: logins,
	}
	for _, key := range factors.Passkeys {
		m.Passkeys = append(m.Passkeys, passkeyOf(key, zone))
	}
	for _, e := range events {
		m.Activity = append(m.Activity, view.Activity{When: words.Moment(e.At, zone), What: activityWords(e), Address: e.Address})
	}
	return site.Show(w, r, http.StatusOK, p.Frame(w, r, "Security", "profile", v.User), view.SecurityPage(m))
}

func passkeyOf(key account.Passkey, zone *time.Location) view.Passkey {
	m := view.Passkey{ID: key.ID, Name: key.Name, Added: words.Moment(key.CreatedAt, zone)}
	if key.LastUsedAt != 0 {
		m.LastUsed = words.Moment(key.LastUsedAt, zone)
	}
	return m
}

// activityWords describes an entry of the security log to the user whose log it is. Most
// details are for the operator only.
func activityWords(e account.SecurityEvent) string {
	texts := map[account.SecurityKind]string{
		account.Registered:         "Account registered",
		account.RegisteredAgain:    "Somebody tried to register with your e-mail address",
		account.LoginSucceeded:     "Logged in",
		account.LoginFailed:        "Login failed",
		account.PasswordAccepted:   "Password accepted, second step requested",
		account.LockedOut:          "Too many attempts: locked for a while",
		account.LoggedOut:          "Logged out",
		account.LoggedOutOthers:    "Logged out everywhere else",
		account.PasswordReset:      "Password reset by the operator",
		account.ReauthFailed:       "Wrong password for a confirmation",
		account.Activated:          "Account enabled",
		account.Deactivated:        "Account disabled",
		account.FactorsReset:       "Second factors removed by the operator",
		account.IdentityConnected:  "Identity provider connected",
		account.IdentitiesRemoved:  "Identity provider disconnected",
		account.SecondFactorFailed: "Wrong code or passkey",
	}
	text, ok := texts[e.Kind]
	if !ok {
		text = words.Capital(string(e.Kind))
	}
	telling := []account.SecurityKind{account.LoginSucceeded, account.LoginEnded, account.PasskeyAdded, account.RecoveryCodeUsed}
	if e.Detail != "" && slices.Contains(telling, e.Kind) {
		text += " (" + e.Detail + ")"
	}
	return text
}

func (p *pages) newPasskey(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	m := view.NewPasskey{Email: v.User.Email, Script: p.Files[PasskeyScript].Address}
	return site.Show(w, r, http.StatusOK, p.Frame(w, r, "Add a passkey", "profile", v.User), view.NewPasskeyPage(m))
}
