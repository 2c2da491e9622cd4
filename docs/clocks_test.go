package docs_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

var recordedAt = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// recorder returns a function that records one NEXT of a new user at recordedAt, and returns
// the instant at which it counts.
func recorder(t *testing.T) func(at, sentAt time.Time) (timeline.Instant, error) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:///"+filepath.Join(t.TempDir(), "contract.db"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	tr := tracker.New(tracker.Options{Store: db, Now: func() time.Time { return recordedAt }, Log: log})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- tr.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	user := int64(0)
	return func(at, sentAt time.Time) (timeline.Instant, error) {
		user++
		u := account.User{ID: user, Email: strconv.FormatInt(user, 10) + "@example.org", Timezone: "UTC", Role: account.RoleUser, Active: true}
		if err := db.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		press := tracker.Press{Type: timeline.Next, At: timeline.InstantOf(at)}
		if !sentAt.IsZero() {
			press.SentAt = timeline.InstantOf(sentAt)
		}
		outcomes, err := tr.Record(t.Context(), tracker.Rater{ID: user, Target: timeline.Minute}, []tracker.Press{press}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return outcomes[0].Answer.State.StartedAt, outcomes[0].Err
	}
}

// Times are corrected and refused from the values on that the contract names.
func TestClocks(t *testing.T) {
	clocks, record := rows(t, section(t, contract, "## Clocks")), recorder(t)
	skew := time.Duration(number(t, strings.Fields(find(t, clocks, "sent_at")[1])[0], "")) * time.Second
	future := time.Duration(number(t, strings.Fields(find(t, clocks, "a time further in the future")[1])[0], "")) * time.Minute
	earliest, err := time.Parse(time.DateOnly, strings.TrimSuffix(find(t, clocks, "a time before")[1], ": 422"))
	if err != nil {
		t.Fatal(err)
	}
	for at, refused := range map[time.Time]bool{
		recordedAt.Add(future): false, recordedAt.Add(future + time.Microsecond): true,
		earliest: false, earliest.Add(-time.Microsecond): true,
	} {
		if _, err := record(at, time.Time{}); (err != nil) != refused {
			t.Errorf("a press at %v: %v", at, err)
		}
	}
	pressed := recordedAt.Add(-time.Hour)
	for off, corrected := range map[time.Duration]bool{skew: false, skew + time.Microsecond: true, -skew: false, -skew - time.Microsecond: true} {
		want := pressed
		if corrected {
			want = want.Add(-off)
		}
		if at, err := record(pressed, recordedAt.Add(off)); err != nil || at != timeline.InstantOf(want) {
			t.Errorf("a clock that is %v ahead: the press counts at %v (%v), want %v", off, at.Time(), err, want)
		}
	}
}

var forgotten = regexp.MustCompile(`question that started in the last (\d+) weeks, and\s+at least (\d+) minutes`)

func TestForgotten(t *testing.T) {
	numbers := forgotten.FindStringSubmatch(section(t, contract, "## Forgotten sessions"))
	if numbers == nil {
		t.Fatal("the contract does not say when a session looks forgotten")
	}
	weeks, minutes := number(t, numbers[1], ""), number(t, numbers[2], "")
	if got := timeline.Micros(weeks) * 7 * 24 * 60 * timeline.Minute; got != report.ForgottenWithin {
		t.Errorf("%d weeks are not %d", weeks, report.ForgottenWithin)
	}
	if got := timeline.Micros(minutes) * timeline.Minute; got != report.MinForgottenAfter {
		t.Errorf("%d minutes are not %d", minutes, report.MinForgottenAfter)
	}
}

var improbable = regexp.MustCompile(`more than (\d+) times its\s+target and (\d+) minutes`)

func TestImprobable(t *testing.T) {
	numbers := improbable.FindStringSubmatch(section(t, contract, "## Corrections"))
	if numbers == nil {
		t.Fatal("the contract does not say when a question is improbable")
	}
	q := report.Question{Target: 7 * timeline.Minute}
	q.Active = q.Target*timeline.Micros(number(t, numbers[1], "")) + timeline.Micros(number(t, numbers[2], ""))*timeline.Minute
	if q.IsImprobable() {
		t.Errorf("%v is improbable already", q.Active)
	}
	if q.Active++; !q.IsImprobable() {
		t.Errorf("%v is not improbable", q.Active)
	}
}
