package server

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// files are the downloads, with a query that they accept.
var files = map[string]string{
	"/reports/daily.csv": "", "/reports/weekly.csv": "?week_start=2026-01-26", "/reports/days.csv": "?from=2026-01-01&to=2026-01-31",
	"/reports/questions.csv": "?from=2026-01-01&to=2026-01-31", "/me/export": "",
}

// workedPerson returns the browser of a person with two questions of an hour ago. One has a
// pause; the other is adjusted and has a task with a hostile name.
func workedPerson(t *testing.T, c *chain) *browser {
	t.Helper()
	b := c.register(t, "ann@example.org")
	b.press(t, 5*time.Minute, "NEXT")
	c.clock.advance(5 * time.Minute)
	c.must(t, http.StatusOK, ask{
		method: "POST", path: "/events", bearer: b.token(), body: `{"type":"NEXT","task_id":"=cmd|1","aet_high_minutes":7.5}`,
	})
	b.press(t, 7*time.Minute, "PAUSE", "PAUSE", "NEXT", "EXIT")
	day := b.json(t, "/dashboard/today/json")
	session := day["sessions"].([]any)[0].(map[string]any)["session_id"].(string)
	question := b.json(t, "/summary/"+session)["questions"].([]any)[0].(map[string]any)["id"].(string)
	c.must(t, http.StatusOK, ask{
		method: "PATCH", path: "/sessions/" + session + "/questions/" + question, bearer: b.token(), body: `{"active_seconds":90.5}`,
	})
	return b
}

// table returns the rows of a CSV file, each by the names of its columns.
func (b *browser) table(t *testing.T, path string) []map[string]string {
	t.Helper()
	w := b.must(t, http.StatusOK, ask{method: "GET", path: path, bearer: b.token()})
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var table []map[string]string
	for _, row := range rows[1:] {
		named := map[string]string{}
		for i, cell := range row {
			named[rows[0][i]] = cell
		}
		table = append(table, named)
	}
	return table
}

func seconds(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// The page, the files and the JSON of a day have the same numbers.
func TestReportsAgree(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := workedPerson(t, c)
	day := b.json(t, "/dashboard/today/json?date=2026-01-31")
	want := map[string]string{
		"date": "2026-01-31", "session_count": seconds(day["total_sessions"].(float64)),
		"total_active_seconds": seconds(day["total_active_seconds"].(float64)), "total_raw_seconds": seconds(day["total_raw_seconds"].(float64)),
		"daily_pace_label": day["daily_pace_label"].(string), "daily_pace_emoji": day["daily_pace_emoji"].(string),
	}
	const only = "?from=2026-01-31&to=2026-01-31"
	total := map[string]string{}
	for name, cell := range want {
		total[name] = cell
	}
	total["date"] = "TOTAL"
	week := b.table(t, "/reports/weekly.csv?week_start=2026-01-26")
	for name, row := range map[string]map[string]string{
		"daily.csv": b.table(t, "/reports/daily.csv?date=2026-01-31")[0], "daily.csv of today": b.table(t, "/reports/daily.csv")[0],
		"days.csv": b.table(t, "/reports/days.csv"+only)[0], "weekly.csv": week[5],
	} {
		if diff := cmp.Diff(want, row); diff != "" {
			t.Errorf("%s (-JSON +file):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(total, week[len(week)-1]); len(week) != 8 || week[0]["date"] != "2026-01-26" || diff != "" {
		t.Errorf("the week %v (-JSON +file):\n%s", week, diff)
	}

	questions, active := b.table(t, "/reports/questions.csv"+only), 0.0
	for _, q := range questions {
		value, err := strconv.ParseFloat(q["active_seconds"], 64)
		if err != nil {
			t.Fatal(err)
		}
		active += value
	}
	if active != day["total_active_seconds"] || len(questions) != int(day["total_questions"].(float64)) {
		t.Errorf("questions.csv has %d questions and %v s, the day %v and %v", len(questions), active, day["total_questions"], day["total_active_seconds"])
	}
	if q := questions[0]; q["active_seconds"] != "90.5" || q["original_active_seconds"] == "" || q["over_under_target_seconds"] != "-239.5" {
		t.Errorf("the adjusted question is %v", q)
	}
	if got := questions[1]["task_id"]; got != "'=cmd|1" {
		t.Errorf("a task is written %q", got)
	}

	page := b.visit(t, "/dashboard/reports"+only).expect(t, http.StatusOK, "Saturday, 31 January 2026", "Days in ")
	if page.find("id", "total-questions") != fmt.Sprint(day["total_questions"]) || page.find("id", "total-active") != day["total_active_mmss"] ||
		page.find("id", "average") != day["avg_active_mmss"] || page.find("id", "score") != fmt.Sprint(day["daily_score"]) {
		t.Errorf("the page has %s, the JSON %v", page.text(), day)
	}
	if row := page.find("data-row", "2026-01-31"); !strings.Contains(row, day["avg_active_mmss"].(string)) {
		t.Errorf("the row of the day is %q", row)
	}
}

// The page of every preset names its days, and links to the files of these days.
func TestReportsPage(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := workedPerson(t, c)
	c.must(t, http.StatusOK, ask{
		method: "PATCH", path: "/me", bearer: b.token(), body: `{"reporting_timezone":"America/Los_Angeles","week_start":"sunday","timezone":"Europe/Berlin"}`,
	})
	page := b.visit(t, "/dashboard/reports").expect(t, http.StatusOK, "25 January – 31 January 2026", "Days in America/Los_Angeles")
	for label, want := range map[string]string{
		"Today": "?from=2026-01-31&to=2026-01-31", "This week": "?from=2026-01-25&to=2026-01-31&zone=weeks",
		"Last week": "?from=2026-01-18&to=2026-01-24&zone=weeks", "This month": "?from=2026-01-01&to=2026-01-31",
		"Last month": "?from=2025-12-01&to=2025-12-31",
	} {
		if got := page.find("href", "/dashboard/reports"+want); got != label {
			t.Errorf("the link to %s says %q, want %s", want, got, label)
		}
		preset := b.visit(t, "/dashboard/reports"+want).expect(t, http.StatusOK)
		if got := preset.find("aria-current", "true"); got != label {
			t.Errorf("%s: %q is marked as chosen", label, got)
		}
		for file, words := range map[string]string{"days": "Days (CSV)", "questions": "Questions (CSV)"} {
			address := "/reports/" + file + ".csv" + want
			if got := preset.find("href", address); got != words {
				t.Errorf("%s: the link to %s says %q", label, address, got)
			}
			b.table(t, address)
		}
	}
	b.visit(t, "/dashboard/reports?from=2026-01-01&to=2026-01-31").expect(t, http.StatusOK, "By week", "Sun 25 Jan – Sat 31 Jan")
	b.visit(t, "/dashboard/reports?from=2025-02-01&to=2026-01-31").expect(t, http.StatusOK, "Average per question by week")
	b.visit(t, "/dashboard/week").expect(t, http.StatusOK, "Your pay week: Sunday to Saturday, in America/Los_Angeles", "Average per question by day")
	b.visit(t, "/dashboard/month").expect(t, http.StatusOK, "Average per question by day")
	b.visit(t, "/profile").expect(t, http.StatusOK, "Download everything (JSON)")
}

// A range that makes no sense is answered with a 400 that names the field.
func TestBadRanges(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	for _, bad := range []struct{ query, field string }{
		{"?from=2026-02-30&to=2026-03-01", "from"},
		{"?from=&to=2026-03-01", "from"},
		{"?from=2026-03-01", "to"},
		{"?from=2026-03-01&to=yesterday", "to"},
		{"?from=2026-03-02&to=2026-03-01", "to"},
		{"?from=2025-01-01&to=2026-01-02", "to"},
		{"?from=1998-12-31&to=1999-01-01", "from"},
		{"?to=2026-03-01", "from"},
	} {
		page := b.visit(t, "/dashboard/reports"+bad.query).expect(t, http.StatusBadRequest)
		if page.find("id", bad.field+"-problem") == "" {
			t.Errorf("%s: nothing is said of %s: %s", bad.query, bad.field, page.text())
		}
		for _, path := range []string{"/reports/days.csv", "/reports/questions.csv"} {
			w := c.must(t, http.StatusBadRequest, ask{method: "GET", path: path + bad.query, bearer: b.token()})
			if !strings.HasPrefix(decoded[struct{ Detail string }](t, w).Detail, bad.field+": ") {
				t.Errorf("%s%s: %s", path, bad.query, w.Body)
			}
		}
	}
	for _, path := range []string{"/reports/daily.csv?date=x", "/reports/weekly.csv?week_start=2026-13-01"} {
		c.must(t, http.StatusBadRequest, ask{method: "GET", path: path, bearer: b.token()})
	}
	b.visit(t, "/dashboard/reports?from=2025-01-01&to=2026-01-01").expect(t, http.StatusOK) // 366 days
}
