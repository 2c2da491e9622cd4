package tracker_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DayInDetail returns the same day as Day, and of its sessions the questions of the day.
func TestDayInDetail(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	rater := newYorker(t, f, work...)
	for d := date(t, "2026-02-28"); d.Compare(date(t, "2026-03-10")) < 0; d = d.AddDays(1) {
		day, err := f.DayInDetail(t.Context(), rater, d, 1)
		if err != nil {
			t.Fatal(err)
		}
		want, err := f.Day(t.Context(), rater, d, 1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(totals([]report.Day{want}), totals([]report.Day{day.Day})); diff != "" || len(day.Line) < len(day.Sessions) || len(day.Timings) != day.Totals.Questions {
			t.Errorf("%s: %d sessions in detail, day (-want +got):\n%s", d, len(day.Line), diff)
		}
		zone, err := time.LoadLocation(rater.Zone)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range day.Line[len(day.Line)-len(day.Sessions):] {
			summary, err := f.Summary(t.Context(), rater, day.Sessions[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			want := summary.On(report.DateRange{From: d, Days: 1}, report.Calendar{Zone: zone})
			var questions []report.Question
			for _, q := range s.Questions {
				if q.StartedAt >= startOf(d, zone) { // another one ran into the day
					questions = append(questions, q)
				}
			}
			s.Questions = questions
			if diff := cmp.Diff(want, s, cmpopts.IgnoreFields(report.Question{}, "Index"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: session (-want +got):\n%s", d, diff)
			}
		}
	}
}

func startOf(d report.Date, zone *time.Location) timeline.Instant {
	from, _ := d.Cover(report.Calendar{Zone: zone})
	return from
}
