package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestSummarizeSession(t *testing.T) {
	const target = 330 * timeline.Second
	info := report.SessionInfo{
		ID: "s", StartedAt: 1_000, EndedAt: 2_000_000_000, Target: target, QuestionCount: 3,
	}
	task := timeline.Task{ID: "task", Count: 3, AETLow: timeline.Minute, AETHigh: 2 * timeline.Minute}
	log := report.SessionLog{SessionInfo: info, Questions: []timeline.Question{
		// Out of order: c closed after b at the same instant, a closed first.
		{ID: "c", Seq: 7, StartedAt: 700_000_000, EndedAt: 700_000_000, Task: task},
		{ID: "b", Seq: 6, StartedAt: 400_000_000, EndedAt: 700_000_000, Paused: 100_000_000, Task: task, Adjustment: timeline.Adjustment{Set: true, Active: 90_000_000}, Outcome: timeline.Released},
		{ID: "gone", Seq: 5, StartedAt: 330_001_000, EndedAt: 400_000_000, Deleted: true, Outcome: timeline.Expired},
		{ID: "a", Seq: 2, StartedAt: 1_000, EndedAt: 330_001_001},
		{ID: "opening", Seq: 1, StartedAt: 1_000, EndedAt: 1_000, Opening: true},
	}}

	got := report.SummarizeSession(log)
	want := report.Session{
		SessionInfo: info,
		Totals: report.Totals{
			Questions: 3, Raw: 630_000_001, Active: 420_000_001, Expected: 570_000_000,
			Tasks: 7, Outcomes: report.Outcomes{Released: 1, Untold: 2},
		},
		Questions: []report.Question{
			{ID: "a", Index: 1, StartedAt: 1_000, EndedAt: 330_001_001, Raw: 330_000_001, Active: 330_000_001, OriginalActive: 330_000_001, Target: target},
			{ID: "b", Index: 2, StartedAt: 400_000_000, EndedAt: 700_000_000, Raw: 300_000_000, Active: 90_000_000, OriginalActive: 200_000_000, IsAdjusted: true, Target: task.AETHigh, Task: task, Outcome: timeline.Released},
			{ID: "c", Index: 3, StartedAt: 700_000_000, EndedAt: 700_000_000, Target: task.AETHigh, Task: task},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SummarizeSession (-want +got):\n%s", diff)
	}
	for i, want := range []timeline.Micros{1, -30_000_000, -120_000_000} {
		if over := got.Questions[i].OverUnder(); over != want {
			t.Errorf("question %d is over by %d, want %d", i+1, over, want)
		}
	}
	if log.Questions[0].ID != "c" {
		t.Error("SummarizeSession sorted the questions of its caller")
	}
}

func TestSummarizeSessionWithoutQuestions(t *testing.T) {
	got := report.SummarizeSession(report.SessionLog{
		SessionInfo: report.SessionInfo{ID: "s", Target: timeline.Minute},
		Questions:   []timeline.Question{{ID: "opening", Opening: true}},
	})
	if got.Totals != (report.Totals{}) || len(got.Questions) != 0 || got.Totals.Average() != 0 {
		t.Errorf("SummarizeSession = %+v, want nothing", got)
	}
	if pace := got.Totals.Pace(); pace.Label != "No questions" {
		t.Errorf("pace = %+v, want No questions", pace)
	}
}

// A question is improbable when it took more than three targets plus five minutes, unless a
// person has set its time, even to the same value.
func TestIsImprobable(t *testing.T) {
	const target = 330 * timeline.Second
	const limit = 3*target + 5*timeline.Minute
	for _, c := range []struct {
		name     string
		question report.Question
		want     bool
	}{
		{"at the limit", report.Question{Active: limit, Target: target}, false},
		{"past it", report.Question{Active: limit + 1, Target: target}, true},
		{"five minutes over three times a short target", report.Question{Active: 303 * timeline.Second, Target: timeline.Second}, false},
		{"past that", report.Question{Active: 303*timeline.Second + 1, Target: timeline.Second}, true},
		{"adjusted", report.Question{Active: limit - 1, OriginalActive: limit + 1, IsAdjusted: true, Target: target}, false},
		{"adjusted to the same", report.Question{Active: limit + 1, OriginalActive: limit + 1, IsAdjusted: true, Target: target}, false},
		{"long pauses alone", report.Question{Raw: 9 * limit, Active: target, Target: target}, false},
	} {
		if got := c.question.IsImprobable(); got != c.want {
			t.Errorf("%s: improbable %t", c.name, got)
		}
	}
}

func TestPaceWeighsEachTargetByItsQuestions(t *testing.T) {
	// Three questions on a target of 1 minute, one at half of a target of 10. The
	// mean of the ratios is 0.88, the mean of the two targets gives 0.36.
	log := report.SessionLog{SessionInfo: report.SessionInfo{Target: timeline.Minute}}
	for range 3 {
		log.Questions = append(log.Questions, timeline.Question{EndedAt: timeline.Instant(timeline.Minute)})
	}
	log.Questions = append(log.Questions, timeline.Question{
		EndedAt: timeline.Instant(5 * timeline.Minute), Task: timeline.Task{AETHigh: 10 * timeline.Minute},
	})
	if pace := report.SummarizeSession(log).Totals.Pace(); pace.Ratio != 8.0/13 || pace.Label != "fast" {
		t.Errorf("pace = %+v, want ratio 8/13, fast", pace)
	}
}

func TestAverageRoundsHalfUp(t *testing.T) {
	for _, tc := range []struct {
		active    timeline.Micros
		questions int
		want      timeline.Micros
	}{
		{0, 0, 0},
		{7, 1, 7},
		{7, 2, 4},  // 3.5
		{10, 3, 3}, // 3.33
		{11, 3, 4}, // 3.67
		{9, 6, 2},  // 1.5
	} {
		got := report.Totals{Questions: tc.questions, Active: tc.active}.Average()
		if got != tc.want {
			t.Errorf("average of %d µs over %d = %d, want %d", tc.active, tc.questions, got, tc.want)
		}
	}
}

func TestSessionIndexesHaveNoGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, log := range anyLogs(0).Draw(t, "logs") {
			want := log.QuestionCount
			log.QuestionCount = 99 // whatever the log says
			s := report.SummarizeSession(log)
			if s.QuestionCount != want || s.Totals.Questions != want {
				t.Errorf("%d questions in the info and %d in the totals, want %d", s.QuestionCount, s.Totals.Questions, want)
			}
			var active timeline.Micros
			for i, q := range s.Questions {
				active += q.Active
				if q.Index != i+1 {
					t.Errorf("question %d has index %d", i+1, q.Index)
				}
				if i > 0 && q.EndedAt < s.Questions[i-1].EndedAt {
					t.Errorf("question %d closed before question %d", i+1, i)
				}
			}
			if active != s.Totals.Active {
				t.Errorf("the questions take %d, the totals say %d", active, s.Totals.Active)
			}
		}
	})
}
