package site

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// pagePolicy is the Content-Security-Policy of every page: nothing inline, nothing
// from another site, and forms only to this server.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Frame returns what surrounds a page, with the CSRF token that its forms repeat. A browser
// keeps the token that it has, so that its other open pages stay valid.
func (s *Site) Frame(w http.ResponseWriter, r *http.Request, title, section string, user account.User) view.Frame {
	token := httpx.CookieOf(r, httpx.CSRFCookie)
	if s.CSRF.Verify(token) != nil {
		token = s.CSRF.Token()
		cookie := s.Cookies.OfCSRF(httpx.IsLocal(r), token)
		http.SetCookie(w, &cookie)
	}
	return view.Frame{
		Title: title, Section: section, User: user.Email, CSRF: token,
		IsAdmin: user.Role == account.RoleAdmin, Files: s.Files.OfEveryPage(),
		Zone: user.Timezone, Path: pathOf(r),
	}
}

// pathOf returns the path to which a form in the frame leads back: the page it is on, or
// Home when that page is itself the answer to a form.
func pathOf(r *http.Request) string {
	if r.Method != http.MethodGet {
		return Home
	}
	return r.URL.RequestURI()
}

// Show answers with a page. It sends nothing when the template fails.
func Show(w http.ResponseWriter, r *http.Request, status int, frame view.Frame, content templ.Component) error {
	page, err := drawn(r.Context(), frame, content)
	if err != nil {
		return err
	}
	send(w, status, page)
	return nil
}

func drawn(ctx context.Context, frame view.Frame, content templ.Component) ([]byte, error) {
	var page bytes.Buffer
	if err := view.Page(frame, content).Render(ctx, &page); err != nil {
		return nil, fmt.Errorf("drawing the page %q: %w", frame.Title, err)
	}
	return page.Bytes(), nil
}

func send(w http.ResponseWriter, status int, page []byte) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page) // the client may be gone
}
