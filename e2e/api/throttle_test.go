package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// behindProxy lets a client of the test choose the address that it comes from.
const behindProxy = "TRUSTED_PROXIES=127.0.0.1"

// 500 parallel guesses go to two replicas on one PostgreSQL, each from its own address.
// Only 5 are checked against the account's hash, and then no replica accepts even the right
// password. Of 400 at once most find no place in the queue for hashing, and do not count; of
// those that follow, 16 or 20 at a time, one at least counts.
//
// The test does not depend on how long that takes. It makes the waits between the last
// guesses that are verified (30 s, 60 s) pass by moving the recorded failures into the past,
// and the 5th failure locks the account for a quarter of an hour.
func TestParallelGuessesOverTwoProcesses(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	servers := []*program.Server{tracker.Start(t, databaseURL, behindProxy), tracker.Start(t, databaseURL, behindProxy)}
	user := program.NewUser(t, servers[0].URL)
	g := guesser{user: user, csrf: user.CSRFToken(t), servers: servers, statuses: map[int]int{}}
	const verifiedAtMost = 5
	least := 0
	for wave, guesses := range []int{400, 16, 16, 16, 16, 16, 20} {
		g.guess(t, guesses)
		verified, waited := g.counted(t, databaseURL)
		if verified < least || verified > verifiedAtMost {
			t.Errorf("after %d guesses %d have reached the hash, want %d to %d", g.guesses, verified, least, verifiedAtMost)
		}
		if refused := g.statuses[http.StatusUnauthorized]; verified+waited != refused {
			t.Errorf("%d verified and %d that had to wait, want together the %d that were refused", verified, waited, refused)
		}
		least = min(wave+1, verifiedAtMost) // each wave of 16 fits into the queues, and one at least is verified
		if verified < verifiedAtMost {
			ageCounters(t, databaseURL, time.Minute)
		}
	}
	if g.statuses[http.StatusOK] > 0 || g.statuses[http.StatusInternalServerError] > 0 {
		t.Errorf("statuses %v", g.statuses)
	}
	for _, s := range servers {
		if got, err := user.At(t, s.URL).TryLogin(t.Context(), g.csrf, program.Password, "203.0.113.7"); err != nil || got.Status != http.StatusUnauthorized {
			t.Errorf("the right password at %s while the account must wait: %v, %v", s.URL, got, err)
		}
	}
}

// guesser guesses a user's password at several servers.
type guesser struct {
	user     *program.Client
	csrf     string
	servers  []*program.Server
	guesses  int         // so far
	statuses map[int]int // how many answers had each status
}

// guess makes n guesses at once, spread over the servers.
func (g *guesser) guess(t *testing.T, n int) {
	t.Helper()
	statuses := make(chan int, n)
	var group sync.WaitGroup
	for i := range n {
		number := g.guesses + i
		at := g.user.At(t, g.servers[i%len(g.servers)].URL)
		group.Go(func() {
			got, err := at.TryLogin(t.Context(), g.csrf, fmt.Sprintf("Guess-number-%d", number), fmt.Sprintf("2001:db8:%x::1", number))
			if err != nil {
				t.Errorf("guess %d: %v", number, err)
			}
			statuses <- got.Status
		})
	}
	group.Wait()
	close(statuses)
	g.guesses += n
	for status := range statuses {
		g.statuses[status]++
	}
}

// counted returns how many of the guesses the program verified, and how many it refused
// because the account had to wait, as its security log tells.
func (g *guesser) counted(t *testing.T, databaseURL string) (verified, waited int) {
	t.Helper()
	log := tracker.Run(t, databaseURL, "user", "security-log", g.user.Email, "--most", "2000")
	for line := range strings.Lines(log) {
		switch failed := strings.Contains(line, "login failed"); {
		case failed && strings.Contains(line, "wrong password"):
			verified++
		case failed && strings.Contains(line, "the account must wait"):
			waited++
		}
	}
	return verified, waited
}

// The 6th login and the 16th event get 429, also when the requests are spread over two
// replicas. The window is an hour: no machine is so slow that it passes meanwhile.
func TestRateLimitsOverTwoProcesses(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	limits := []string{behindProxy, "RATE_LIMIT_LOGIN=5/hour", "RATE_LIMIT_REGISTER=3/hour", "RATE_LIMIT_EVENTS=15/hour"}
	servers := []*program.Server{tracker.Start(t, databaseURL, limits...), tracker.Start(t, databaseURL, limits...)}
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
		began := time.Now()
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
			least := time.Hour - time.Since(began)
			if got.Status != http.StatusTooManyRequests || err != nil || wait < int(least.Seconds()) || wait > int(time.Hour.Seconds()) {
				t.Errorf("%s %d: %v, Retry-After %q", name, i+1, got, got.Header.Get("Retry-After"))
			}
		}
	}
}

// A logout, the end of a login, a change of the password, a deactivation and a change of the
// role take effect at the next request, also at the other replica.
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

	requireLoginEnds(t, user, other())

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

// The same for a press, whose group asks for the login, on both stores: on SQLite a command in
// another process ends logins that the server has in memory.
func TestPressesEndWithTheLogin(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		user := program.NewUser(t, tracker.Start(t, databaseURL).URL)
		press := func(want int) {
			t.Helper()
			user.Must(t, want, http.MethodPost, "/events", map[string]string{"type": "NEXT"})
		}
		press(http.StatusOK)
		press(http.StatusOK)
		user.Must(t, http.StatusOK, http.MethodPost, "/auth/logout", nil)
		press(http.StatusUnauthorized)
		user.Login(t)
		press(http.StatusOK)
		tracker.Run(t, databaseURL, "user", "deactivate", user.Email)
		press(http.StatusUnauthorized)
		tracker.Run(t, databaseURL, "user", "activate", user.Email)
		press(http.StatusUnauthorized)
		user.Login(t)
		press(http.StatusOK)
	})
}

// requireLoginEnds begins another login of the user, whose password was changed, and ends it at
// another replica.
func requireLoginEnds(t *testing.T, user, elsewhere *program.Client) {
	t.Helper()
	const password = "Osprey-meadow-9-Tides?"
	answer, err := user.TryLogin(t.Context(), user.CSRFToken(t), password, "")
	if err != nil {
		t.Fatal(err)
	}
	var phone struct {
		Token string `json:"access_token"`
	}
	answer.Decode(t, &phone)
	var logins []struct {
		ID        string `json:"login_id"`
		IsCurrent bool   `json:"is_current"`
	}
	elsewhere.Must(t, http.StatusOK, http.MethodGet, "/me/logins", nil).Decode(t, &logins)
	if len(logins) != 2 {
		t.Fatalf("the logins are %+v", logins)
	}
	for _, l := range logins {
		if !l.IsCurrent {
			elsewhere.Must(t, http.StatusOK, http.MethodDelete, "/me/logins/"+l.ID, map[string]string{"password": password})
		}
	}
	user.Must(t, http.StatusOK, http.MethodGet, "/me", nil)
	ended := user.At(t, elsewhere.URL)
	ended.Token = phone.Token
	ended.Must(t, http.StatusUnauthorized, http.MethodGet, "/me", nil)
	ended = user.At(t, user.URL)
	ended.Token = phone.Token
	ended.Must(t, http.StatusUnauthorized, http.MethodPost, "/events", map[string]string{"type": "NEXT"})
}
