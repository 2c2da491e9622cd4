package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestAdmin checks that only an admin may look at another user, and that a role
// given on the command line holds from the next request on.
func TestAdmin(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		rater, boss := program.NewUser(t, s.URL), program.NewUser(t, s.URL)
		session, _ := ownSession(t, rater)
		events := "/admin/debug/user-events/" + session
		ofRater := "?user_id=" + url.QueryEscape(rater.ID(t))

		if got := rater.Must(t, http.StatusOK, http.MethodGet, "/admin/debug/user-sessions", nil); !strings.Contains(string(got.Body), session) {
			t.Errorf("a user's own sessions: got %v, want %s in it", got, session)
		}
		if got := boss.Must(t, http.StatusOK, http.MethodGet, "/admin/debug/user-sessions", nil); strings.Contains(string(got.Body), session) {
			t.Errorf("a user without sessions sees another's: %v", got)
		}
		for _, path := range []string{"/admin/debug/user-sessions" + ofRater, events + ofRater} {
			boss.Must(t, http.StatusNotFound, http.MethodGet, path, nil)
		}

		tracker.Run(t, databaseURL, "user", "role", boss.Email, "admin")
		boss.Login(t) // the role ended the old token
		if got := boss.Must(t, http.StatusOK, http.MethodGet, "/admin/debug/user-sessions"+ofRater, nil); !strings.Contains(string(got.Body), session) {
			t.Errorf("the rater's sessions seen by an admin: got %v, want %s in it", got, session)
		}
		boss.Must(t, http.StatusOK, http.MethodGet, events+ofRater, nil)
		boss.Must(t, http.StatusNotFound, http.MethodGet, "/summary/"+session, nil)
	})
}
