package tracker_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// FuzzSessions plays any presses and corrections of one user, over several sessions and two days.
// Each gets the answer of the model, what is stored is what the logs give, no instant counts
// twice, and questions, sessions, hours and days have the same sums.
func FuzzSessions(f *testing.F) {
	for i, seed := range sessionSeeds() {
		f.Add(append([]byte{byte(i)}, seed...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		f := newMemoryFixture(t, fuzzNow)
		most, script := decodeScript(data)
		if most > 0 {
			f.SetMaxEntries(most)
		}
		r := &scripted{
			model:  model{rater: fuzzRater, now: fuzzNow, most: most, answers: make(map[string]modelAnswer)},
			script: script,
		}
		if err := r.play(f); err != nil {
			t.Fatal(err)
		}
		if err := r.compareStored(f); err != nil {
			t.Fatal(err)
		}
		requireSoundAbove(t, f, 0, []*scripted{r})
		requireDisjointSums(t, f, r.rater)
	})
}

// FuzzArrival delivers what computers recorded one after the other, each in batches of whole
// sessions, in any order and some of them twice. The same sessions with the same numbers result.
func FuzzArrival(f *testing.F) {
	for _, seed := range []string{
		"", "Ne9", "Nn9e9", "Nn9p1p2n9u1n9e9.N", "Ne1.Ne0.Ne0", "Nn9n9e9;Nn9e9.Nn9e9;Nn9u1e9.Np1e9", "Nn9n9u1u1u1e9.Np1p1p1e0.Nn0n0e0.Nn9e9.Nn9e9",
	} {
		f.Add([]byte(seed), uint64(0))
		f.Add([]byte(seed), uint64(0x1234567))
	}
	f.Fuzz(func(t *testing.T, data []byte, order uint64) {
		batches := decodeBatches(data)
		rater := fuzzRater
		rater.Zone, rater.DayStart = "UTC", 0
		inOrder, shuffled := newMemoryFixture(t, at(200_000)), newMemoryFixture(t, at(200_000))
		for _, batch := range batches {
			inOrder.record(t, rater, batch...)
		}
		for left := slices.Clone(batches); len(left) > 0; order /= uint64(len(left) + 1) {
			i := int(order % uint64(len(left)))
			shuffled.record(t, rater, left[i]...)
			left = slices.Delete(left, i, i+1)
		}
		if len(batches) > 0 {
			shuffled.record(t, rater, batches[order%uint64(len(batches))]...)
		}
		if diff := cmp.Diff(timesOf(t, inOrder, rater), timesOf(t, shuffled, rater)); diff != "" {
			t.Errorf("(-in order +shuffled):\n%s", diff)
		}
		requireDisjointSums(t, shuffled, rater)
		shuffled.requireSound(t)
	})
}

// FuzzPressTime records a NEXT of any time, which arrives at any moment from a client whose clock
// shows any time. It is refused with a reason, or counts at a time that can be right.
func FuzzPressTime(f *testing.F) {
	const hour, year = 3600e6, 365 * 24 * 3600e6
	for _, now := range []int64{946684800e6, int64(at(0)), 253402300799e6} { // 2000, 2026, the end of 9999
		for _, off := range []int64{0, 1, -1, 2e6, -2e6, 120e6, 120e6 + 1, hour, -hour, 10 * year, -10 * year, 8000 * year, -8000 * year} {
			f.Add(now, now+off, now+off)
			f.Add(now, now, now+off)
			f.Add(now, now+off, now)
			f.Add(now, now+off, int64(0))
		}
	}
	const first, last = -62135596800e6, 253402300800e6 - 1 // the years 1 to 9999, as both faces read them
	f.Fuzz(func(t *testing.T, now, pressed, sent int64) {
		if now < 946684800e6 || now > last || min(pressed, sent) < first || max(pressed, sent) > last {
			return
		}
		f := newMemoryFixture(t, timeline.Instant(now))
		p := tracker.Press{Type: timeline.Next, At: timeline.Instant(pressed), SentAt: timeline.Instant(sent)}
		outcomes, err := f.Record(t.Context(), fuzzRater, []tracker.Press{p}, 0)
		if err != nil {
			t.Fatal(err)
		}
		want, isRight := expectedTime(now, pressed, sent)
		got := outcomes[0].Answer.State.StartedAt
		if refused := outcomes[0].Err != nil; refused == isRight || isRight && int64(got) != want {
			t.Errorf("at %d, sent at %d and pressed at %d: counts at %d, %v; want %d, %t", now, sent, pressed, got, outcomes[0].Err, want, isRight)
		}
	})
}

// expectedTime reads docs/contract.md#clocks once more.
func expectedTime(now, pressed, sent int64) (at int64, isRight bool) {
	if pressed == 0 {
		return now, true
	}
	at = pressed
	if off := now - sent; sent != 0 && max(off, -off) > 2e6 {
		at += off
	}
	return at, min(at, pressed) >= 946684800e6 && at <= now+120e6
}

// requireDisjointSums checks that no instant counts twice, and that what people read adds up.
func requireDisjointSums(t *testing.T, f *fixture, rater tracker.Rater) {
	t.Helper()
	dates := report.DateRange{From: report.Date{Year: 2026, Month: 3, Day: 1}, Days: 5}
	var questions []report.Question
	ofSession := map[string][]report.Question{}
	var last report.Question
	for q, err := range f.Questions(t.Context(), rater, dates) {
		if err != nil {
			t.Fatal(err)
		}
		if q.StartedAt < last.EndedAt || q.EndedAt < q.StartedAt || q.Active < 0 || q.Active > q.Raw || q.Raw != q.EndedAt.Since(q.StartedAt) {
			t.Errorf("question %+v after %+v", q, last)
		}
		last, questions = q.Question, append(questions, q.Question)
		ofSession[q.SessionID] = append(ofSession[q.SessionID], q.Question)
	}
	period, err := f.Range(t.Context(), rater, dates)
	if err != nil {
		t.Fatal(err)
	}
	want := report.TotalsOf(questions)
	if period.Totals != want {
		t.Errorf("the days have %+v, their questions %+v", period.Totals, want)
	}
	var days report.Totals
	for i := range dates.Days {
		days = days.Plus(requireDaySums(t, f, rater, dates.From.AddDays(i)))
	}
	if days != want {
		t.Errorf("one by one the days have %+v, their questions %+v", days, want)
	}
	for id, questions := range ofSession {
		session, err := f.Summary(t.Context(), rater, id)
		if err != nil || session.Totals != report.TotalsOf(questions) {
			t.Errorf("session %s has %+v, %v, its questions %+v", id, session.Totals, err, report.TotalsOf(questions))
		}
	}
}

// requireDaySums returns the totals of a day, which are those of its hours and of its sessions.
func requireDaySums(t *testing.T, f *fixture, rater tracker.Rater, date report.Date) report.Totals {
	t.Helper()
	day, err := f.Day(t.Context(), rater, date, 1)
	if err != nil {
		t.Fatal(err)
	}
	var hours, sessions report.Totals
	for _, h := range day.Hours {
		hours = hours.Plus(h.Totals)
	}
	for _, s := range day.Sessions {
		sessions = sessions.Plus(s.Totals)
	}
	if hours != day.Totals || sessions != day.Totals {
		t.Errorf("%v has %+v, its hours %+v, its sessions %+v", date, day.Totals, hours, sessions)
	}
	return day.Totals
}
