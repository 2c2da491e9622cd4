package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestAdmin checks that only an admin may look at another user, and that a role
// given on the command line counts from the next request on.
func TestAdmin(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL)
		rater, boss := newUser(t, s.url), newUser(t, s.url)
		session, _ := ownSession(t, rater)
		events := "/admin/debug/user-events/" + session
		ofRater := "?user_id=" + url.QueryEscape(rater.id(t))

		if got := rater.must(t, http.StatusOK, http.MethodGet, "/admin/debug/user-sessions", nil); !strings.Contains(string(got.body), session) {
			t.Errorf("a user's own sessions: got %v, want %s in it", got, session)
		}
		if got := boss.must(t, http.StatusOK, http.MethodGet, "/admin/debug/user-sessions", nil); strings.Contains(string(got.body), session) {
			t.Errorf("a user without sessions sees another's: %v", got)
		}
		for _, path := range []string{"/admin/debug/user-sessions" + ofRater, events + ofRater} {
			boss.must(t, http.StatusNotFound, http.MethodGet, path, nil)
		}

		runProgram(t, databaseURL, "user", "role", boss.email, "admin")
		boss.login(t) // the role ended the old token
		if got := boss.must(t, http.StatusOK, http.MethodGet, "/admin/debug/user-sessions"+ofRater, nil); !strings.Contains(string(got.body), session) {
			t.Errorf("the rater's sessions seen by an admin: got %v, want %s in it", got, session)
		}
		boss.must(t, http.StatusOK, http.MethodGet, events+ofRater, nil)
		boss.must(t, http.StatusNotFound, http.MethodGet, "/summary/"+session, nil)
	})
}

// id is the user's own id, as /me shows it.
func (c *client) id(t *testing.T) string {
	t.Helper()
	var me struct {
		ID json.RawMessage `json:"id"`
	}
	c.must(t, http.StatusOK, http.MethodGet, "/me", nil).decode(t, &me)
	return strings.Trim(string(me.ID), `"`)
}
