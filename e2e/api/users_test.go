package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestUserCommands checks that the operator can add, find and delete users while a server
// runs, and that a deletion ends the user's login there and removes all of the user's data.
func TestUserCommands(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		rater := program.NewUser(t, s.URL)
		ownSession(t, rater)
		tracker.Run(t, databaseURL, "user", "create", "boss@example.org", "--role", "admin", "--first-name", "Éva")

		if got := tracker.Run(t, databaseURL, "user", "list", "--search", "Éva", "--role", "admin"); !strings.HasPrefix(got, "boss@example.org ") || strings.Contains(got, rater.Email) {
			t.Errorf("admins named Éva: %q", got)
		}
		if got := tracker.Run(t, databaseURL, "user", "list", "--state", "deactivated"); got != "" {
			t.Errorf("deactivated: %q", got)
		}
		for _, refused := range [][]string{
			{"user", "delete", rater.Email}, // without --yes
			{"user", "delete", "boss@example.org", "--yes"},
			{"user", "create", rater.Email},
		} {
			if printed, err := tracker.Command(t, databaseURL, refused...).CombinedOutput(); err == nil {
				t.Errorf("%q is done: %s", refused, printed)
			}
		}
		rater.Must(t, http.StatusOK, http.MethodGet, "/me", nil)

		tracker.Run(t, databaseURL, "user", "delete", rater.Email, "--yes")
		rater.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
		if got := tracker.Verify(t, databaseURL); got != "0 sessions, 0 events, 0 differences, 0 overlaps" {
			t.Errorf("left: %s", got)
		}
		if got := tracker.Run(t, databaseURL, "user", "list"); strings.Count(got, "\n") != 1 {
			t.Errorf("users after the deletion: %q", got)
		}
	})
}
