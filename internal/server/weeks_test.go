package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

// weekly is a person whose days and weeks may be cut in different zones, and the time
// around which they are looked at: two days around the start of a week.
type weekly struct {
	zone, weekZone string // weekZone "": the weeks are made of the person's own days
	dayStart       int
	from           time.Time
}

// now returns the day and the first day of the week that run at an instant: of the person's
// own days, and of those of their weeks. It is computed from the clocks of the zones alone.
func (w weekly) now(t *testing.T, at time.Time) (today, weekFrom string) {
	t.Helper()
	own := wallClock(t, at, w.zone).Add(-time.Duration(w.dayStart) * time.Hour)
	ofWeeks := own
	if w.weekZone != "" {
		ofWeeks = wallClock(t, at, w.weekZone)
	}
	sinceMonday := (int(ofWeeks.Weekday()) + 6) % 7
	return own.Format(time.DateOnly), ofWeeks.AddDate(0, 0, -sinceMonday).Format(time.DateOnly)
}

// wallClock returns what the clocks of a zone show, as if it were UTC.
func wallClock(t *testing.T, at time.Time, zone string) time.Time {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	local := at.In(z)
	return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
}

// At every hour of the days around the start of a week, the page, the JSON and the files
// agree on which week is now and on the numbers of its days, and every day of the week
// leads to a day with the same numbers.
func TestWhichWeekIsNow(t *testing.T) {
	t.Parallel()
	ordinary := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) // Sunday
	spring := time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC)   // Los Angeles skips an hour
	autumn := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)  // and repeats one
	for name, w := range map[string]weekly{
		"Kiritimati with Los Angeles":      {"Pacific/Kiritimati", "America/Los_Angeles", 0, ordinary},
		"Berlin with Los Angeles":          {"Europe/Berlin", "America/Los_Angeles", 0, spring},
		"Manila with Los Angeles":          {"Asia/Manila", "America/Los_Angeles", 0, autumn},
		"nights in Manila, Los Angeles":    {"Asia/Manila", "America/Los_Angeles", 5, ordinary},
		"nights in Los Angeles, all of it": {"America/Los_Angeles", "", 5, spring},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, func(s *config.Settings) {
				withoutLimits(s)
				s.TokenLifetime = 30 * 24 * time.Hour
			})
			c.clock.advance(w.from.Sub(chainStart()))
			b := c.register(t, "ann@example.org")
			b.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.token(), body: fmt.Sprintf(
				`{"timezone":%q,"reporting_timezone":%q,"day_start":"%02d:00","week_start":"monday"}`, w.zone, w.weekZone, w.dayStart)})
			weeks := map[string]bool{}
			for hour := range 48 {
				b.workAnHour(t, hour)
				if testing.Short() && hour%4 != 0 {
					continue
				}
				today, from := w.now(t, c.clock.now())
				weeks[from] = true
				if got := b.json(t, "/dashboard/today/json")["date"]; got != today {
					t.Errorf("hour %d: today is %v, want %s", hour, got, today)
				}
				b.checkThisWeek(t, from, hour%12 == 0)
				if t.Failed() {
					t.Fatalf("at %v", c.clock.now())
				}
			}
			if len(weeks) != 2 {
				t.Errorf("%d weeks were seen", len(weeks))
			}
			b.checkDayLinks(t, w.from.Format(time.DateOnly))
			b.checkSteps(t, w)
		})
	}
}

// workAnHour records an hour of work that ends now. Sessions go on for five hours.
func (b *browser) workAnHour(t *testing.T, hour int) {
	t.Helper()
	at := b.clock.now()
	b.clock.advance(time.Hour)
	last := "NEXT"
	if hour%5 == 4 {
		last = "EXIT"
	}
	var events []string
	for i, minutes := range []int{1, 17, 18, 41 + hour%9} {
		kind := "NEXT"
		if i == 3 {
			kind = last
		}
		events = append(events, fmt.Sprintf(`{"type":%q,"timestamp":%q}`, kind,
			at.Add(time.Duration(minutes)*time.Minute+time.Duration(hour)*time.Second).Format(time.RFC3339)))
	}
	b.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: b.token(), body: `{"events":[` + strings.Join(events, ",") + `]}`})
}

// checkThisWeek compares this week's page with its JSON and its file, and its days with
// the days to which they lead: those with work, or all.
func (b *browser) checkThisWeek(t *testing.T, from string, all bool) {
	t.Helper()
	page := b.visit(t, "/dashboard/week").expect(t, http.StatusOK, "rounded to the minute")
	week, file := b.json(t, "/dashboard/week/json"), b.table(t, "/reports/weekly.csv")
	preset := page
	for _, link := range b.visit(t, "/dashboard/reports").links() {
		if strings.HasPrefix(link, "/dashboard/reports?from="+from+"&") {
			preset = b.visit(t, link)
		}
	}
	if week["from"] != from || file[0]["date"] != from || page.find("data-date", from) == "" || preset.find("data-row", from) == "" {
		t.Errorf("this week begins on %s; the JSON begins on %v, the file on %s, the page: %s", from, week["from"], file[0]["date"], page.text())
		return
	}
	checkTotals(t, "the week", page, week, file[7])
	for i, d := range week["days"].([]any) {
		day := d.(map[string]any)
		if day["total_sessions"] == 0.0 && !all {
			continue
		}
		b.checkDayOfWeek(t, page, day, file[i])
	}
}

// checkDayOfWeek follows a day of the page of a week.
func (b *browser) checkDayOfWeek(t *testing.T, week page, day map[string]any, row map[string]string) {
	t.Helper()
	date := day["date"].(string)
	shown := week.find("data-date", date)
	if day["total_active_seconds"].(float64) >= 3600 && !strings.Contains(shown, "exactly ") {
		t.Errorf("%s: the page of the week does not say how long it was exactly: %s", date, shown)
	}
	if day["total_questions"] != 0.0 && !hasAll(shown, day["total_sessions"], day["total_questions"], day["total_active_mmss"], day["daily_score"]) {
		t.Errorf("%s: the page of the week has %q, its JSON %v", date, shown, day)
	}
	link := linkIn(week, date)
	query := strings.TrimPrefix(link, "/dashboard/today")
	if !strings.HasPrefix(query, "?date="+date) {
		t.Fatalf("%s leads to %q", date, link)
	}
	for _, path := range []string{"/dashboard/today/json", "/sessions/today"} {
		if diff := cmp.Diff(day, b.json(t, path+query)); diff != "" {
			t.Errorf("%s%s (-in the week +alone):\n%s", path, query, diff)
		}
	}
	alone := b.visit(t, link).expect(t, http.StatusOK, day["timezone"].(string))
	checkTotals(t, link, alone, withNames(day, "daily_pace_label", "pace_label", "daily_score", "score"), row)
	if got := b.table(t, "/reports/daily.csv"+query)[0]; got["date"] != date || got["total_active_seconds"] != row["total_active_seconds"] {
		t.Errorf("daily.csv%s has %v, the week %v", query, got, row)
	}
}

// checkTotals compares the figures of a page with JSON and with a row of a file.
func checkTotals(t *testing.T, what string, p page, body map[string]any, row map[string]string) {
	t.Helper()
	if row["total_active_seconds"] != seconds(body["total_active_seconds"].(float64)) || row["session_count"] != fmt.Sprint(body["total_sessions"]) {
		t.Errorf("%s: the file has %v, the JSON %v in %v sessions", what, row, body["total_active_seconds"], body["total_sessions"])
	}
	if shown := p.find("id", "total-questions"); shown == "" && body["total_questions"] == 0.0 {
		return // a page without questions has no figures
	}
	for id, want := range map[string]any{
		"total-questions": body["total_questions"], "total-active": body["total_active_mmss"],
		"average": body["avg_active_mmss"], "score": body["score"],
	} {
		if got := p.find("id", id); got != fmt.Sprint(want) {
			t.Errorf("%s: the page has %s %q, the JSON %v", what, id, got, want)
		}
	}
	whole := int(body["total_active_seconds"].(float64) + 0.5)
	exact := fmt.Sprintf("exactly %d:%02d:%02d", whole/3600, whole/60%60, whole%60)
	if whole >= 3600 && (p.find("title", exact) == "" || !strings.Contains(p.text(), exact)) {
		t.Errorf("%s: the page says nowhere that the active time is %s: %s", what, exact, p.text())
	}
}

// checkDayLinks follows every day on which the pages of weeks, a month and reports show
// work, and the day of every session. Each leads to a day with that work.
func (b *browser) checkDayLinks(t *testing.T, date string) {
	t.Helper()
	followed := 0
	for _, path := range []string{
		"/dashboard/week", "/dashboard/week?date=" + date, "/dashboard/month", "/dashboard/month?month=" + date[:7],
		"/dashboard/reports?from=" + date[:8] + "01&to=" + date[:8] + "12&zone=weeks", "/dashboard/reports?date=" + date,
	} {
		p := b.visit(t, path).expect(t, http.StatusOK)
		for row := range p.root.Descendants() {
			shown := cellOf(row, "Questions")
			if link := firstLink(row); row.Data == "tr" && link != "" && shown != "0" {
				followed++
				if got := b.visit(t, link).expect(t, http.StatusOK).find("id", "total-questions"); got != shown {
					t.Errorf("%s shows %s questions and leads to %s with %q", path, shown, link, got)
				}
			}
		}
	}
	for _, s := range decoded[[]map[string]any](t, b.must(t, http.StatusOK, ask{method: "GET", path: "/sessions/recent?limit=100", bearer: b.token()})) {
		id := s["session_id"].(string)
		for _, link := range b.visit(t, "/dashboard/sessions/"+id).expect(t, http.StatusOK).links() {
			if strings.HasPrefix(link, "/dashboard/today?") && b.visit(t, link).find("data-session", id) == "" {
				t.Errorf("session %s leads to %s, where it is not", id, link)
			}
		}
	}
	if followed < 6 {
		t.Errorf("only %d days with work were followed", followed)
	}
}

// checkSteps checks that a day of weeks says in which zone it is, keeps to it from day to
// day, and leads back to its week and to the person's own days.
func (b *browser) checkSteps(t *testing.T, w weekly) {
	t.Helper()
	date := w.from.Format(time.DateOnly)
	own, ofWeeks := b.visit(t, "/dashboard/today?date="+date), b.visit(t, "/dashboard/today?date="+date+"&zone=weeks")
	if w.weekZone == "" {
		if own.text() != ofWeeks.text() || strings.Contains(ofWeeks.text(), "Its week") {
			t.Errorf("the days of weeks are the person's own, but the page says %s", ofWeeks.text())
		}
		return
	}
	before, after := w.from.AddDate(0, 0, -1).Format(time.DateOnly), w.from.AddDate(0, 0, 1).Format(time.DateOnly)
	for address, want := range map[string]string{
		"/dashboard/today?date=" + before + "&zone=weeks": "‹", "/dashboard/today?date=" + after + "&zone=weeks": "›",
		"/dashboard/today?zone=weeks": "Today", "/dashboard/week?date=" + date: "Its week",
	} {
		if got := ofWeeks.find("href", address); got != want {
			t.Errorf("the link to %s says %q, want %q", address, got, want)
		}
		b.visit(t, address).expect(t, http.StatusOK, w.weekZone)
	}
	ofWeeks.expect(t, http.StatusOK, w.weekZone, "Your own days")
	if own.find("href", "/dashboard/today?date="+before) != "‹" || strings.Contains(own.text(), w.weekZone) {
		t.Errorf("the person's own day says %s", own.text())
	}
}

// cellOf returns the text of the cell of a row with this label, or "0".
func cellOf(row *html.Node, label string) string {
	for n := range row.Descendants() {
		if n.Data == "td" && attribute(n, "data-label") == label {
			return textOf(n)
		}
	}
	return "0"
}

// firstLink returns where the first link in an element leads, or "".
func firstLink(n *html.Node) string {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "a" {
			return attribute(d, "href")
		}
	}
	return ""
}

// linkIn returns where the row of a date leads.
func linkIn(p page, date string) string {
	for row := range p.root.Descendants() {
		if attribute(row, "data-date") == date {
			return firstLink(row)
		}
	}
	return ""
}
