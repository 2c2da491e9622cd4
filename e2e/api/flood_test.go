package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// guesses is how many passwords the flood tries at once, each from an address of its own.
const guesses = 500

// 500 passwords are guessed at once, from 500 addresses. Whether they are guessed at one
// account or at 500, the owner's known browser gets in beside them, again and again. How long
// that takes, idle and beside the flood, is written to the test's log.
func TestFloodOfGuesses(t *testing.T) {
	t.Parallel()
	for name, guessed := range map[string]func(i int, owner string) string{
		"one account":  func(_ int, owner string) string { return owner },
		"500 accounts": func(i int, _ string) string { return fmt.Sprintf("nobody-%d@example.com", i) },
	} {
		t.Run(name, func(t *testing.T) {
			server := tracker.Start(t, program.SQLite(t), behindProxy, "RATE_LIMIT_LOGIN=1000/minute")
			owner := program.NewUser(t, server.URL)
			f := flood{owner: owner, csrf: owner.CSRFToken(t)}
			f.cookie = f.knownBrowser(t)
			idle := f.logIns(t, 5)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				f.guess(t, func(i int) string { return guessed(i, owner.Email) })
			}()
			var beside []time.Duration
			for flooded := true; flooded; {
				select {
				case <-ended:
					flooded = false
				default:
					beside = append(beside, f.logIns(t, 1)...)
				}
			}
			t.Logf("%d guesses took %v, with answers %v; %d logins of a known browser beside them took at most %v each, idle %v",
				guesses, f.took.Round(time.Millisecond), f.statuses, len(beside), slices.Max(append(beside, 0)).Round(time.Millisecond), slices.Max(idle).Round(time.Millisecond))
			if refused := f.statuses[http.StatusUnauthorized] + f.statuses[http.StatusServiceUnavailable]; refused != guesses {
				t.Errorf("answers %v, want all refused or told to come back", f.statuses)
			}
			if len(beside) == 0 {
				t.Error("the known browser got in only after the flood")
			}
		})
	}
}

// flood guesses passwords while an owner logs in with a browser that is known.
type flood struct {
	owner        *program.Client
	csrf, cookie string
	took         time.Duration
	statuses     map[int]int
}

// try logs in with a password, from an address.
func (f *flood) try(t *testing.T, email, password, address, cookie string) program.Reply {
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		t.Error(err)
	}
	headers := http.Header{"X-Csrf-Token": {f.csrf}, "Content-Type": {"application/json"}, "X-Forwarded-For": {address}}
	if cookie != "" {
		headers.Set("Cookie", cookie)
	}
	reply, err := f.owner.Send(t.Context(), http.MethodPost, "/auth/login", body, headers)
	if err != nil {
		t.Error(err)
	}
	return reply
}

// knownBrowser logs in, and returns the cookie by which the browser is known from then on.
func (f *flood) knownBrowser(t *testing.T) string {
	t.Helper()
	reply := f.try(t, f.owner.Email, program.Password, "203.0.113.1", "")
	for _, set := range reply.Header.Values("Set-Cookie") {
		if name, _, _ := strings.Cut(set, "="); strings.HasSuffix(name, "known_device") {
			cookie, _, _ := strings.Cut(set, ";")
			return cookie
		}
	}
	t.Fatalf("%v sets no cookie of a known browser", reply)
	return ""
}

// starved is in the answer of a server whose database does not answer in time. It happens when other
// programs take the processors, and says nothing about the flood.
const starved = "there was no answer in time"

// logIns logs the owner in, one login after another, and returns how long each took.
func (f *flood) logIns(t *testing.T, n int) (took []time.Duration) {
	t.Helper()
	for range n {
		began := time.Now()
		logIn := func() program.Reply { return f.try(t, f.owner.Email, program.Password, "203.0.113.1", f.cookie) }
		reply := logIn()
		for strings.Contains(string(reply.Body), starved) {
			reply = logIn()
		}
		if reply.Status != http.StatusOK {
			t.Errorf("the known browser: %v", reply)
		}
		took = append(took, time.Since(began))
	}
	return took
}

// guess tries all passwords at once.
func (f *flood) guess(t *testing.T, email func(i int) string) {
	began := time.Now()
	statuses := make(chan int, guesses)
	var group sync.WaitGroup
	for i := range guesses {
		group.Go(func() {
			statuses <- f.try(t, email(i), "Guess-number-1-ü", fmt.Sprintf("2001:db8:%x::1", i), "").Status
		})
	}
	group.Wait()
	close(statuses)
	f.took, f.statuses = time.Since(began), map[int]int{}
	for status := range statuses {
		f.statuses[status]++
	}
}
