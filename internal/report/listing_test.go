package report_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// A page is the same whether all questions are known or one after the other is read.
func TestListerAgreesWithListed(t *testing.T) {
	outcomes := []timeline.Outcome{"", timeline.Submitted, timeline.Released}
	rapid.Check(t, func(t *rapid.T) {
		log := report.SessionLog{SessionInfo: report.SessionInfo{ID: "s", Target: 5 * timeline.Minute}}
		for i := range rapid.OneOf(rapid.SampledFrom([]int{0, 1, 500, 501, 1000}), rapid.IntRange(0, 2100)).Draw(t, "questions") {
			start := timeline.Instant(i+1) * timeline.Instant(timeline.Minute)
			log.Questions = append(log.Questions, timeline.Question{
				ID: string(rune('a' + i)), Seq: int64(i), StartedAt: start, EndedAt: start.Add(timeline.Minute), Paused: timeline.Micros(i),
				Outcome: rapid.SampledFrom(outcomes).Draw(t, "outcome"), Opening: rapid.IntRange(0, 9).Draw(t, "opening") == 0,
			})
		}
		listing := report.Listing{
			Choice: rapid.SampledFrom([]report.Choice{report.Everything, report.Untold, report.Choice(timeline.Released)}).Draw(t, "choice"),
			Page:   rapid.IntRange(-1, 7).Draw(t, "page"),
			With:   rapid.SampledFrom([]string{"", "", string(rune('a' + rapid.IntRange(0, 2200).Draw(t, "with")))}).Draw(t, "question"),
		}
		lister := report.NewLister(log.SessionInfo, listing)
		for _, q := range log.Questions {
			lister.Add(q)
		}
		got, want := lister.Page(), report.SummarizeSession(log).Listed(listing)
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v (-listed +read):\n%s", listing, diff)
		}
		if len(got.Questions) > report.QuestionsPerPage || cap(got.Questions) > 2*report.QuestionsPerPage {
			t.Fatalf("%d questions are kept", cap(got.Questions))
		}
	})
}

// A period that is gathered in windows is the same as one that is gathered at once, and its days
// keep no more sessions than they list.
func TestGatherInWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		logs := anyLogs(timeline.InstantOf(time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC))).Draw(t, "logs")
		calendar := report.Calendar{Zone: time.UTC}
		dates := report.DateRange{From: report.Date{Year: 2024, Month: 3, Day: 1}.AddDays(rapid.IntRange(-3, 3).Draw(t, "from")), Days: rapid.IntRange(1, 30).Draw(t, "days")}
		g := report.Gather(dates, calendar, 1)
		for rest := dates; rest.Days > 0; {
			window := report.DateRange{From: rest.From, Days: min(rest.Days, rapid.IntRange(1, 5).Draw(t, "window"))}
			w := g.Window(window)
			gatherAll(w, logs)
			w.Close()
			rest = report.DateRange{From: rest.From.AddDays(window.Days), Days: rest.Days - window.Days}
		}
		got, want := g.Period(), report.SummarizePeriod(dates, calendar, logs)
		if diff := gocmp.Diff(want, got, sameZone, cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b report.Date) bool { return a.Compare(b) < 0 })); diff != "" {
			t.Fatalf("(-at once +in windows):\n%s", diff)
		}
	})
}

func gatherAll(w *report.Window, logs []report.SessionLog) {
	for _, log := range logs {
		counted := report.SummarizeSession(log).Questions
		number := w.Session(log.SessionInfo, log.QuestionCount == 0 && len(counted) == 0)
		for _, q := range slices.SortedStableFunc(slices.Values(log.Questions), func(a, b timeline.Question) int { return cmp.Compare(a.StartedAt, b.StartedAt) }) {
			w.Question(number, q)
		}
	}
}
