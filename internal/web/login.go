package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/security"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// registerEntry adds the pages for visitors who are not logged in, and the logout.
func (f *face) registerEntry(mux httpx.Mux) {
	mux.HandleFunc("GET /{$}", f.Open(f.landing))
	mux.HandleFunc("GET /login", f.Open(f.loginPage))
	mux.HandleFunc("POST /login", f.Limited(f.Limits.Logins, f.OpenForm(f.logIn, f.logInAgain)))
	mux.HandleFunc("POST /login/second-factor", f.Limited(f.Limits.SecondSteps, f.OpenForm(f.secondFactor, f.secondFactorAgain)))
	mux.HandleFunc("GET /register", f.Open(f.registerPage))
	mux.HandleFunc("POST /register", f.Limited(f.Limits.Registrations, f.OpenForm(f.signUp, f.signUpAgain)))
	mux.HandleFunc("GET /logout", f.Open(f.logoutPage))
	mux.HandleFunc("POST /logout", f.Member(f.Form(f.logOut, nil)))
}

func (f *face) landing(w http.ResponseWriter, r *http.Request) error {
	return f.unlessLoggedIn(w, r, site.Home, func() error {
		return site.Show(w, r, http.StatusOK, f.Frame(w, r, "Know your pace", "", account.User{}), view.Landing(string(f.Door)))
	})
}

func (f *face) loginPage(w http.ResponseWriter, r *http.Request) error {
	next := site.LocalPath(r.URL.Query().Get("next"), site.Home)
	return f.unlessLoggedIn(w, r, next, func() error {
		return f.showLogin(w, r, http.StatusOK, view.Login{Next: next})
	})
}

// unlessLoggedIn calls show, or sends a visitor who is logged in to next.
func (f *face) unlessLoggedIn(w http.ResponseWriter, r *http.Request, next string, show func() error) error {
	user, err := f.CurrentUser(r)
	if err != nil {
		return err
	}
	if user.ID != 0 {
		site.GoOn(w, r, next)
		return nil
	}
	return show()
}

func (f *face) showLogin(w http.ResponseWriter, r *http.Request, status int, m view.Login) error {
	m.Provider, m.Door = f.Provider, string(f.Door)
	frame := f.Frame(w, r, "Log in", "", account.User{})
	return site.Show(w, r, status, frame, view.LoginPage(frame, m))
}

func (f *face) logIn(s site.Submission) error {
	login, err := f.Accounts.Login(s.R.Context(), account.Attempt{
		Email: s.Get("email"), Password: s.Get("password"),
		Address: f.Address(s.R), Browser: httpx.BrowserName(s.R.UserAgent()), KnownBrowser: f.Cookies.Read(s.R, httpx.KnownBrowserCookie),
	})
	next := s.Next(site.Home)
	if second, ok := errors.AsType[*account.SecondFactorRequired](err); ok {
		return f.showSecondFactor(s, http.StatusOK, view.SecondFactor{
			Challenge: second.Challenge, Next: next, Passkey: slices.Contains(second.Methods, account.MethodPasskey),
			NeedsKey: slices.Equal(second.Methods, []string{account.MethodPasskey}),
		})
	}
	return f.enter(s, login, err, next)
}

func (f *face) logInAgain(s site.Submission, refused site.Refusal) error {
	return f.showLogin(s.W, s.R, refused.Status, view.Login{
		Email: s.Get("email"), Next: s.Next(site.Home), Problem: refused.Detail,
	})
}

func (f *face) showSecondFactor(s site.Submission, status int, m view.SecondFactor) error {
	m.Script = f.Files[security.PasskeyScript].Address
	frame := f.Frame(s.W, s.R, "One more step", "", account.User{})
	return site.Show(s.W, s.R, status, frame, view.SecondFactorPage(frame, m))
}

func (f *face) secondFactor(s site.Submission) error {
	login, err := f.Accounts.LoginWithCode(s.R.Context(), s.Get("challenge"), s.Get("code"), f.Client(s.R))
	return f.enter(s, login, err, s.Next(site.Home))
}

func (f *face) secondFactorAgain(s site.Submission, refused site.Refusal) error {
	if errors.Is(refused.Cause, account.ErrUnknownCeremony) {
		return f.logInAgain(s, refused)
	}
	return f.showSecondFactor(s, refused.Status, view.SecondFactor{
		Challenge: s.Get("challenge"), Next: s.Next(site.Home), Problem: refused.Detail, Passkey: s.Get("passkey") != "",
	})
}

// enter sets the cookies of a login and leads to next, unless logging in failed.
func (f *face) enter(s site.Submission, login account.LoggedIn, err error, next string) error {
	if err != nil {
		return err
	}
	f.setLogin(s, login)
	site.GoOn(s.W, s.R, next)
	return nil
}

func (f *face) setLogin(s site.Submission, login account.LoggedIn) {
	for _, cookie := range f.Cookies.OfLogin(httpx.IsLocal(s.R), login) {
		http.SetCookie(s.W, &cookie)
	}
}

// logoutPage shows a button that logs out. The address alone must not log out, because any
// page could link to it.
func (f *face) logoutPage(w http.ResponseWriter, r *http.Request) error {
	user, err := f.CurrentUser(r)
	if err != nil {
		return err
	}
	if user.ID == 0 {
		site.GoOn(w, r, "/")
		return nil
	}
	frame := f.Frame(w, r, "Log out", "", user)
	return site.Show(w, r, http.StatusOK, frame, view.LogoutPage(frame))
}

func (f *face) logOut(s site.Submission) error {
	if err := f.Accounts.Logout(s.R.Context(), s.Token, f.Address(s.R)); err != nil {
		return err
	}
	f.leave(s)
	return nil
}

// leave removes what the browser keeps of the login, and leads to the start page.
func (f *face) leave(s site.Submission) {
	cookie := f.Cookies.OfLogout(httpx.IsLocal(s.R))
	http.SetCookie(s.W, &cookie)
	s.W.Header().Set("Clear-Site-Data", httpx.ForgetPages)
	site.GoOn(s.W, s.R, "/")
}
