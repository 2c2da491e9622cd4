package web

import (
	"errors"
	"net/url"
	"testing"
	"time"
	_ "time/tzdata" // the zones, wherever the test runs

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// ofNewYork is the face of a user in New York whose weeks are cut in Los Angeles. It has a clock
// and no store.
func ofNewYork() (*face, account.User) {
	now := func() time.Time { return time.Date(2026, 3, 8, 9, 0, 0, 0, time.UTC) } // it is still 7 March in Los Angeles
	user := account.User{ID: 7, Timezone: "America/New_York", WeekZone: "America/Los_Angeles", DayStart: 4}
	return &face{Options: Options{Now: now, Tracker: tracker.New(tracker.Options{Now: now}), Rater: func(u account.User) tracker.Rater {
		return tracker.Rater{ID: u.ID, Zone: u.Timezone, WeekZone: u.WeekZone, DayStart: u.DayStart}
	}}}, user
}

// FuzzRange reads the query of any page or file of days. What is wrong with it is said of one of
// its fields; a range within the bounds means the same when the page links to it.
func FuzzRange(f *testing.F) {
	for _, seed := range []string{
		"", "from=2026-01-01&to=2026-12-31", "from=2024-01-01&to=2024-12-31", "from=2023-12-31&to=2024-12-31", "from=2026-01-31&to=2026-01-31", "from=2026-02-01&to=2026-01-31",
		"from=2026-01-01&to=2026-01-07&zone=weeks", "from=2026-01-01&to=2026-01-07&zone=Europe/Berlin", "from=1999-01-01&to=1999-01-02", "from=1998-12-31&to=1999-01-02",
		"from=9998-01-01&to=9998-12-31", "from=9998-12-31&to=9999-01-01", "from=1999-01-01&to=9998-12-31", "from=2026-02-29&to=2026-03-01", "from=2026-01-01", "to=2026-01-01",
		"from=&to=", "from=2026-01-01&from=x&to=2026-01-02", "from=%ff&to=%00", "from=2026-1-1&to=2026-1-2", "date=2026-01-31", "date=2026-01-31&zone=weeks", "date=2026-13-31", "date=x",
	} {
		f.Add(seed)
	}
	pages, user := ofNewYork()
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		asked, err := pages.rangeIn(query, user)
		from, to := dateField(query.Get("from")).Value, dateField(query.Get("to")).Value
		if err != nil {
			var bad *badQuery
			if !errors.As(err, &bad) || bad.of("from") == "" && bad.of("to") == "" || httpx.ProblemOf(err).Status != 400 {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if n := asked.dates.Days; n < 1 || n > tracker.MaxRangeDays || asked.dates.From.String() != from || asked.dates.Last().String() != to {
			t.Errorf("%d days from %v to %v, of the fields %q and %q", n, asked.dates.From, asked.dates.Last(), from, to)
		}
		link, err := url.ParseQuery(asked.query()[1:])
		if err != nil {
			t.Fatal(err)
		}
		if again, err := pages.rangeIn(link, user); err != nil || again != asked {
			t.Errorf("the link %s means %+v, %v, and the page is of %+v", asked.query(), again, err, asked)
		}
		if rangeHeading(asked.dates) == "" {
			t.Errorf("%+v has no heading", asked.dates)
		}
	})
}

// FuzzPressForm reads any form with a press. It is refused with what is wrong with its fields, or
// becomes a press on which the tracker can rely: one that has a time is never taken for one that
// has none.
func FuzzPressForm(f *testing.F) {
	const id = "event_id=0190A8F2-9D2E-7C41-A6B8-1C2D3E4F5A61"
	for _, seed := range []string{
		"", id, id + "&type=NEXT", id + "&type=NEXT&starts=1", id + "&type=PAUSE&paused=true", id + "&type=PAUSE&paused=false&keeps=1", id + "&type=PAUSE&paused=maybe",
		id + "&type=UNDO", id + "&type=EXIT", id + "&type=SET_TARGET", id + "&type=next", "event_id=x&type=NEXT",
		id + "&type=NEXT&timestamp=2026-03-08T08:59:59.123Z&sent_at=2026-03-08T09:00:00Z", id + "&type=EXIT&timestamp=2026-03-08T08:59:59Z", id + "&type=NEXT&timestamp=2026-03-08T08:59:59Z",
		id + "&type=EXIT&timestamp=1970-01-01T00:00:00Z&sent_at=1970-01-01T00:00:00Z", id + "&type=EXIT&timestamp=1969-12-31T23:59:59.9999999Z",
		id + "&type=EXIT&timestamp=0000-01-01T00:00:00Z", id + "&type=EXIT&timestamp=9999-12-31T23:59:59-12:00", id + "&type=EXIT&timestamp=2026-03-08", id + "&type=NEXT&sent_at=now",
	} {
		f.Add(seed)
	}
	pages, user := ofNewYork()
	zone, err := site.ZoneOf(user)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		form, err := url.ParseQuery(raw)
		if err != nil || form.Has("at") && form.Get("type") == string(timeline.Exit) { // that needs the session
			return
		}
		press, err := pages.pressIn(site.Submission{Visitor: site.Visitor{User: user}, Values: form}, zone)
		if err != nil {
			var fields fault.FieldErrors
			if !errors.As(err, &fields) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if id, ok := httpx.CanonicalUUID(press.ID); !ok || id != press.ID || !press.Type.IsPress() {
			t.Errorf("a %q with the id %q", press.Type, press.ID)
		}
		for name, at := range map[string]timeline.Instant{"timestamp": press.At, "sent_at": press.SentAt} {
			if (at != 0) != (form.Get(name) != "") {
				t.Errorf("%s %q is read as %d", name, form.Get(name), at)
			}
			if again := instantIn(url.Values{name: {toTheMicrosecond(at)}}, name, new(fault.FieldErrors)); at != 0 && again != at {
				t.Errorf("%s %q is read as %d, which is written as %s and read as %d", name, form.Get(name), at, toTheMicrosecond(at), again)
			}
		}
	})
}

// FuzzActiveTime reads any text as an active time of any question. What the page shows of a time
// means that time.
func FuzzActiveTime(f *testing.F) {
	for _, seed := range []string{
		"", ":", "4:30", "5:00", "04:30", " 4:30 ", "0:00", "100:00", "99999:59", "1:02:03", "999:59:59", "4", "4.5", "4,5", "0.000001", "99999.999999", "4:5", "4:60", "1:60:00", "-4:30", "+4",
		"4e1", "NaN", "Inf", "0x10", "4.", ".5", "４:30", "4:30\n5:00",
	} {
		f.Add(seed, int64(270_499_999), int64(10))
		f.Add(seed, int64(16_200_000_000), int64(16_199_500_000))
	}
	f.Fuzz(func(t *testing.T, text string, raw, measured int64) {
		active, problem := activeTimeOf(text)
		if problem != "" && active != 0 || active < 0 || active > 1000*60*timeline.Minute+100_000*timeline.Minute {
			t.Errorf("%q is read as %d µs, %q", text, active, problem)
		}
		if problem == "" && active < 99_999*timeline.Minute { // a field takes five digits of minutes
			shown := report.MMSS(active)
			if again, problem := activeTimeOf(shown); problem != "" || report.MMSS(again) != shown {
				t.Errorf("%q is shown as %s, which is read as %d µs, %q", text, shown, again, problem)
			}
		}
		q := report.Question{Raw: timeline.Micros(max(0, raw%int64(24*60*timeline.Minute)))}
		q.Active = min(max(0, timeline.Micros(measured)), q.Raw)
		to, err := adjustmentIn(url.Values{"active_time": {text}}, q)
		if err == nil && (!to.Set || to.Active < 0 || to.Active > q.Raw) {
			t.Errorf("%q sets %+v of %d µs", text, to, q.Raw)
		}
		for _, is := range []timeline.Micros{q.Active, q.Raw} {
			if kept, err := adjustmentIn(url.Values{"active_time": {report.MMSS(is)}}, q); err != nil || kept.Active != is && report.MMSS(q.Active) != report.MMSS(q.Raw) {
				t.Errorf("%d µs are shown as %s, which means %+v, %v", is, report.MMSS(is), kept, err)
			}
		}
	})
}
