package web

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// changeZone saves the time zone that a script found in the browser, and leads back to
// the page that offered it.
func (f *face) changeZone(s site.Submission) error {
	zone := s.Get("timezone_name")
	if _, err := f.Accounts.UpdateProfile(s.R.Context(), s.User.ID, account.ProfileChange{Timezone: &zone}); err != nil {
		return err
	}
	site.GoOn(s.W, s.R, s.Next(site.Home))
	return nil
}
