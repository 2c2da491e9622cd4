package replicas

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

const (
	replicas       = 3
	users          = 8
	clientsPerUser = 8 // 64 clients in all
	stepsPerRound  = 3
)

// TestSerialOrder lets 64 clients press and correct at once, over three replicas. After each round
// the answers and the logs of each user must be those of a single server.
func TestSerialOrder(t *testing.T) {
	t.Parallel()
	url := tracker.Postgres(t)
	testSerialOrder(t, rounds(10), url, url)
}

// TestSerialOrderBehindPooler does the same where all replicas share a PgBouncer.
func TestSerialOrderBehindPooler(t *testing.T) {
	t.Parallel()
	pooled, direct := tracker.Pooled(t)
	testSerialOrder(t, rounds(5), pooled, direct, "DATABASE_SESSION_URL="+direct)
}

// rounds returns how many rounds to go: short, or 100 if LONG is set.
func rounds(short int) int {
	if os.Getenv("LONG") == "" {
		return short
	}
	return 100
}

// firstSeed makes the work of a run. SEED repeats that of another one; how the requests of clients
// meet is left to the machine.
func firstSeed(t *testing.T) uint64 {
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		seed = 1
	}
	t.Logf("SEED=%d", seed)
	return seed
}

func testSerialOrder(t *testing.T, rounds int, url, direct string, settings ...string) {
	seed := firstSeed(t)
	t.Cleanup(func() { t.Log(tracker.Verify(t, direct)) })
	urls := make([]string, replicas)
	for i := range urls {
		urls[i] = tracker.Start(t, url, settings...).URL
	}
	from := time.Now().Add(-7 * 24 * time.Hour).Truncate(time.Second).UnixMicro()
	all := make([]*user, users)
	for i := range all {
		all[i] = newUser(t, i, urls, direct, from)
	}
	for round := range rounds {
		var working errgroup.Group
		for i, u := range all {
			working.Go(func() error { return u.work(t.Context(), rand.NewPCG(seed, uint64(round*users+i))) })
		}
		if err := working.Wait(); err != nil {
			t.Fatalf("round %d of %d: %v", round+1, rounds, err)
		}
		var checking errgroup.Group
		for i, u := range all {
			checking.Go(func() error { return wrapped(u.check(t.Context()), "user %d", i+1) })
		}
		if err := checking.Wait(); err != nil {
			t.Fatalf("SEED=%d, round %d of %d: %v", seed, round+1, rounds, err)
		}
	}
	sum := newTally()
	for _, u := range all {
		sum.add(u)
	}
	t.Logf("%d replicas, %d clients, %d rounds: %v", replicas, users*clientsPerUser, rounds, sum)
	if sum.duplicates == 0 || sum.unknown == 0 || len(sum.refused) == 0 || sum.corrections == 0 {
		t.Error("the work has not met everything that it should")
	}
}

// user is one rater with several clients, and the model of what they did.
type user struct {
	id      string
	clients []*client
	db      *pgx.Conn
	m       *model
	from    int64 // start of the window of times
	ops     []*op // that the model has not done
	tally
}

func newUser(t *testing.T, number int, urls []string, direct string, from int64) *user {
	t.Helper()
	registered := program.NewUser(t, urls[0])
	target := 5 * time.Minute
	registered.Must(t, http.StatusOK, http.MethodPatch, "/me", map[string]any{"target_minutes": target.Minutes()})
	db, err := pgx.Connect(t.Context(), direct)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.Background()) }) // the test has what it needs
	u := &user{id: registered.ID(t), db: db, m: newModel(target.Microseconds()), from: from, tally: newTally()}
	for i := range clientsPerUser {
		u.clients = append(u.clients, newClient(t, fmt.Sprintf("user %d, client %d", number+1, i+1), registered, urls))
	}
	return u
}

// work lets all clients of the user work at once, for a round.
func (u *user) work(ctx context.Context, source rand.Source) error {
	random := rand.New(source)
	p := newPlan(random, u.m, u.from)
	results := make([][]*op, len(u.clients))
	var working errgroup.Group
	for i, c := range u.clients {
		steps := make([]step, stepsPerRound)
		for j := range steps {
			steps[j] = p.step()
		}
		c.random = rand.New(rand.NewPCG(random.Uint64(), 0))
		working.Go(func() error {
			for _, s := range steps {
				ops, err := c.take(ctx, s)
				results[i] = append(results[i], ops...)
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := working.Wait()
	ops := slices.Concat(results...)
	u.ops = append(u.ops, ops...)
	u.count(ops)
	for _, o := range ops {
		err = errors.Join(err, o.check())
	}
	return err
}

// check reads the user's sessions, and searches for an order of everything.
func (u *user) check(ctx context.Context) error {
	touched := map[string]bool{}
	logs, err := logsOf(ctx, u.db, u.id)
	if err != nil {
		return err
	}
	for _, s := range u.m.sessions {
		touched[s.id] = len(logs[s.id]) > len(s.log)
	}
	reads := []action{readRecent{}}
	for id := range logs {
		if isTouched, isKnown := touched[id]; isTouched || !isKnown {
			reads = append(reads, readSummary{id})
		}
	}
	for _, read := range reads {
		ops, err := u.clients[0].insist(ctx, read, "read")
		if err != nil {
			return err
		}
		u.ops = append(u.ops, ops...)
	}
	if logs, err = logsOf(ctx, u.db, u.id); err != nil {
		return err
	}
	if err := u.m.learn(logs); err != nil {
		return err
	}
	if u.ops, err = u.m.serialize(u.ops); err != nil {
		return err
	}
	u.ops = slices.DeleteFunc(u.ops, func(o *op) bool { return time.Since(o.call) > longestLate || u.m.knows(o) })
	u.m.forget()
	u.from += roundLength
	return nil
}

// wrapped says where an error was found.
func wrapped(err error, where string, arguments ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(where+": %w", append(arguments, err)...)
}

// longestLate is how much later a request may take effect that nobody waits for: longer than a
// server works on one.
const longestLate = time.Minute
