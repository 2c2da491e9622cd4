package tracker_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// ledger is a store that notes what each transaction reads, and lets one in at a time.
type ledger struct {
	tracker.Store
	open chan struct{} // a value lets one in, closing it lets in all

	mu  sync.Mutex
	txs []*noted
}

// noted is a transaction that notes what it reads.
type noted struct {
	tracker.Tx
	users  []int64
	events int // of logs
	finds  int // reads of sessions by their time or ID
}

func (l *ledger) InTx(ctx context.Context, do func(tracker.Tx) error) error {
	<-l.open
	n := &noted{}
	l.mu.Lock()
	l.txs = append(l.txs, n)
	l.mu.Unlock()
	return l.Store.InTx(ctx, func(tx tracker.Tx) error {
		n.Tx = tx
		return do(n)
	})
}

func (n *noted) Load(ctx context.Context, need tracker.Need) (tracker.Loaded, error) {
	n.users = need.Users
	return n.Tx.Load(ctx, need)
}

func (n *noted) Log(ctx context.Context, key tracker.SessionKey) ([]tracker.StoredEvent, error) {
	log, err := n.Tx.Log(ctx, key)
	n.events += len(log)
	return log, err
}

func (n *noted) SessionsBefore(ctx context.Context, userID int64, before timeline.Instant, limit int) ([]tracker.StoredSession, error) {
	n.finds++
	return n.Tx.SessionsBefore(ctx, userID, before, limit)
}

func (n *noted) Session(ctx context.Context, key tracker.SessionKey) (tracker.StoredSession, error) {
	n.finds++
	return n.Tx.Session(ctx, key)
}

// newLedger returns a tracker on a ledger, with users who each have a session with so many
// entries. Then no transaction is let in.
func newLedger(t *testing.T, users, entries int) (*fixture, *ledger, []tracker.Rater) {
	t.Helper()
	l := &ledger{open: make(chan struct{})}
	f := newFixture(t, func(s tracker.Store) tracker.Store {
		l.Store = s
		return l
	})
	letIn, held := l.open, make(chan struct{})
	close(letIn)
	raters := make([]tracker.Rater, users)
	for i := range raters {
		raters[i] = f.newRater(t)
		f.fill(t, raters[i], entries)
	}
	l.open, l.txs = held, nil
	return f, l, raters
}

// step lets one transaction in, and returns the users of whom it was.
func (l *ledger) step() []int64 {
	l.open <- struct{}{}
	synctest.Wait()
	return l.txs[len(l.txs)-1].users
}

func (f *fixture) changeAsync(ctx context.Context, rater tracker.Rater, session string) <-chan error {
	result := make(chan error, 1)
	go func() {
		target := timeline.Event{Type: timeline.SetTarget, Target: timeline.Minute}
		_, err := f.Preview(ctx, rater, tracker.Correction{SessionID: session, Event: target})
		result <- err
	}()
	return result
}

func (f *fixture) sessionOf(t *testing.T, rater tracker.Rater) string {
	t.Helper()
	recent, err := f.Recent(t.Context(), rater, 1)
	if err != nil {
		t.Fatal(err)
	}
	return recent[0].ID
}
