package web

import (
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// changeZone takes the zone that a script found the browser to be in, and goes back to
// the page on which it was offered.
func (f *face) changeZone(s submission) error {
	zone := s.Get("timezone_name")
	if _, err := f.Accounts.UpdateProfile(s.r.Context(), s.user.ID, account.ProfileChange{Timezone: &zone}); err != nil {
		return err
	}
	goOn(s.w, s.r, s.next(home))
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
