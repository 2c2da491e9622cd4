package site

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
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// ErrStaleForm is token.ErrCSRF in the words of a page.
var ErrStaleForm = fault.New(fault.Refused, "this page was open for too long, or your browser blocks cookies: try again")

// Submission is a form that a browser sent. The Visitor is the zero Visitor on a page
// that needs no login.
type Submission struct {
	W http.ResponseWriter
	R *http.Request
	Visitor
	url.Values
}

// Form returns a handler for a form. It reads what was sent and calls do, which does what
// the form asks for and answers. If do fails and the sender can put that right, again shows
// the form again. Without again, and for any other failure, the failure becomes a page of
// its own.
func (s *Site) Form(do func(Submission) error, again func(Submission, Refusal) error) MemberHandler {
	return func(w http.ResponseWriter, r *http.Request, v Visitor) error {
		values, err := httpx.ReadForm(w, r, httpx.MaxBody)
		if err != nil {
			return err
		}
		sent := Submission{W: w, R: r, Visitor: v, Values: values}
		if err = s.checkToken(sent); err == nil {
			err = do(sent)
		}
		if err == nil || again == nil || !isRefusal(err) {
			return err
		}
		return again(sent, refusalOf(sent, err))
	}
}

// OpenForm does what Form does, on a page that needs no login.
func (s *Site) OpenForm(do func(Submission) error, again func(Submission, Refusal) error) Handler {
	handle := s.Form(do, again)
	return func(w http.ResponseWriter, r *http.Request) error { return handle(w, r, Visitor{}) }
}

// checkToken returns ErrStaleForm unless the form repeats the CSRF token of the cookie.
func (s *Site) checkToken(sent Submission) error {
	err := s.CSRF.Check(sent.Get("csrf_token"), httpx.CookieOf(sent.R, httpx.CSRFCookie), true)
	if errors.Is(err, token.ErrCSRF) {
		return ErrStaleForm
	}
	return err
}

// Next returns the local path that the form asks to go to next, or otherwise.
func (s Submission) Next(otherwise string) string { return LocalPath(s.Get("next"), otherwise) }

// isRefusal reports whether the sender of a form can put a failure right by sending the
// form again.
func isRefusal(err error) bool {
	status := httpx.ProblemOf(err).Status
	return status < http.StatusInternalServerError && status != http.StatusNotFound && !errors.Is(err, account.ErrUnauthenticated)
}

// Refusal is why a form was refused.
type Refusal struct {
	Cause  error
	Status int
	Detail string // one sentence about the whole form
	fields fault.FieldErrors
	typed  url.Values
}

// refusalOf returns why a form was refused, and sets the headers that belong to the
// failure, such as Retry-After.
func refusalOf(sent Submission, err error) Refusal {
	problem := httpx.ProblemOf(err)
	maps.Copy(sent.W.Header(), problem.Header)
	if problem.Status == http.StatusUnauthorized {
		sent.W.Header().Set("WWW-Authenticate", "Bearer") // RFC 9110 section 11.6.1; no browser asks for a bearer token
	}
	fields, _ := errors.AsType[fault.FieldErrors](err)
	return Refusal{Cause: err, Status: problem.Status, Detail: words.Capital(problem.Detail), fields: fields, typed: sent.Values}
}

// Field returns a field as it was typed, with what is wrong with it.
func (n Refusal) Field(name string) view.Field {
	return view.Field{Value: n.typed.Get(name), Problem: n.With(name)}
}

// Secret returns a field that is never sent back, with what is wrong with it.
func (n Refusal) Secret(name string) view.Field { return view.Field{Problem: n.With(name)} }

// With says what is wrong with a field, as a sentence below its label.
func (n Refusal) With(name string) string {
	for _, e := range n.fields {
		if e.Field == name {
			return words.Sentence("This " + e.Problem)
		}
	}
	return ""
}

// Above returns what to say above a form that shows these fields: nothing when each problem
// is beside one of them.
func (n Refusal) Above(fields ...string) string {
	isElsewhere := func(e fault.FieldError) bool { return !slices.Contains(fields, e.Field) }
	if len(n.fields) > 0 && !slices.ContainsFunc(n.fields, isElsewhere) {
		return ""
	}
	return n.Detail
}
