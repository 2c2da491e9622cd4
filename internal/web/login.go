package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func (f *face) landing(w http.ResponseWriter, r *http.Request) error {
	return f.unlessLoggedIn(w, r, home, func() error {
		return show(w, r, http.StatusOK, f.frame(w, r, "Know your pace", "", account.User{}), view.Landing())
	})
}

func (f *face) loginPage(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.URL.Query().Get("next"), home)
	return f.unlessLoggedIn(w, r, next, func() error {
		return f.showLogin(w, r, http.StatusOK, view.Login{Next: next})
	})
}

// unlessLoggedIn sends who is logged in on to a page of theirs.
func (f *face) unlessLoggedIn(w http.ResponseWriter, r *http.Request, next string, show func() error) error {
	known, err := f.isLoggedIn(r)
	if err != nil {
		return err
	}
	if known {
		goOn(w, r, next)
		return nil
	}
	return show()
}

func (f *face) showLogin(w http.ResponseWriter, r *http.Request, status int, m view.Login) error {
	m.Provider = f.Provider
	frame := f.frame(w, r, "Log in", "", account.User{})
	return show(w, r, status, frame, view.LoginPage(frame, m))
}

func (f *face) logIn(w http.ResponseWriter, r *http.Request) error {
	form, err := f.form(w, r)
	var login account.LoggedIn
	if err == nil {
		login, err = f.Accounts.Login(r.Context(), account.Attempt{
			Email: form.Get("email"), Password: form.Get("password"),
			Address: f.address(r), Device: f.Cookies.Read(r, httpx.DeviceCookie),
		})
	}
	next := localPath(form.Get("next"), home)
	var second *account.SecondFactorRequired
	switch {
	case err == nil:
		f.enter(w, r, login, next)
		return nil
	case errors.As(err, &second):
		return f.showSecondFactor(w, r, http.StatusOK, view.SecondFactor{
			Challenge: second.Challenge, Next: next, Passkey: slices.Contains(second.Methods, account.MethodPasskey),
			NeedsKey: slices.Equal(second.Methods, []string{account.MethodPasskey}),
		})
	case form == nil || f.problem(r, err).Status >= http.StatusInternalServerError:
		return err
	}
	status, text := f.refusal(w, r, err)
	return f.showLogin(w, r, status, view.Login{Email: form.Get("email"), Next: next, Problem: text})
}

func (f *face) showSecondFactor(w http.ResponseWriter, r *http.Request, status int, m view.SecondFactor) error {
	m.Script = f.files[passkeyScript].address
	frame := f.frame(w, r, "One more step", "", account.User{})
	return show(w, r, status, frame, view.SecondFactorPage(frame, m))
}

func (f *face) secondFactor(w http.ResponseWriter, r *http.Request) error {
	form, err := f.form(w, r)
	var login account.LoggedIn
	if err == nil {
		login, err = f.Accounts.LoginWithCode(r.Context(), form.Get("challenge"), form.Get("code"), f.address(r))
	}
	next := localPath(form.Get("next"), home)
	switch {
	case err == nil:
		f.enter(w, r, login, next)
		return nil
	case form == nil || f.problem(r, err).Status >= http.StatusInternalServerError:
		return err
	}
	status, text := f.refusal(w, r, err)
	if errors.Is(err, account.ErrUnknownCeremony) {
		return f.showLogin(w, r, status, view.Login{Next: next, Problem: text})
	}
	return f.showSecondFactor(w, r, status, view.SecondFactor{
		Challenge: form.Get("challenge"), Next: next, Problem: text, Passkey: form.Get("passkey") != "",
	})
}

// enter hands a browser its login and sends it on.
func (f *face) enter(w http.ResponseWriter, r *http.Request, login account.LoggedIn, next string) {
	f.setLogin(w, r, login)
	goOn(w, r, next)
}

func (f *face) setLogin(w http.ResponseWriter, r *http.Request, login account.LoggedIn) {
	for _, cookie := range f.Cookies.OfLogin(httpx.IsLocal(r), login) {
		http.SetCookie(w, &cookie)
	}
}

// refusal is the status and the text of a form that is shown again, and sets the
// headers that belong to it.
func (f *face) refusal(w http.ResponseWriter, r *http.Request, err error) (status int, text string) {
	p := f.problem(r, err)
	for name, values := range p.Header {
		w.Header()[name] = values
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer") // RFC 9110 section 11.6.1; no browser asks for one
	}
	return p.Status, capital(p.Detail)
}

func (f *face) logOut(w http.ResponseWriter, r *http.Request, v visitor) error {
	if _, err := f.form(w, r); err != nil {
		return err
	}
	if err := f.Accounts.Logout(r.Context(), v.token, f.address(r)); err != nil {
		return err
	}
	cookie := f.Cookies.OfLogout(httpx.IsLocal(r))
	http.SetCookie(w, &cookie)
	goOn(w, r, "/")
	return nil
}
