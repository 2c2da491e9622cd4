package report_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The pages of a session have each question once, in order, with its index, and their
// totals add up to the session's.
func TestPagesHaveEachQuestionOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.OneOf(rapid.SampledFrom([]int{0, 1, 499, 500, 501, 1000}), rapid.IntRange(0, 2100)).Draw(t, "questions")
		log := report.SessionLog{SessionInfo: report.SessionInfo{Target: 5 * timeline.Minute}}
		for i := range count {
			start := timeline.Instant(i) * timeline.Instant(timeline.Minute)
			log.Questions = append(log.Questions, timeline.Question{
				Seq: int64(i), StartedAt: start, EndedAt: start.Add(timeline.Minute), Paused: timeline.Micros(i),
			})
		}
		session := report.SummarizeSession(log)
		var sum report.Totals
		index := 0
		for number := range session.Pages() {
			page := session.Page(number + 1)
			if len(page.Questions) > report.QuestionsPerPage {
				t.Fatalf("%d questions on a page", len(page.Questions))
			}
			for _, q := range page.Questions {
				if index++; q.Index != index || report.PageOf(q.Index) != number+1 {
					t.Fatalf("question %d is on page %d as %d", index, number+1, q.Index)
				}
			}
			sum = sum.Plus(page.Totals)
		}
		if index != count || sum != session.Totals {
			t.Fatalf("%d of %d questions, totals %+v of %+v", index, count, sum, session.Totals)
		}
		if first, last := session.Page(-1), session.Page(1_000_000); first.Totals != session.Page(1).Totals || last.Totals != session.Page(session.Pages()).Totals {
			t.Fatal("a number beyond the pages is not the nearest of them")
		}
	})
}
