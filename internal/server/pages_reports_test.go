package server

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// files are the downloads, with a query that they accept.
var files = map[string]string{
	"/reports/daily.csv": "", "/reports/weekly.csv": "?week_start=2026-01-26", "/reports/days.csv": "?from=2026-01-01&to=2026-01-31",
	"/reports/questions.csv": "?from=2026-01-01&to=2026-01-31", "/me/export": "",
}

// workedPerson has a day with two questions of an hour ago, one of them paused and the
// other adjusted and of a task with a hostile name.
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

func (b *browser) token() string { return b.cookies["access_token"] }

// table is a CSV file by the names of its columns.
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
	week := b.table(t, "/reports/weekly.csv?week_start=2026-01-28")
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

// What makes no sense is a 400 that names the field.
func TestBadRanges(t *testing.T) {
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	for _, bad := range []struct{ query, field string }{
		{"?from=2026-02-30&to=2026-03-01", "from"},
		{"?from=&to=2026-03-01", "from"},
		{"?from=2026-03-01", "to"},
		{"?from=2026-03-01&to=yesterday", "to"},
		{"?from=2026-03-02&to=2026-03-01", "to"},
		{"?from=2025-01-01&to=2026-01-02", "to"},
		{"?from=1999-12-31&to=2000-01-01", "from"},
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

// Every file is one to save, opens by cookie and by bearer, and is noted.
func TestDownloads(t *testing.T) {
	c := newChain(t, withoutLimits)
	b := workedPerson(t, c)
	for path, query := range files {
		for name, a := range map[string]ask{"cookie": {cookie: b.token()}, "bearer": {bearer: b.token()}} {
			a.method, a.path = "GET", path+query
			w := c.must(t, http.StatusOK, a)
			disposition := w.Header().Get("Content-Disposition")
			if file, ok := strings.CutPrefix(disposition, `attachment; filename="raterhub-`); !ok || strings.Trim(file, `abcdefghijklmnopqrstuvwxyz0123456789-.`) != `"` {
				t.Errorf("%s by %s: Content-Disposition %q", path, name, disposition)
			}
			if cache := w.Header().Get("Cache-Control"); !strings.Contains(cache, "no-store") {
				t.Errorf("%s: Cache-Control %q", path, cache)
			}
		}
	}
	id := int64(b.json(t, "/me")["id"].(float64))
	events, err := c.Accounts.SecurityEvents(t.Context(), id, 100)
	if err != nil {
		t.Fatal(err)
	}
	noted := map[string]int{}
	for _, e := range events {
		if e.Kind == "data exported" && e.ActorID == id {
			noted[e.Detail]++
		}
	}
	want := map[string]int{
		"daily.csv 2026-01-31": 2, "weekly.csv 2026-01-26 to 2026-02-01": 2, "days.csv 2026-01-01 to 2026-01-31": 2,
		"questions.csv 2026-01-01 to 2026-01-31": 2, "everything": 2,
	}
	if diff := cmp.Diff(want, noted); diff != "" {
		t.Errorf("the security log (-want +got):\n%s", diff)
	}
	// Ten a minute of all files together.
	expectWait(t, c.answer(t, ask{method: "GET", path: "/me/export", cookie: b.token()}), 60)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/reports/daily.csv", bearer: c.register(t, "bob@example.org").token()})
	c.clock.advance(time.Minute)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", cookie: b.token()})
}

// archive is what a reader of the JSON sees.
type archive struct {
	Format   string
	Version  int
	Profile  map[string]any
	Sessions []struct {
		ID        string         `json:"session_id"`
		Entries   []archiveEntry `json:"entries"`
		Questions []struct {
			ID        string    `json:"id"`
			StartedAt time.Time `json:"started_at"`
			EndedAt   time.Time `json:"ended_at"`
			Active    float64   `json:"active_seconds"`
			Target    float64   `json:"target_seconds"`
		} `json:"questions"`
	}
}

type archiveEntry struct {
	ID       string    `json:"id"`
	Seq      int64     `json:"seq"`
	Type     string    `json:"type"`
	At       time.Time `json:"timestamp"`
	Paused   *bool     `json:"paused"`
	TaskID   string    `json:"task_id"`
	High     float64   `json:"aet_high_seconds"`
	Target   float64   `json:"target_seconds"`
	Question string    `json:"question_id"`
	Adjusted *float64  `json:"adjusted_active_seconds"`
}

func micros(seconds float64) timeline.Micros { return timeline.Micros(math.Round(seconds * 1e6)) }

func (e archiveEntry) event() timeline.Event {
	event := timeline.Event{
		ID: e.ID, Seq: e.Seq, Type: timeline.Type(e.Type), At: timeline.InstantOf(e.At), WantPaused: e.Paused,
		Task: timeline.Task{ID: e.TaskID, AETHigh: micros(e.High)}, Target: micros(e.Target), QuestionID: e.Question,
	}
	if e.Adjusted != nil {
		event.Adjustment = timeline.Adjustment{Set: true, Active: micros(*e.Adjusted)}
	}
	return event
}

// The entries of an archive give its questions again, and those of the summary: it can
// be taken elsewhere. It has nothing that logs anybody in, and nothing of others.
func TestArchive(t *testing.T) {
	c := newChain(t, withoutLimits)
	other := c.newPerson(t)
	b := workedPerson(t, c)
	w := c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", cookie: b.token()})
	for name, secret := range map[string]string{
		"another's session": other.ids["session_id"], "another's question": other.ids["question_id"], "another's address": other.email,
		"a hash": "$argon2id$", "a token": b.token(), "a password": "password",
	} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("it has %s", name)
		}
	}
	a := decoded[archive](t, w)
	if a.Format != "raterhub-tracker-export" || a.Version != 1 || a.Profile["email"] != "ann@example.org" || len(a.Sessions) != 1 {
		t.Fatalf("%s", w.Body)
	}
	for _, session := range a.Sessions {
		var log []timeline.Event
		for _, e := range session.Entries {
			log = append(log, e.event())
		}
		folded := timeline.Fold(log)
		summary := b.json(t, "/summary/"+session.ID)["questions"].([]any)
		if len(folded.Visible()) != len(session.Questions) || len(summary) != len(session.Questions) || len(summary) < 2 {
			t.Fatalf("%d questions folded, %d in the file, %d in the summary", len(folded.Visible()), len(session.Questions), len(summary))
		}
		for i, q := range folded.Visible() {
			file, shown := session.Questions[i], summary[i].(map[string]any)
			if q.ID != file.ID || q.StartedAt != timeline.InstantOf(file.StartedAt) || q.EndedAt != timeline.InstantOf(file.EndedAt) ||
				q.Active() != micros(file.Active) || q.Target(folded.Target) != micros(file.Target) {
				t.Errorf("question %d is %+v in the file and folds to %+v", i+1, file, q)
			}
			if shown["id"] != file.ID || shown["active_seconds"] != file.Active {
				t.Errorf("question %d is %+v in the file and %v in the summary", i+1, file, shown)
			}
		}
	}
}

// A deleted session is part of one's data, and says so.
func TestArchiveOfDeletions(t *testing.T) {
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	c.must(t, http.StatusOK, ask{method: "DELETE", path: "/sessions/" + p.ids["session_id"], bearer: p.token})
	a := decoded[struct {
		Sessions []struct {
			ID        string `json:"session_id"`
			IsDeleted bool   `json:"is_deleted"`
			Questions []any
		}
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: p.token}))
	if len(a.Sessions) != 1 || !a.Sessions[0].IsDeleted || len(a.Sessions[0].Questions) != 0 {
		t.Errorf("%+v", a)
	}
}

// Each entry keeps its three times: of the server, and both of the client's clock.
func TestArchiveKeepsTimes(t *testing.T) {
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	c.clock.advance(time.Hour)
	c.must(t, http.StatusOK, ask{
		method: "POST", path: "/events", bearer: p.token, body: `{"type":"NEXT","timestamp":"2026-01-31T13:09:00Z","sent_at":"2026-01-31T13:10:00Z"}`,
	})
	a := decoded[struct {
		Sessions []struct {
			Entries []map[string]any `json:"entries"`
		} `json:"sessions"`
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me/export", bearer: p.token}))
	entries := a.Sessions[0].Entries
	newest := entries[len(entries)-1]
	for name, want := range map[string]string{
		"timestamp": "2026-01-31T12:59:00Z", "received_at": "2026-01-31T13:00:00Z",
		"client_timestamp": "2026-01-31T13:09:00Z", "sent_at": "2026-01-31T13:10:00Z",
	} {
		if newest[name] != want {
			t.Errorf("%s is %v, want %s", name, newest[name], want)
		}
	}
}

// goneAfter is a client that takes some bytes and is gone.
type goneAfter struct {
	*httptest.ResponseRecorder
	left int
}

var errGone = errors.New("the client is gone")

func (g *goneAfter) Write(p []byte) (int, error) {
	if g.left -= len(p); g.left < 0 {
		return 0, errGone
	}
	return g.ResponseRecorder.Write(p)
}

// Who goes away stops the download.
func TestInterruptedDownload(t *testing.T) {
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	var events strings.Builder
	for range 499 {
		events.WriteString(`,{"type":"NEXT"}`)
	}
	for range 4 {
		c.must(t, http.StatusOK, ask{method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[{"type":"NEXT"}` + events.String() + `]}`})
	}
	request := func(w http.ResponseWriter) (panicked any) {
		defer func() { panicked = recover() }()
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/me/export", nil)
		r.Host = chainHost
		r.Header.Set("Authorization", "Bearer "+p.token)
		c.handler.ServeHTTP(w, r)
		return nil
	}
	whole := httptest.NewRecorder()
	if request(whole) != nil || whole.Body.Len() < 500_000 {
		t.Fatalf("%d bytes", whole.Body.Len())
	}
	gone := &goneAfter{ResponseRecorder: httptest.NewRecorder(), left: 200_000}
	if panicked := request(gone); panicked != nil || gone.Body.Len() > 200_000 {
		t.Errorf("a client that is gone: %v, %d bytes", panicked, gone.Body.Len())
	}
}
