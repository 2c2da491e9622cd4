package site

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// Limited makes a route that needs no login and holds each client address to the
// limiter's rate.
func (s *Site) Limited(limiter *limit.Limiter, handle Handler) http.HandlerFunc {
	return s.Open(func(w http.ResponseWriter, r *http.Request) error {
		if err := limiter.Take(r.Context(), s.Address(r)); err != nil {
			return err
		}
		return handle(w, r)
	})
}

// CountConfirmation counts a confirmation by password or code. It returns a
// *fault.Throttled after too many by the same login.
func (s *Site) CountConfirmation(sent Submission) error {
	return s.Limits.Confirmations.Take(sent.R.Context(), sent.Token.ID)
}

// Confirm checks the visitor's own password, which the form has in the field "password".
func (s *Site) Confirm(sent Submission) error {
	if err := s.CountConfirmation(sent); err != nil {
		return err
	}
	return s.Accounts.Confirm(sent.R.Context(), sent.Get("password"), s.By(sent.R, sent.Visitor))
}
