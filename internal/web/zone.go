package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// changeZone takes the zone that a script found the browser to be in, and goes back to
// the page on which it was offered.
func (f *face) changeZone(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if err != nil {
		return err
	}
	zone := form.Get("timezone_name")
	if _, err := f.Accounts.UpdateProfile(r.Context(), v.user.ID, account.ProfileChange{Timezone: &zone}); err != nil {
		return err
	}
	goOn(w, r, localPath(form.Get("next"), home))
	return nil
}

// zoneOf is the zone by whose clocks a user reads times.
func zoneOf(u account.User) (*time.Location, error) {
	zone, err := time.LoadLocation(u.Timezone)
	if err != nil {
		return nil, fmt.Errorf("loading the time zone of user %d: %w", u.ID, err)
	}
	return zone, nil
}
