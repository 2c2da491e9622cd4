package api

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

const (
	killRaters        = 6
	kills             = 30
	stops             = 5
	killsBehindPooler = 5
	longestLifetime   = 120 * time.Millisecond // of a server after its first answer
)

// TestKill checks that 200 means "committed": the server is killed again and again while
// raters press all the time, and a client that retries until it is answered neither loses
// an event nor records one twice. (Whether a commit survives a power cut depends on the
// store's settings; this test cannot cut the power.)
func TestKill(t *testing.T) {
	t.Parallel()
	skipInterruptions(t)
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		testInterrupted(t, databaseURL, kills, (*program.Server).Kill)
	})
}

// TestKillBehindPooler is TestKill in short, through PgBouncer in transaction mode: a
// killed server leaves nothing behind on the pooler's connections.
func TestKillBehindPooler(t *testing.T) {
	t.Parallel()
	skipInterruptions(t)
	databaseURL, sessionURL := tracker.Pooled(t)
	t.Cleanup(func() { tracker.Verify(t, sessionURL) })
	testInterrupted(t, databaseURL, killsBehindPooler, (*program.Server).Kill, "DATABASE_SESSION_URL="+sessionURL)
}

// TestStop is TestKill with a server that is asked to stop. It must end with exit code 0
// although the raters go on pressing.
func TestStop(t *testing.T) {
	t.Parallel()
	skipInterruptions(t)
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		testInterrupted(t, databaseURL, stops, (*program.Server).Stop)
	})
}

func skipInterruptions(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out under -short: it starts the program again and again")
	}
}

// testInterrupted ends the server and starts it again on the same database, some
// rounds long, while raters press; then every rater's log must be right.
func testInterrupted(t *testing.T, databaseURL string, rounds int, end func(*program.Server, testing.TB), settings ...string) {
	current := tracker.Start(t, databaseURL, settings...)
	raters := newRaters(t, current.URL)
	workload := startWorkload(t, raters, current.URL)
	random := rand.New(rand.NewPCG(3, 3))
	for range rounds {
		workload.awaitAnswers(t, 1)
		<-time.After(time.Duration(random.Int64N(int64(longestLifetime)))) // the random moment is the test
		end(current, t)
		current = tracker.Start(t, databaseURL, settings...)
		workload.moveTo(current.URL)
	}
	workload.awaitAnswers(t, killRaters)
	workload.stop(t)
	t.Logf("%d events acknowledged, %d of them sent more than once, %d times the server ended",
		workload.answered.Load(), workload.retried.Load(), rounds)
	for _, rater := range raters {
		rater.checkLog(t, current.URL)
	}
}

// workload is a group of raters who press until they are told to stop.
type workload struct {
	url      atomic.Pointer[string]
	answered atomic.Int64
	retried  atomic.Int64 // events whose first try was not answered
	cancel   context.CancelFunc
	raters   sync.WaitGroup
	failed   chan error
}

func startWorkload(t *testing.T, raters []*rater, url string) *workload {
	ctx, cancel := context.WithCancel(t.Context())
	w := &workload{cancel: cancel, failed: make(chan error, len(raters))}
	w.url.Store(&url)
	for _, rater := range raters {
		w.raters.Go(func() {
			for ctx.Err() == nil {
				if err := rater.press(w); err != nil {
					w.failed <- err
					return
				}
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		w.raters.Wait()
	})
	return w
}

func (w *workload) moveTo(url string) { w.url.Store(&url) }

// awaitAnswers waits until n more events are acknowledged.
func (w *workload) awaitAnswers(t *testing.T, n int64) {
	t.Helper()
	want := w.answered.Load() + n
	err := program.AwaitNil(t.Context(), program.ReadyWithin, func(context.Context) error {
		if got := w.answered.Load(); got < want && len(w.failed) == 0 {
			return fmt.Errorf("%d events acknowledged, want %d", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-w.failed:
		t.Fatal(err)
	default:
	}
}

// stop waits until every rater has finished its last event.
func (w *workload) stop(t *testing.T) {
	t.Helper()
	w.cancel()
	w.raters.Wait()
	close(w.failed)
	for err := range w.failed {
		t.Fatal(err)
	}
}

// rater is a client that never gives up on an event.
type rater struct {
	client *program.Client
	random *rand.Rand
	sent   []program.Event // acknowledged, in order
}

func newRaters(t *testing.T, url string) []*rater {
	t.Helper()
	raters := make([]*rater, killRaters)
	for i := range raters {
		raters[i] = &rater{client: program.NewUser(t, url), random: rand.New(rand.NewPCG(2, uint64(i)))}
	}
	return raters
}

// press makes a new event and sends it until it is acknowledged.
func (r *rater) press(w *workload) error {
	next := program.Event{ID: uuid.NewString(), Type: "NEXT", Timestamp: r.nextTime()}
	if r.random.IntN(4) == 0 && len(r.sent) > 0 {
		next.Type = "PAUSE"
	}
	tries := 0
	err := program.AwaitNil(context.Background(), program.ReadyWithin, func(ctx context.Context) error {
		tries++
		r.client.URL = *w.url.Load()
		answer, reply, err := r.client.TryPress(ctx, next)
		switch {
		case err != nil:
			return err
		case reply.Status != http.StatusOK:
			return fmt.Errorf("answered %v", reply)
		case answer.EventID != next.ID:
			return fmt.Errorf("acknowledged %q, want %s", answer.EventID, next.ID)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s, event %d of the rater: %w", r.client.Email, len(r.sent)+1, err)
	}
	if tries > 1 {
		w.retried.Add(1)
	}
	w.answered.Add(1)
	r.sent = append(r.sent, next)
	return nil
}

// nextTime returns a time a second after the last event.
func (r *rater) nextTime() string {
	start := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	return start.Add(time.Duration(len(r.sent)) * time.Second).Format(time.RFC3339)
}

// checkLog checks that the log has exactly the acknowledged events, each once.
func (r *rater) checkLog(t *testing.T, url string) {
	t.Helper()
	user := r.client.At(t, url)
	sessions := user.Recent(t)
	if len(sessions) != 1 {
		t.Fatalf("%s: %d sessions, want 1", user.Email, len(sessions))
	}
	times := map[string]int{}
	for _, id := range user.LoggedIDs(t, sessions[0].SessionID) {
		times[id]++
	}
	var questions int
	for i, sent := range r.sent {
		if times[sent.ID] != 1 {
			t.Errorf("%s: acknowledged event %d (%s) is in the log %d times, want once", user.Email, i+1, sent.ID, times[sent.ID])
		}
		delete(times, sent.ID)
		if sent.Type == "NEXT" {
			questions++
		}
	}
	if len(times) > 0 {
		t.Errorf("%s: the log has events that were never acknowledged: %v", user.Email, slices.Sorted(maps.Keys(times)))
	}
	if got, want := sessions[0].CurrentQuestionIndex, questions+1; got != want {
		t.Errorf("%s: current question index: got %d, want %d", user.Email, got, want)
	}
	r.checkDuplicates(t, user)
}

// checkDuplicates sends everything again: the server must call all of it duplicates.
func (r *rater) checkDuplicates(t *testing.T, user *program.Client) {
	t.Helper()
	for chunk := range slices.Chunk(r.sent, largestBatch) {
		for _, result := range user.SendBatch(t, program.EventBatch{Events: chunk}).Results {
			if result.Result != "duplicate" {
				t.Errorf("%s: acknowledged event sent again: got %v, want duplicate", user.Email, result)
			}
		}
	}
}
