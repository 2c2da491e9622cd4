package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestUserCommands checks that the operator adds, finds and deletes users beside a server
// that runs, and that a deletion ends the user's login there and leaves nothing of theirs.
func TestUserCommands(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		rater := newUser(t, s.url)
		ownSession(t, rater)
		runProgram(t, databaseURL, "user", "create", "boss@example.org", "--role", "admin", "--first-name", "Éva")

		if got := runProgram(t, databaseURL, "user", "list", "--search", "Éva", "--role", "admin"); !strings.HasPrefix(got, "boss@example.org ") || strings.Contains(got, rater.email) {
			t.Errorf("admins named Éva: %q", got)
		}
		if got := runProgram(t, databaseURL, "user", "list", "--state", "deactivated"); got != "" {
			t.Errorf("deactivated: %q", got)
		}
		for _, refused := range [][]string{
			{"user", "delete", rater.email}, // without --yes
			{"user", "delete", "boss@example.org", "--yes"},
			{"user", "create", rater.email},
		} {
			if printed, err := programCommand(t, databaseURL, refused...).CombinedOutput(); err == nil {
				t.Errorf("%q is done: %s", refused, printed)
			}
		}
		rater.must(t, http.StatusOK, http.MethodGet, "/me", nil)

		runProgram(t, databaseURL, "user", "delete", rater.email, "--yes")
		rater.must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
		if got := verify(t, databaseURL); got != "0 sessions, 0 events, 0 differences" {
			t.Errorf("left: %s", got)
		}
		if got := runProgram(t, databaseURL, "user", "list"); strings.Count(got, "\n") != 1 {
			t.Errorf("users after the deletion: %q", got)
		}
	})
}
