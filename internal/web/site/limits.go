package site

import (
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
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

// Reading makes a page that takes longer the more a visitor has stored: see httpx.Reads.
func (s *Site) Reading(handle MemberHandler) http.HandlerFunc {
	return s.Member(func(w http.ResponseWriter, r *http.Request, v Visitor) error {
		reading, end, err := s.Limits.Reads.Begin(r.Context(), v.User.ID)
		if err != nil {
			return err
		}
		defer end()
		return handle(w, r.WithContext(reading), v)
	})
}

// Correcting counts what a form corrects, or shows before it is corrected.
func (s *Site) Correcting(do func(Submission) error) func(Submission) error {
	return func(sent Submission) error {
		if err := s.CountCorrection(sent.R, sent.Visitor); err != nil {
			return err
		}
		return do(sent)
	}
}

// CountCorrection counts a correction or a preview of one. It returns a *fault.Throttled after
// too many.
func (s *Site) CountCorrection(r *http.Request, v Visitor) error {
	return s.Limits.Corrections.Take(r.Context(), httpx.UserKey(v.User.ID))
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
