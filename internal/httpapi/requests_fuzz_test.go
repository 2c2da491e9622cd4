package httpapi

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// FuzzTimestamp reads any text as a time. It is refused with the name of its field, or is an
// instant that is never taken for none, and that is read again however it is written.
func FuzzTimestamp(f *testing.F) {
	for _, seed := range []string{
		"", "now", "0", "2026-01-31", "2026-01-31T11:30:00", "2026-01-31 11:30:00", "2026-01-31T11:30:00Z", "2026-01-31t11:30:00.123456789z", "2026-01-31T11:30:00,5Z", "2026-01-31T11:30:00+05:45",
		"2026-01-31T11:30:00-23:59", "2026-01-31T11:30:00+24:00", "2026-01-31T24:00:00Z", "2016-12-31T23:59:60Z", "2026-02-29T11:30:00Z", "2024-02-29T11:30:00Z", "2026-1-31T11:30:00Z", "2026-01-31T1:30:00Z",
		"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.0000009Z", "1969-12-31T23:59:59.999999Z", "1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+01:00",
		"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z", "-2026-01-31T11:30:00Z", " 2026-01-31T11:30:00Z", "2026-01-31T11:30:00Z\n", "２０２６-01-31T11:30:00Z", "2026-01-31\u00a011:30:00Z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(text string) (tl.Instant, fault.FieldErrors) {
			var errs fault.FieldErrors
			return readTime(&errs, "timestamp", &text), errs
		}
		at, errs := read(text)
		if errs != nil {
			if at != 0 || len(errs) != 1 || errs[0].Field != "timestamp" {
				t.Errorf("%q is read as %d and refused with %v", text, at, errs)
			}
			return
		}
		if at == 0 {
			t.Errorf("%q is taken for no time", text)
		}
		checkInstant(t, at)
		zone := time.FixedZone("", 5*3600+45*60)
		for _, written := range []string{
			at.Time().Format(time.RFC3339Nano), strings.ToLower(at.Time().Format(time.RFC3339Nano)), at.Time().Format("2006-01-02 15:04:05.999999"), at.Time().In(zone).Format(time.RFC3339Nano),
		} {
			if again, errs := read(written); again != at && !strings.HasPrefix(written, "10000") {
				t.Errorf("%q is %d, written as %q and read as %d, %v", text, at, written, again, errs)
			}
		}
	})
}

// correctionRoutes are the operations whose body corrects what is recorded.
var correctionRoutes = []string{"adjust", "target", "add", "move", "enter"}

// FuzzCorrections previews any correction of a session. It is refused with what is wrong with it,
// or answers a session whose questions add up; nothing is changed either way.
func FuzzCorrections(f *testing.F) {
	for kind, bodies := range [][]string{
		{`{"active_seconds":null}`, `{"active_seconds":312.5}`, `{"active_seconds":3010}`, `{"active_seconds":3010.000001}`, `{"active_seconds":-1e300}`, `{"active_seconds":"60"}`, `{}`, ``, `null`, `[]`},
		{`{"target_minutes_per_question":4}`, `{"target_minutes_per_question":0.1}`, `{"target_minutes_per_question":1440.0001}`, `{"target_minutes_per_question":1e308}`, `{"target_minutes_per_question":null}`},
		{
			`{"type":"NEXT","timestamp":"2026-01-31T11:30:00Z"}`, `{"type":"NEXT","timestamp":"2026-01-31T10:30:00Z","aet_high_minutes":4,"outcome":"submitted"}`, `{"type":"PAUSE","timestamp":"2026-01-31T11:00:30Z","paused":true}`,
			`{"type":"UNDO","timestamp":"2026-01-31T11:51:10Z"}`, `{"type":"EXIT","timestamp":"2026-01-31T11:10:00Z","id":"0190a8f2-9d2e-7c41-a6b8-1c2d3e4f5a61"}`, `{"type":"NEXT","timestamp":"2026-01-31T12:00:01Z"}`,
			`{"type":"PAUSE","timestamp":"1970-01-01T00:00:00Z"}`, `{"type":"NEXT"}`, `{"type":"SET_TARGET","timestamp":"2026-01-31T11:30:00Z"}`,
		},
		{`{"timestamp":"2026-01-31T11:00:30Z"}`, `{"timestamp":"2026-01-31T11:01:00Z"}`, `{"timestamp":"2026-01-31T10:59:00Z"}`, `{"timestamp":"9999-12-31T23:59:59Z"}`, `{"timestamp":null}`, `{"timestamp":"1970-01-01T00:00:00Z"}`},
		{
			`{"started_at":"2026-01-30T09:00:00Z","ended_at":"2026-01-30T10:00:00Z","questions":500}`, `{"started_at":"2026-01-30T09:00:00Z","ended_at":"2026-01-30T09:00:00.000001Z","questions":3}`,
			`{"started_at":"2026-01-30T09:00:00Z","ended_at":"2026-01-30T10:00:00Z","times":["2026-01-30T09:10:00Z","2026-01-30T09:10:00Z"]}`, `{"started_at":"2026-01-30T09:00:00Z","ended_at":"2026-01-31T11:30:00Z"}`,
			`{"started_at":"2026-01-31T09:00:00Z","ended_at":"2026-01-31T11:00:00.000001Z"}`, `{"started_at":"0001-01-01T00:00:00Z","ended_at":"9999-12-31T23:59:59Z"}`, `{"started_at":"2026-01-30T10:00:00Z","ended_at":"2026-01-30T09:00:00Z","questions":0}`,
		},
	} {
		for _, body := range bodies {
			f.Add(uint(kind), []byte(body))
		}
	}
	r := newUnlimited(f)
	routes := map[string]string{
		"adjust": "PATCH " + r.questions[1], "target": "PATCH " + r.session, "add": "POST " + r.session + "/presses",
		"move": "PATCH " + strings.Replace(r.questions[0], "/questions/", "/presses/", 1), "enter": "POST /sessions",
	}
	before := r.must(f, http.StatusOK, "GET", r.session+"/summary", "")
	f.Fuzz(func(t *testing.T, kind uint, body []byte) {
		method, path, _ := strings.Cut(routes[correctionRoutes[kind%uint(len(correctionRoutes))]], " ")
		w := r.answer(t, request{method: method, path: path + "?preview=true", body: string(body), bearer: r.token})
		switch w.Code {
		case http.StatusOK:
			var answer correctionBody
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || !answer.Preview || answer.EventID != "" || answer.Session == nil {
				t.Fatalf("%s: %v", w.Body, err)
			}
			checkSession(t, *answer.Session)
		case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
			problemIn(t, w)
		default:
			t.Errorf("%s %s %s: %d %s", method, path, body, w.Code, w.Body)
		}
		if after := r.must(t, http.StatusOK, "GET", r.session+"/summary", ""); after != before {
			t.Errorf("%s %s %s changed %s to %s", method, path, body, before, after)
		}
	})
}

// checkSession checks that the numbers of a session's questions can be, and add up.
func checkSession(t *testing.T, s sessionBody) {
	t.Helper()
	var raw, active float64
	var last time.Time
	for i, q := range s.Questions {
		if q.Index != i+1 || q.ActiveSeconds < 0 || q.ActiveSeconds > q.RawSeconds || q.TargetMinutes <= 0 || q.StartedAt.Before(last) || q.EndedAt.Before(q.StartedAt) {
			t.Errorf("question %d is %+v", i+1, q)
		}
		raw, active, last = raw+q.RawSeconds, active+q.ActiveSeconds, q.EndedAt
	}
	if s.TotalQuestions != len(s.Questions) || math.Abs(s.TotalRaw-raw) > 1e-5 || math.Abs(s.TotalActive-active) > 1e-5 || s.Score < 0 || s.Score > 100 {
		t.Errorf("%d questions of %v and %v seconds make %+v", len(s.Questions), raw, active, s.TotalsBody)
	}
}

// FuzzDates asks for any day, week or month. It is refused with a reason exactly when the text is
// no date, and the answer is of the dates that were asked for.
func FuzzDates(f *testing.F) {
	for _, date := range []string{"", "2026-01-31", "2026-01", "1999-01-01", "1998-12-31", "9998-12-31", "9999-01-01", "2026-02-29", "2026-1-31", "2026-01-31 ", "２０２６-01-31", "1999-01", "9998-12", "2026-13", "\x00", "today"} {
		f.Add(date, "", "")
	}
	for _, rest := range [][2]string{{"weeks", "1"}, {"Weeks", "2"}, {"", "0"}, {"", "99999999999999999999"}, {"", "x"}} {
		f.Add("2026-01-31", rest[0], rest[1])
	}
	r := newUnlimited(f)
	f.Fuzz(func(t *testing.T, date, zone, page string) {
		ask := func(path string, query url.Values) (int, string) {
			w := r.answer(t, request{method: "GET", path: path + "?" + query.Encode(), bearer: r.token})
			if w.Code != http.StatusOK {
				problemIn(t, w)
			}
			return w.Code, w.Body.String()
		}
		day, dayErr := report.ParseDate(date)
		month, monthErr := report.ParseMonth(date)
		status, body := ask("/dashboard/week/json", url.Values{"date": {date}})
		week := report.WeekOf(day, time.Sunday) // the default of the test
		checkAnswer(t, date, dayErr, status, body, week.From, week.Last())
		status, body = ask("/dashboard/month/json", url.Values{"month": {date}})
		checkAnswer(t, date, monthErr, status, body, month.From, month.Last())
		if status, body = ask("/sessions/today", url.Values{"date": {date}, "zone": {zone}, "page": {page}}); status == http.StatusOK {
			if zone != "" && zone != "weeks" || date != "" && !strings.Contains(body, fmt.Sprintf(`"date":%q`, date)) {
				t.Errorf("%q in %q is answered with %.100s", date, zone, body)
			}
		} else if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("%q in %q, page %q: %d %.100s", date, zone, page, status, body)
		}
	})
}

func checkAnswer(t *testing.T, asked string, unreadable error, status int, body string, from, to report.Date) {
	t.Helper()
	want := http.StatusOK
	if asked != "" && unreadable != nil {
		want = http.StatusBadRequest
	}
	if status != want {
		t.Errorf("%q: %d %.100s", asked, status, body)
	}
	if asked != "" && want == http.StatusOK && !strings.Contains(body, fmt.Sprintf(`"from":%q,"to":%q`, from.String(), to.String())) {
		t.Errorf("%q is not from %v to %v: %.100s", asked, from, to, body)
	}
}
