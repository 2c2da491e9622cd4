package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// errStaleForm is token.ErrCSRF in the words of a page.
var errStaleForm = fault.New(fault.Refused, "This page was open for too long, or your browser blocks cookies: try again.")

// submission is a form that a browser sent. The visitor is the zero visitor on a page
// that needs no login.
type submission struct {
	w http.ResponseWriter
	r *http.Request
	visitor
	url.Values
}

// doer does what a form asks for, and answers unless it fails.
type doer func(submission) error

// asker shows a form again, with what was wrong with it.
type asker func(submission, refusal) error

// form handles a form of a page: it reads the form and lets do what it asks for. What
// the sender can put right is answered by again; without again, and for everything else,
// the failure is returned and becomes a page of its own.
func (f *face) form(do doer, again asker) memberHandler {
	return func(w http.ResponseWriter, r *http.Request, v visitor) error {
		sent, err := httpx.ReadForm(w, r, httpx.MaxBody)
		if err != nil {
			return err
		}
		s := submission{w: w, r: r, visitor: v, Values: sent}
		if err = f.checkOrigin(s); err == nil {
			err = do(s)
		}
		if err == nil || again == nil || !isRefusal(err) {
			return err
		}
		return again(s, refusalOf(s, err))
	}
}

// openForm is form on a page that needs no login.
func (f *face) openForm(do doer, again asker) handler {
	handle := f.form(do, again)
	return func(w http.ResponseWriter, r *http.Request) error { return handle(w, r, visitor{}) }
}

// checkOrigin checks that a page of ours sent the form: it repeats the CSRF token of the
// cookie. It returns errStaleForm.
func (f *face) checkOrigin(s submission) error {
	err := f.CSRF.Check(s.Get("csrf_token"), httpx.CookieOf(s.r, httpx.CSRFCookie), true)
	if errors.Is(err, token.ErrCSRF) {
		return errStaleForm
	}
	return err
}

// isRefusal reports whether the sender of a form can put a failure right by sending the
// form again.
func isRefusal(err error) bool {
	status := httpx.ProblemOf(err).Status
	return status < http.StatusInternalServerError && status != http.StatusNotFound && !errors.Is(err, account.ErrUnauthenticated)
}

// refusal is why a form was refused.
type refusal struct {
	cause  error
	status int
	detail string // one sentence about the whole form
	fields fault.FieldErrors
	typed  url.Values
}

// refusalOf also sets the headers that belong to the failure, such as Retry-After.
func refusalOf(s submission, err error) refusal {
	problem := httpx.ProblemOf(err)
	maps.Copy(s.w.Header(), problem.Header)
	if problem.Status == http.StatusUnauthorized {
		s.w.Header().Set("WWW-Authenticate", "Bearer") // RFC 9110 section 11.6.1; no browser asks for a bearer token
	}
	fields, _ := errors.AsType[fault.FieldErrors](err)
	return refusal{cause: err, status: problem.Status, detail: capital(problem.Detail), fields: fields, typed: s.Values}
}

// field is a field as it was typed, with what is wrong with it.
func (n refusal) field(name string) view.Field {
	return view.Field{Value: n.typed.Get(name), Problem: n.with(name)}
}

// secret is a field that is never sent back, with what is wrong with it.
func (n refusal) secret(name string) view.Field { return view.Field{Problem: n.with(name)} }

// with says what is wrong with a field, as a sentence below its label.
func (n refusal) with(name string) string {
	for _, e := range n.fields {
		if e.Field == name {
			return sentence("This " + e.Problem)
		}
	}
	return ""
}

// above is what to say above a form that shows these fields: nothing when each problem
// stands beside one of them.
func (n refusal) above(fields ...string) string {
	isElsewhere := func(e fault.FieldError) bool { return !slices.Contains(fields, e.Field) }
	if len(n.fields) > 0 && !slices.ContainsFunc(n.fields, isElsewhere) {
		return ""
	}
	return n.detail
}

func sentence(text string) string { return text + "." }

// next is where the form wants to go on to, or otherwise.
func (s submission) next(otherwise string) string { return localPath(s.Get("next"), otherwise) }
