package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// guest is somebody who is about to register.
type guest struct {
	*program.Client
	csrf string
}

func newGuest(t *testing.T, url, email string) guest {
	t.Helper()
	c := program.NewClient(t, url)
	c.Email = email
	return guest{c, c.CSRFToken(t)}
}

// register tries to register with the code of an invitation, and returns the status.
func (g guest) register(t *testing.T, code string) int {
	t.Helper()
	headers := http.Header{"X-Csrf-Token": {g.csrf}, "Content-Type": {"application/json"}}
	body := fmt.Sprintf(`{"email":%q,"password":%q,"invite":%q}`, g.Email, program.Password, code)
	got, err := g.Send(t.Context(), http.MethodPost, "/auth/register", []byte(body), headers)
	if err != nil {
		t.Error(err)
	}
	return got.Status
}

// Servers that start on one database without an admin each print a link. One of the links
// makes the admin, though nobody may register; then none does, and no start prints another.
// No log has a code, though it has a line for every request.
func TestFirstAdminByLink(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		servers := []*program.Server{tracker.Start(t, databaseURL, "REGISTRATION=closed")}
		if strings.HasPrefix(databaseURL, "postgres") {
			servers = append(servers, tracker.Start(t, databaseURL, "REGISTRATION=closed"))
		} else {
			servers[0].Stop(t) // SQLite is one server's, so the second link is that of its next start
			servers = append(servers, tracker.Start(t, databaseURL, "REGISTRATION=closed"))
		}
		first, firstCode := servers[0].FirstAdminLink(t)
		_, secondCode := servers[1].FirstAdminLink(t)
		url := servers[1].URL
		if !strings.HasPrefix(first, servers[0].URL+"/register?") {
			t.Errorf("the link %s does not lead to %s", first, servers[0].URL)
		}
		page := program.NewClient(t, url).Must(t, http.StatusOK, http.MethodGet, "/register?invite="+firstCode, nil)
		if !strings.Contains(string(page.Body), "This server has no admin yet") {
			t.Errorf("the page: %s", page)
		}
		for _, forged := range []string{"", "x", strings.Repeat("A", len(firstCode)), strings.ToLower(firstCode)} {
			if status := newGuest(t, url, program.NewEmail()).register(t, forged); status != http.StatusForbidden {
				t.Errorf("the code %q: %d", forged, status)
			}
		}
		boss := newGuest(t, url, program.NewEmail())
		if status := boss.register(t, firstCode); status != http.StatusOK {
			t.Fatalf("the link: %d", status)
		}
		boss.Login(t)
		boss.Must(t, http.StatusOK, http.MethodGet, "/admin/dashboard", nil)
		for _, code := range []string{firstCode, secondCode} {
			if status := newGuest(t, url, program.NewEmail()).register(t, code); status != http.StatusForbidden {
				t.Errorf("a link after that: %d", status)
			}
		}
		servers[1].Stop(t)
		again := tracker.Start(t, databaseURL, "REGISTRATION=closed")
		boss.At(t, again.URL).Must(t, http.StatusOK, http.MethodGet, "/admin/dashboard", nil)
		again.Stop(t)
		if printed := again.Output.String(); strings.Contains(printed, "invite=") || strings.Contains(printed, "no admin") {
			t.Errorf("there is an admin, and a start prints:\n%s", printed)
		}
		log := servers[1].Output.String()
		if !strings.Contains(log, "/register") || strings.Count(log, secondCode) != 1 || strings.Contains(log, firstCode) {
			t.Errorf("a code is in the log, or no request is:\n%s", servers[1].Output.Tail())
		}
	})
}

// The operator makes invitations by command, lists them and revokes one. One that many use
// at once, at two servers, lets one in.
func TestInvitationsByCommand(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL, "REGISTRATION=invite")
		urls := []string{s.URL, s.URL}
		if strings.HasPrefix(databaseURL, "postgres") {
			urls[1] = tracker.Start(t, databaseURL, "REGISTRATION=invite").URL
		}
		email := program.NewEmail()
		bound := program.InvitationIn(t, tracker.Run(t, databaseURL, "user", "invite", strings.ToUpper(email)))
		listed := tracker.Run(t, databaseURL, "user", "invites")
		if !strings.Contains(listed, email) || strings.Count(listed, "\n") != 1 || strings.Contains(listed, bound) {
			t.Errorf("user invites prints %q", listed)
		}
		if status := newGuest(t, s.URL, program.NewEmail()).register(t, bound); status != http.StatusUnprocessableEntity {
			t.Errorf("another address: %d", status)
		}
		if status := newGuest(t, s.URL, " "+strings.ToUpper(email)).register(t, bound); status != http.StatusOK {
			t.Errorf("the address: %d", status)
		}

		revoked := program.InvitationIn(t, tracker.Run(t, databaseURL, "user", "invite", "--days", "1"))
		name, _, _ := strings.Cut(tracker.Run(t, databaseURL, "user", "invites"), " ")
		tracker.Run(t, databaseURL, "user", "revoke-invite", name)
		if status := newGuest(t, s.URL, program.NewEmail()).register(t, revoked); status != http.StatusForbidden {
			t.Errorf("revoked: %d", status)
		}
		if listed := tracker.Run(t, databaseURL, "user", "invites"); listed != "" {
			t.Errorf("user invites prints %q", listed)
		}

		shared := program.InvitationIn(t, tracker.Run(t, databaseURL, "user", "invite"))
		statuses := make([]int, 8)
		var all sync.WaitGroup
		for i := range statuses {
			g := newGuest(t, urls[i%2], program.NewEmail())
			all.Go(func() { statuses[i] = g.register(t, shared) })
		}
		all.Wait()
		entered := 0
		for _, status := range statuses {
			if status == http.StatusOK {
				entered++
			} else if status != http.StatusForbidden && status != http.StatusServiceUnavailable {
				t.Errorf("an answer %d", status)
			}
		}
		if entered != 1 {
			t.Errorf("one invitation let %d in: %v", entered, statuses)
		}
	})
}
