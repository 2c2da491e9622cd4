package web

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// limited holds each client address to the limiter's rate.
func (f *face) limited(limiter *limit.Limiter, handle handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := limiter.Take(r.Context(), f.address(r)); err != nil {
			return err
		}
		return handle(w, r)
	}
}

// countConfirmation holds each login to the rate of confirmations: by token, so that
// whoever has stolen one does not make the owner wait. It returns fault.Throttled.
func (f *face) countConfirmation(s submission) error {
	return f.Limits.Confirmations.Take(s.r.Context(), s.token.ID)
}

// confirmed checks the visitor's own password in the field of that name.
func (f *face) confirmed(s submission) error {
	if err := f.countConfirmation(s); err != nil {
		return err
	}
	return f.Accounts.Confirm(s.r.Context(), s.Get("password"), f.by(s.r, s.visitor))
}
