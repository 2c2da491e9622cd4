package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// behindProxy lets a test come from any address.
const behindProxy = "TRUSTED_PROXIES=127.0.0.1"

// 500 guesses over two processes on one PostgreSQL, each from an address of its own:
// at most 5 reach the account's hash, and no process lets the right one in.
func TestParallelGuessesOverTwoProcesses(t *testing.T) {
	t.Parallel()
	const guesses = 500
	databaseURL := tracker.Postgres(t)
	servers := []*program.Server{tracker.Start(t, databaseURL, behindProxy), tracker.Start(t, databaseURL, behindProxy)}
	user := program.NewUser(t, servers[0].URL)
	csrf := user.CSRFToken(t)

	statuses := make(chan int, guesses)
	var group sync.WaitGroup
	for _, s := range servers {
		at := user.At(t, s.URL)
		for i := range guesses / len(servers) {
			group.Go(func() {
				got, err := at.TryLogin(t.Context(), csrf, "Guess-number-"+strconv.Itoa(i), fmt.Sprintf("2001:db8:%x:%s::1", i, s.URL[len(s.URL)-4:]))
				if err != nil {
					t.Errorf("guess %d: %v", i, err)
				}
				statuses <- got.Status
			})
		}
	}
	group.Wait()
	close(statuses)
	seen := map[int]int{}
	for status := range statuses {
		seen[status]++
	}
	if seen[http.StatusOK] > 0 || seen[http.StatusInternalServerError] > 0 || seen[http.StatusUnauthorized] == 0 {
		t.Errorf("statuses %v", seen)
	}
	log := tracker.Run(t, databaseURL, "user", "security-log", user.Email, "--most", "2000")
	checked, waited := strings.Count(log, "wrong password"), strings.Count(log, "the account must wait")
	if checked < 1 || checked > 5 || checked+waited != seen[http.StatusUnauthorized] {
		t.Errorf("%d guesses reached the hash, want 1 to 5; %d had to wait; answered %v", checked, waited, seen)
	}
	for _, s := range servers {
		if got, err := user.At(t, s.URL).TryLogin(t.Context(), csrf, program.Password, "203.0.113.7"); err != nil || got.Status != http.StatusUnauthorized {
			t.Errorf("the right password at %s while the account must wait: %v, %v", s.URL, got, err)
		}
	}
}

// The 6th login and the 16th event within a minute get 429, also when the requests
// are spread over two processes.
func TestRateLimitsOverTwoProcesses(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	defaults := []string{behindProxy, "RATE_LIMIT_LOGIN=5/minute", "RATE_LIMIT_REGISTER=3/minute", "RATE_LIMIT_EVENTS=15/minute"}
	servers := []*program.Server{tracker.Start(t, databaseURL, defaults...), tracker.Start(t, databaseURL, defaults...)}
	user := program.NewUser(t, servers[0].URL)
	clients := []*program.Client{user, user.At(t, servers[1].URL)}
	csrf := user.CSRFToken(t)

	requests := map[string]struct {
		allowed int
		send    func(i int, c *program.Client) (program.Reply, error)
	}{
		"login": {5, func(_ int, c *program.Client) (program.Reply, error) {
			return c.TryLogin(t.Context(), csrf, program.Password, "203.0.113.1")
		}},
		"registration": {3, func(i int, c *program.Client) (program.Reply, error) {
			body := fmt.Sprintf(`{"email":"limited-%d@example.com","password":%q}`, i, program.Password)
			return c.Send(t.Context(), http.MethodPost, "/auth/register", []byte(body), http.Header{
				"X-Csrf-Token": {csrf}, "Content-Type": {"application/json"}, "X-Forwarded-For": {"203.0.113.2"},
			})
		}},
		"event": {15, func(_ int, c *program.Client) (program.Reply, error) {
			return c.Do(t.Context(), http.MethodPost, "/events", map[string]string{"type": "NEXT"})
		}},
	}
	for name, r := range requests {
		for i := range r.allowed + 2 {
			got, err := r.send(i, clients[i%len(clients)])
			if err != nil {
				t.Fatal(err)
			}
			if allowed := i < r.allowed; allowed != (got.Status == http.StatusOK) {
				t.Fatalf("%s %d: %v, want it let through: %t", name, i+1, got, allowed)
			}
			if i < r.allowed {
				continue
			}
			wait, err := strconv.Atoi(got.Header.Get("Retry-After"))
			if got.Status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 60 {
				t.Errorf("%s %d: %v, Retry-After %q", name, i+1, got, got.Header.Get("Retry-After"))
			}
		}
	}
}

// Logout, a change of the password, deactivation and a change of the role hold at the
// next request, on the other process too.
func TestRevocationOnEveryProcess(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	servers := []*program.Server{tracker.Start(t, databaseURL), tracker.Start(t, databaseURL)}
	user := program.NewUser(t, servers[0].URL)
	other := func() *program.Client { return user.At(t, servers[1].URL) }
	other().Must(t, http.StatusOK, http.MethodGet, "/me", nil)

	user.Must(t, http.StatusOK, http.MethodPost, "/auth/logout", nil)
	other().Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)

	user.Login(t)
	before := other()
	before.Must(t, http.StatusOK, http.MethodGet, "/me", nil)
	var changed struct {
		Token string `json:"access_token"`
	}
	answer := user.Must(t, http.StatusOK, http.MethodPost, "/me/password",
		map[string]string{"current_password": program.Password, "new_password": "Osprey-meadow-9-Tides?"})
	answer.Decode(t, &changed)
	before.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	user.Token = changed.Token
	other().Must(t, http.StatusOK, http.MethodGet, "/me", nil)

	foreign := program.NewUser(t, servers[0].URL)
	var me struct {
		ID int64 `json:"id"`
	}
	whose := foreign.Must(t, http.StatusOK, http.MethodGet, "/me", nil)
	whose.Decode(t, &me)
	foreigns := fmt.Sprintf("/admin/debug/user-sessions?user_id=%d", me.ID)
	tracker.Run(t, databaseURL, "user", "role", program.NewUser(t, servers[0].URL).Email, "admin") // the last one stays
	for _, step := range []struct {
		role string
		want int
	}{{"admin", http.StatusOK}, {"user", http.StatusNotFound}} {
		tracker.Run(t, databaseURL, "user", "role", user.Email, step.role)
		other().Must(t, step.want, http.MethodGet, foreigns, nil)
	}

	tracker.Run(t, databaseURL, "user", "deactivate", user.Email)
	user.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	other().Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
}
