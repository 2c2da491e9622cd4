package standby

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/raters"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/pgtest"
)

// pressing is how many raters press.
const pressing = 6

// rounds returns how often a test breaks the primary: few times, or with LONG=1 as often as asked.
func rounds(short, long int) int {
	if os.Getenv("LONG") != "" {
		return long
	}
	return short
}

// TestPromotions promotes the standby again and again while raters press at two replicas of the
// program, which know both hosts. Every other time the old primary is left alive at first: what
// it commits then is lost, so nobody may hear that it is recorded.
func TestPromotions(t *testing.T) {
	t.Parallel()
	p := startPair(t)
	replicas := []string{tracker.Start(t, p.url).URL}
	reader := program.NewUser(t, replicas[0])
	promotions := rounds(2, 20)
	groups := make([]*raters.Group, promotions)
	var waits []time.Duration
	for round := range promotions {
		// Each round has its own raters: a session takes only 10,000 entries.
		group := raters.Start(t, pressing, replicas...)
		groups[round] = group
		group.AwaitAnswers(t, pressing)
		if round%2 == 0 {
			p.leavePrimaryBehind(t, group, reader)
		} else {
			waits = append(waits, p.killPrimary(t, group))
		}
		if len(replicas) == 1 {
			// It migrates and listens although the first host is a standby now.
			replicas = append(replicas, tracker.Start(t, p.url, "DATABASE_SESSION_URL="+p.url).URL)
		}
		p.awaitListening(t, len(replicas))
		group.AwaitAnswers(t, pressing)
		group.Stop(t)
	}
	for _, group := range groups {
		group.CheckLogs(t, replicas[1])
	}
	t.Logf("%d promotions; from the end of a promotion to the first press that it acknowledged: %v, at most %v",
		promotions, waits, slices.Max(waits))
}

// pair is a primary and its standby, which change places.
type pair struct {
	primary, standby *pgtest.Server
	url              string // of the database, with both hosts
}

func startPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{}
	p.primary, p.standby = pgtest.RequirePair(t, pgtest.Options{})
	dsn, err := p.primary.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	both, other := parse(t, dsn), parse(t, p.standby.DSN("postgres"))
	both.Host += "," + other.Host
	both.RawQuery += "&target_session_attrs=read-write"
	p.url = both.String()
	t.Cleanup(func() {
		if !t.Failed() {
			tracker.Verify(t, p.url)
		}
	})
	return p
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// killPrimary kills the primary. Its standby goes on alone until the killed server is rebuilt as
// its standby. It returns the time from the end of the promotion to the next acknowledged press.
func (p *pair) killPrimary(t *testing.T, group *raters.Group) time.Duration {
	t.Helper()
	must(t, p.primary.Kill())
	killed := time.Now()
	must(t, p.standby.Promote(t.Context()))
	promoted := time.Now()
	p.primary, p.standby = p.standby, p.primary
	must(t, p.primary.GoOnAlone(t.Context()))
	group.AwaitAnswers(t, 1)
	waited := time.Since(promoted)
	t.Logf("primary killed: promotion %v, first press %v later", promoted.Sub(killed).Round(time.Millisecond), waited.Round(time.Millisecond))
	p.rebuild(t)
	return waited.Round(time.Millisecond)
}

// leavePrimaryBehind promotes the standby beside a living primary, which the program goes on
// using. No commit ends there any more, and what the program gives up is lost with it. The new
// primary acknowledges nothing either until it has a standby.
func (p *pair) leavePrimaryBehind(t *testing.T, group *raters.Group, reader *program.Client) {
	t.Helper()
	must(t, p.standby.Promote(t.Context()))
	p.cancelCommits(t)
	group.AwaitRefusals(t, 8*pressing) // so long that a commit that was given up is found by retries
	awaitRead(t, reader)
	must(t, p.primary.Kill())
	p.primary, p.standby = p.standby, p.primary
	p.rebuild(t)
	rebuilt := time.Now()
	group.AwaitAnswers(t, 1)
	t.Logf("primary left behind: first press %v after the new standby", time.Since(rebuilt).Round(time.Millisecond))
}

// cancelCommits does what an operator may do who sees sessions that hang: PostgreSQL then answers
// that they have committed, although no standby has it.
func (p *pair) cancelCommits(t *testing.T) {
	t.Helper()
	must(t, p.primary.Await(t.Context(), `SELECT count(*) > 0 FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity
		WHERE wait_event = 'SyncRep' AND application_name = 'raterhub-tracker') AS cancelled`))
}

// awaitRead waits until a user can read, which no standby is needed for.
func awaitRead(t *testing.T, reader *program.Client) {
	t.Helper()
	must(t, program.AwaitNil(t.Context(), program.ReadyWithin, func(ctx context.Context) error {
		got, err := reader.Do(ctx, http.MethodGet, "/sessions/recent", nil)
		if err == nil && got.Status != http.StatusOK {
			err = fmt.Errorf("reading: %v", got)
		}
		return err
	}))
}

// rebuild makes the killed server the synchronous standby of the other one.
func (p *pair) rebuild(t *testing.T) {
	t.Helper()
	must(t, p.standby.Follow(t.Context(), p.primary))
	must(t, p.primary.WaitFor(t.Context(), p.standby))
}

// awaitListening waits until replicas of the program hear each other by way of the primary. (A
// page that follows would not show it for certain: now and then it asks without being told.)
func (p *pair) awaitListening(t *testing.T, replicas int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), program.ReadyWithin)
	defer cancel()
	must(t, p.primary.Await(ctx, fmt.Sprintf("SELECT count(*) = %d FROM pg_stat_activity WHERE query LIKE 'LISTEN %%'", replicas)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
