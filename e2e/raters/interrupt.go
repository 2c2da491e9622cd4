package raters

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// Interruption says how Interrupt ends the program, again and again.
type Interruption struct {
	Raters   int
	Rounds   int
	Events   int64                             // at least so many are acknowledged
	Mixed    bool                              // raters also send batches and correct
	Settings []string                          // NAME=value, as of program.Shared.Start
	End      func(*program.Server, testing.TB) // (*program.Server).Kill or Stop
}

// longestLife is how long a server runs at most after the answers that a round waits for.
const longestLife = 120 * time.Millisecond

// Interrupt ends the program and starts it again on the same database, some rounds long, while
// raters press; then every rater's log must be right.
func (i Interruption) Interrupt(t *testing.T, tracker *program.Shared, databaseURL string) {
	t.Helper()
	current := tracker.Start(t, databaseURL, i.Settings...)
	begin := Start
	if i.Mixed {
		begin = StartMixed
	}
	group := begin(t, i.Raters, current.URL)
	random := rand.New(rand.NewPCG(3, 3))
	for range i.Rounds {
		group.AwaitAnswers(t, max(1, i.Events/int64(i.Rounds)))
		<-time.After(time.Duration(random.Int64N(int64(longestLife)))) // the random moment is the test
		i.End(current, t)
		current = tracker.Start(t, databaseURL, i.Settings...)
		group.MoveTo(current.URL)
	}
	group.AwaitAnswers(t, max(int64(i.Raters), i.Events-group.Answered()))
	group.Stop(t)
	t.Logf("the program ended %d times", i.Rounds)
	group.CheckLogs(t, current.URL)
}
