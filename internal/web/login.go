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

func (f *face) logIn(s submission) error {
	login, err := f.Accounts.Login(s.r.Context(), account.Attempt{
		Email: s.Get("email"), Password: s.Get("password"),
		Address: f.address(s.r), KnownBrowser: f.Cookies.Read(s.r, httpx.KnownBrowserCookie),
	})
	next := s.next(home)
	if second, ok := errors.AsType[*account.SecondFactorRequired](err); ok {
		return f.showSecondFactor(s, http.StatusOK, view.SecondFactor{
			Challenge: second.Challenge, Next: next, Passkey: slices.Contains(second.Methods, account.MethodPasskey),
			NeedsKey: slices.Equal(second.Methods, []string{account.MethodPasskey}),
		})
	}
	return f.enter(s, login, err, next)
}

func (f *face) logInAgain(s submission, refused refusal) error {
	return f.showLogin(s.w, s.r, refused.status, view.Login{
		Email: s.Get("email"), Next: s.next(home), Problem: refused.detail,
	})
}

func (f *face) showSecondFactor(s submission, status int, m view.SecondFactor) error {
	m.Script = f.files[passkeyScript].address
	frame := f.frame(s.w, s.r, "One more step", "", account.User{})
	return show(s.w, s.r, status, frame, view.SecondFactorPage(frame, m))
}

func (f *face) secondFactor(s submission) error {
	login, err := f.Accounts.LoginWithCode(s.r.Context(), s.Get("challenge"), s.Get("code"), f.address(s.r))
	return f.enter(s, login, err, s.next(home))
}

func (f *face) secondFactorAgain(s submission, refused refusal) error {
	if errors.Is(refused.cause, account.ErrUnknownCeremony) {
		return f.logInAgain(s, refused)
	}
	return f.showSecondFactor(s, refused.status, view.SecondFactor{
		Challenge: s.Get("challenge"), Next: s.next(home), Problem: refused.detail, Passkey: s.Get("passkey") != "",
	})
}

// enter hands a browser its login and sends it on, unless logging in failed.
func (f *face) enter(s submission, login account.LoggedIn, err error, next string) error {
	if err != nil {
		return err
	}
	f.setLogin(s, login)
	goOn(s.w, s.r, next)
	return nil
}

func (f *face) setLogin(s submission, login account.LoggedIn) {
	for _, cookie := range f.Cookies.OfLogin(httpx.IsLocal(s.r), login) {
		http.SetCookie(s.w, &cookie)
	}
}

func (f *face) logOut(s submission) error {
	if err := f.Accounts.Logout(s.r.Context(), s.token, f.address(s.r)); err != nil {
		return err
	}
	f.leave(s)
	return nil
}

// leave takes the login from a browser and sends it to the front page.
func (f *face) leave(s submission) {
	cookie := f.Cookies.OfLogout(httpx.IsLocal(s.r))
	http.SetCookie(s.w, &cookie)
	goOn(s.w, s.r, "/")
}
