package api

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// presses is how many first NEXTs arrive at once.
const presses = 64

func TestFirstPressesAtOnce(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		testFirstPresses(t, tracker.Start(t, databaseURL))
	})
	t.Run("two processes", func(t *testing.T) {
		t.Parallel()
		databaseURL := tracker.Postgres(t)
		t.Cleanup(func() { tracker.Verify(t, databaseURL) })
		testFirstPresses(t, tracker.Start(t, databaseURL), tracker.Start(t, databaseURL))
	})
}

// testFirstPresses sends 64 first NEXTs of one user from 64 connections spread
// over the servers: they make one session with gapless indexes.
func testFirstPresses(t *testing.T, servers ...*program.Server) {
	user := program.NewUser(t, servers[0].URL)
	answers := make([]program.EventAnswer, presses)
	atOnce(t, presses, func(i int) (func() error, error) {
		connection := user.At(t, servers[i%len(servers)].URL)
		if _, err := connection.Do(t.Context(), http.MethodGet, "/health", nil); err != nil { // connected before the start
			return nil, err
		}
		return func() error {
			answer, reply, err := connection.TryPress(t.Context(), program.Event{Type: "NEXT"})
			if err == nil && reply.Status != http.StatusOK {
				err = fmt.Errorf("answered %v, want 200", reply)
			}
			answers[i] = answer
			return err
		}, nil
	})
	var indexes []int
	sessions := map[string]bool{}
	for _, answer := range answers {
		sessions[answer.SessionID] = true
		indexes = append(indexes, answer.LastQuestionIndex)
		if answer.TotalQuestions != answer.LastQuestionIndex {
			t.Errorf("total_questions %d, want last_question_index %d", answer.TotalQuestions, answer.LastQuestionIndex)
		}
	}
	if len(sessions) != 1 {
		t.Errorf("answers name %d sessions, want 1", len(sessions))
	}
	slices.Sort(indexes)
	for i, got := range indexes {
		if got != i+1 {
			t.Fatalf("last_question_index of the answers, sorted: %v, want 1 to %d each once", indexes, presses)
		}
	}
	recent := user.Recent(t)
	if len(recent) != 1 || recent[0].CurrentQuestionIndex != presses+1 {
		t.Fatalf("recent sessions: got %+v, want one at question %d", recent, presses+1)
	}
	summary := user.Summary(t, recent[0].SessionID)
	if got, want := summary.TotalQuestions, presses-1; got != want {
		t.Errorf("questions in the summary: got %d, want %d (all but the opening one)", got, want)
	}
	for i, question := range summary.Questions {
		if question.Index != i+1 {
			t.Errorf("question %d has index %d", i+1, question.Index)
		}
	}
}

func TestMixedPressesOverTwoProcesses(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	servers := []*program.Server{tracker.Start(t, databaseURL), tracker.Start(t, databaseURL)}
	t.Cleanup(func() { t.Log(tracker.Verify(t, databaseURL)) })
	const connections, pressesEach = 32, 40
	users := []*program.Client{program.NewUser(t, servers[0].URL), program.NewUser(t, servers[1].URL)}
	atOnce(t, connections, func(i int) (func() error, error) {
		connection := users[i/len(servers)%len(users)].At(t, servers[i%len(servers)].URL)
		random := rand.New(rand.NewPCG(1, uint64(i)))
		return func() error {
			for range pressesEach {
				if err := pressAnything(t, connection, random); err != nil {
					return err
				}
			}
			return nil
		}, nil
	})
	for _, user := range users {
		var active int
		for _, session := range user.Recent(t) {
			if session.IsActive {
				active++
			}
		}
		if active > 1 {
			t.Errorf("%s has %d active sessions", user.Email, active)
		}
	}
}

// pressAnything sends a random press, of now or of a moment in the last hours. The answer
// must be 200, or 400 if there is no session at that time.
func pressAnything(t *testing.T, c *program.Client, random *rand.Rand) error {
	kinds := []string{"NEXT", "NEXT", "EXIT", "EXIT", "PAUSE", "UNDO"}
	kind := kinds[random.IntN(len(kinds))]
	event := program.Event{Type: kind}
	if random.IntN(2) == 0 {
		event.Timestamp = time.Now().Add(-time.Duration(random.Int64N(int64(3 * time.Hour)))).UTC().Format(time.RFC3339Nano)
	}
	_, reply, err := c.TryPress(t.Context(), event)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if reply.Status != http.StatusOK && (kind == "NEXT" || reply.Status != http.StatusBadRequest) {
		return fmt.Errorf("%s: answered %v", kind, reply)
	}
	return nil
}

// atOnce prepares n actions, then releases them together, and fails the test
// with every error.
func atOnce(t *testing.T, n int, prepare func(i int) (act func() error, err error)) {
	t.Helper()
	release := make(chan struct{})
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		act, err := prepare(i)
		if err != nil {
			t.Fatalf("prepare %d of %d: %v", i+1, n, err)
		}
		all.Go(func() {
			<-release
			errs[i] = act()
		})
	}
	close(release)
	all.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("%d of %d: %v", i+1, n, err)
		}
	}
}
