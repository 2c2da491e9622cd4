package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// behindProxy lets a test come from any address.
const behindProxy = "TRUSTED_PROXIES=127.0.0.1"

// tryLogin sends a password as a script would that has no cookies.
func (c *client) tryLogin(ctx context.Context, csrf, password, address string) (reply, error) {
	headers := http.Header{"X-Csrf-Token": {csrf}, "Content-Type": {"application/json"}}
	if address != "" {
		headers.Set("X-Forwarded-For", address)
	}
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, c.email, password)
	return c.send(ctx, http.MethodPost, "/auth/login", []byte(body), headers)
}

func (c *client) csrfToken(t *testing.T) string {
	t.Helper()
	var csrf struct {
		Token string `json:"csrf_token"`
	}
	issued := c.must(t, http.StatusOK, http.MethodGet, "/auth/csrf", nil)
	issued.decode(t, &csrf)
	return csrf.Token
}

// 500 guesses over two processes on one PostgreSQL, each from an address of its own:
// at most 5 reach the account's hash, and no process lets the right one in.
func TestParallelGuessesOverTwoProcesses(t *testing.T) {
	t.Parallel()
	const guesses = 500
	databaseURL := newPostgres(t)
	servers := []*server{startServer(t, databaseURL, behindProxy), startServer(t, databaseURL, behindProxy)}
	user := newUser(t, servers[0].url)
	csrf := user.csrfToken(t)

	statuses := make(chan int, guesses)
	var group sync.WaitGroup
	for _, s := range servers {
		at := user.at(t, s.url)
		for i := range guesses / len(servers) {
			group.Go(func() {
				got, err := at.tryLogin(t.Context(), csrf, "Guess-number-"+strconv.Itoa(i), fmt.Sprintf("2001:db8:%x:%s::1", i, s.url[len(s.url)-4:]))
				if err != nil {
					t.Errorf("guess %d: %v", i, err)
				}
				statuses <- got.status
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
	log := runProgram(t, databaseURL, "user", "security-log", user.email, "--most", "2000")
	checked, waited := strings.Count(log, "wrong password"), strings.Count(log, "the account must wait")
	if checked < 1 || checked > 5 || checked+waited != seen[http.StatusUnauthorized] {
		t.Errorf("%d guesses reached the hash, want 1 to 5; %d had to wait; answered %v", checked, waited, seen)
	}
	for _, s := range servers {
		if got, err := user.at(t, s.url).tryLogin(t.Context(), csrf, password, "203.0.113.7"); err != nil || got.status != http.StatusUnauthorized {
			t.Errorf("the right password at %s while the account must wait: %v, %v", s.url, got, err)
		}
	}
}

// The 6th login and the 16th event within a minute get 429, also when the requests
// are spread over two processes.
func TestRateLimitsOverTwoProcesses(t *testing.T) {
	t.Parallel()
	databaseURL := newPostgres(t)
	defaults := []string{behindProxy, "RATE_LIMIT_LOGIN=5/minute", "RATE_LIMIT_REGISTER=3/minute", "RATE_LIMIT_EVENTS=15/minute"}
	servers := []*server{startServer(t, databaseURL, defaults...), startServer(t, databaseURL, defaults...)}
	user := newUser(t, servers[0].url)
	clients := []*client{user, user.at(t, servers[1].url)}
	csrf := user.csrfToken(t)

	requests := map[string]struct {
		allowed int
		send    func(i int, c *client) (reply, error)
	}{
		"login": {5, func(_ int, c *client) (reply, error) {
			return c.tryLogin(t.Context(), csrf, password, "203.0.113.1")
		}},
		"registration": {3, func(i int, c *client) (reply, error) {
			body := fmt.Sprintf(`{"email":"limited-%d@example.com","password":%q}`, i, password)
			return c.send(t.Context(), http.MethodPost, "/auth/register", []byte(body), http.Header{
				"X-Csrf-Token": {csrf}, "Content-Type": {"application/json"}, "X-Forwarded-For": {"203.0.113.2"},
			})
		}},
		"event": {15, func(_ int, c *client) (reply, error) {
			return c.do(t.Context(), http.MethodPost, "/events", map[string]string{"type": "NEXT"})
		}},
	}
	for name, r := range requests {
		for i := range r.allowed + 2 {
			got, err := r.send(i, clients[i%len(clients)])
			if err != nil {
				t.Fatal(err)
			}
			if allowed := i < r.allowed; allowed != (got.status == http.StatusOK) {
				t.Fatalf("%s %d: %v, want it let through: %t", name, i+1, got, allowed)
			}
			if i < r.allowed {
				continue
			}
			wait, err := strconv.Atoi(got.header.Get("Retry-After"))
			if got.status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 60 {
				t.Errorf("%s %d: %v, Retry-After %q", name, i+1, got, got.header.Get("Retry-After"))
			}
		}
	}
}

// Logout, a change of the password, deactivation and a change of the role hold at the
// next request, on the other process too.
func TestRevocationOnEveryProcess(t *testing.T) {
	t.Parallel()
	databaseURL := newPostgres(t)
	servers := []*server{startServer(t, databaseURL), startServer(t, databaseURL)}
	user := newUser(t, servers[0].url)
	other := func() *client { return user.at(t, servers[1].url) }
	other().must(t, http.StatusOK, http.MethodGet, "/me", nil)

	user.must(t, http.StatusOK, http.MethodPost, "/auth/logout", nil)
	other().must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)

	user.login(t)
	before := other()
	before.must(t, http.StatusOK, http.MethodGet, "/me", nil)
	var changed struct {
		Token string `json:"access_token"`
	}
	answer := user.must(t, http.StatusOK, http.MethodPost, "/me/password",
		map[string]string{"current_password": password, "new_password": "Osprey-meadow-9-Tides?"})
	answer.decode(t, &changed)
	before.must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	user.token = changed.Token
	other().must(t, http.StatusOK, http.MethodGet, "/me", nil)

	foreign := newUser(t, servers[0].url)
	var me struct {
		ID int64 `json:"id"`
	}
	whose := foreign.must(t, http.StatusOK, http.MethodGet, "/me", nil)
	whose.decode(t, &me)
	foreigns := fmt.Sprintf("/admin/debug/user-sessions?user_id=%d", me.ID)
	runProgram(t, databaseURL, "user", "role", newUser(t, servers[0].url).email, "admin") // the last one stays
	for _, step := range []struct {
		role string
		want int
	}{{"admin", http.StatusOK}, {"user", http.StatusNotFound}} {
		runProgram(t, databaseURL, "user", "role", user.email, step.role)
		other().must(t, step.want, http.MethodGet, foreigns, nil)
	}

	runProgram(t, databaseURL, "user", "deactivate", user.email)
	user.must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	other().must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
}
