package web

import (
	"net/http"

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
