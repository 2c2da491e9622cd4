package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// errStaleForm is account.ErrCSRF in the words of a page.
var errStaleForm = fault.New(fault.Refused, "This page was open for too long, or your browser keeps no cookies: try again.")

// errNoAddress means that the server does not know how a widget reaches it.
var errNoAddress = fault.New(fault.Refused, "this server does not know its own address: whoever runs it must set PUBLIC_URL")

// form is what a form of ours sent: its token is the one of the cookie (SPEC
// section 6). With errStaleForm the fields are there all the same, to be shown again.
func (f *face) form(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	form, err := httpx.ReadForm(w, r, httpx.MaxBody)
	if err != nil {
		return nil, err
	}
	err = f.CSRF.Check(form.Get("csrf_token"), httpx.CookieOf(r, httpx.CSRFCookie), true)
	if errors.Is(err, account.ErrCSRF) {
		err = errStaleForm
	}
	return form, err
}

// limited holds each client address to the limiter's rate.
func (f *face) limited(limiter *limit.Limiter, handle handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := take(r, limiter, f.address(r)); err != nil {
			return err
		}
		return handle(w, r)
	}
}

// take counts a request of key. It returns fault.Throttled if there were too many.
func take(r *http.Request, limiter *limit.Limiter, key string) error {
	wait, ok, err := limiter.Take(r.Context(), key)
	if err == nil && !ok {
		err = &fault.Throttled{RetryAfter: wait}
	}
	return err
}

// field is a field of a form as it was sent, with what is wrong with it.
func field(form url.Values, name string, errs fault.FieldErrors) view.Field {
	return view.Field{Value: form.Get(name), Problem: problemWith(errs, name)}
}

// problemWith is what is wrong with the field of this name, as a sentence that
// follows its label.
func problemWith(errs fault.FieldErrors, name string) string {
	for _, e := range errs {
		if e.Field == name {
			return sentence("This " + e.Problem)
		}
	}
	return ""
}

func sentence(text string) string { return text + "." }
