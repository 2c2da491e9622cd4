package tracker_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A log is read and folded before its request stands in the queue. If an event is added to the
// session meanwhile, it is read again.
func TestLogsAreReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, l, raters := newLedger(t, 2, 20)
		ann, bob := raters[0], raters[1]
		session := f.sessionOf(t, ann)
		for pressed := range 2 {
			first := f.recordAsync(t.Context(), bob, tracker.Press{Type: timeline.Next})
			synctest.Wait()
			results := []<-chan error{first}
			if pressed > 0 {
				results = append(results, f.recordAsync(t.Context(), ann, next(50)))
			}
			synctest.Wait()
			results = append(results, f.changeAsync(t.Context(), ann, session))
			synctest.Wait()
			for range results {
				l.step()
			}
			for _, result := range results {
				if err := <-result; err != nil {
					t.Error(err)
				}
			}
			if got, want := l.txs[len(l.txs)-1].events, pressed*21; got != want {
				t.Errorf("after %d presses meanwhile the change reads %d events, want %d", pressed, got, want)
			}
		}
		f.requireSound(t)
	})
}

// However many users ask for changes at once, and however many each, a press waits for at
// most one of them.
func TestPressesWaitForOneChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const attackers, changes = 15, 4
		f, l, raters := newLedger(t, attackers+1, 20)
		honest := raters[attackers]
		var results []<-chan error
		for _, rater := range raters[:attackers] {
			session := f.sessionOf(t, rater)
			for range changes {
				results = append(results, f.changeAsync(t.Context(), rater, session))
			}
		}
		synctest.Wait()
		for range 10 {
			before := len(l.txs)
			pressed := f.recordAsync(t.Context(), honest, tracker.Press{Type: timeline.Next})
			synctest.Wait() // a change is under way
			l.step()
			if users := l.step(); !slices.Equal(users, []int64{honest.ID}) {
				t.Errorf("the second transaction is of users %v, want %d", users, honest.ID)
			}
			select {
			case err := <-pressed:
				if err != nil {
					t.Error(err)
				}
			default:
				t.Fatalf("a press waits for more than %d transactions", len(l.txs)-before)
			}
		}
		close(l.open)
		for _, result := range results {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
	})
}

// Users take turns: one who asks for one change waits for one of each of the others, and not
// for all that they asked for.
func TestChangesAreFairBetweenUsers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, l, raters := newLedger(t, 3, 20)
		var results []<-chan error
		for _, rater := range []int{0, 0, 0, 0, 1, 1, 1, 2} {
			results = append(results, f.changeAsync(t.Context(), raters[rater], f.sessionOf(t, raters[rater])))
			synctest.Wait()
		}
		var order []int64
		for range results {
			order = append(order, l.step()[0])
		}
		if diff := cmp.Diff([]int64{1, 1, 2, 3, 1, 2, 1, 2}, order); diff != "" {
			t.Errorf("users in the order of their changes (-want +got):\n%s", diff)
		}
		for _, result := range results {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
	})
}

// The requests of a group read and fold a bounded number of events together. What reaches
// further is done after it, each in a transaction of its own.
func TestGroupHistoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const users, entries, bound = 12, 450, 2000
		f, l, raters := newLedger(t, users+1, entries)
		first := f.recordAsync(t.Context(), raters[users], next(50))
		synctest.Wait() // it is under way: the others gather
		results := []<-chan error{first}
		for _, rater := range raters[:users] {
			results = append(results, f.recordAsync(t.Context(), rater, undo(60)))
		}
		synctest.Wait()
		pressed := f.recordAsync(t.Context(), raters[users], next(70))
		synctest.Wait()
		l.step()
		l.step()
		if err := <-pressed; err != nil {
			t.Error(err)
		}
		if n := l.txs[1].events; n == 0 || n > bound {
			t.Errorf("the group read %d events, want some, and at most %d", n, bound)
		}
		close(l.open)
		for _, result := range results {
			if err := <-result; err != nil {
				t.Error(err)
			}
		}
		if want := 2 + users - bound/entries; len(l.txs) != want {
			t.Errorf("%d transactions, want %d", len(l.txs), want)
		}
		for i, tx := range l.txs[2:] {
			if len(tx.users) != 1 || tx.events != 0 { // its log was read before
				t.Errorf("transaction %d is of users %v and read %d events", i+3, tx.users, tx.events)
			}
		}
		f.requireSound(t)
	})
}

// Late presses, presses into old sessions and repeats of such presses do not stand between
// others and their presses.
func TestPressesThatReachBackArePutOff(t *testing.T) {
	const sessions, length = 120, 20
	old := make([]tracker.Press, sessions)
	for i := range old {
		old[i] = id("old "+string(rune('a'+i)), next(-1000*(i+1)))
	}
	late := make([]tracker.Press, length)
	for i := range late {
		late[i] = tracker.Press{Type: timeline.Next, At: at(0).Add(timeline.Micros(i))}
	}
	for name, presses := range map[string][]tracker.Press{"late presses": late, "presses into old sessions": old} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, l, raters := newLedger(t, 2, 150)
				attacker, honest := raters[0], raters[1]
				for range 2 { // the second time they are repeats
					first := f.recordAsync(t.Context(), honest, tracker.Press{Type: timeline.Next})
					synctest.Wait()
					attacked := make(chan []tracker.Outcome, 1)
					go func() {
						outcomes, err := f.Record(t.Context(), attacker, presses, 0)
						if err != nil {
							t.Error(err)
						}
						attacked <- outcomes
					}()
					synctest.Wait()
					pressed := f.recordAsync(t.Context(), honest, tracker.Press{Type: timeline.Next})
					synctest.Wait()
					l.txs = nil
					l.step()
					l.step()
					if err := errors.Join(<-first, <-pressed); err != nil {
						t.Error(err)
					}
					for _, tx := range l.txs {
						if tx.events > 0 || tx.finds > 0 {
							t.Errorf("presses waited while %d events and %d sessions were read", tx.events, tx.finds)
						}
					}
					select {
					case <-attacked: // repeats of late presses need no more than the newest session
					default:
						l.step()
						<-attacked
					}
				}
			})
		})
	}
}
