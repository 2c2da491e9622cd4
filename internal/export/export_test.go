package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/export"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

var update = flag.Bool("update", false, "write the golden files again")

func at(t testing.TB, text string) timeline.Instant {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return timeline.InstantOf(parsed)
}

// berlin changes its clocks on 2026-03-29 and 2026-10-25.
func berlin(t testing.TB) report.Calendar {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return report.Calendar{Zone: zone}
}

// night returns a session across midnight and across the hour that comes twice.
func night(t testing.TB) report.SessionLog {
	t.Helper()
	log := report.SessionLog{SessionInfo: report.SessionInfo{
		ID: "night", StartedAt: at(t, "2026-10-24T21:50:00Z"), EndedAt: at(t, "2026-10-25T01:40:00Z"), Target: 330 * timeline.Second, QuestionCount: 4,
	}}
	for i, q := range []struct{ from, to string }{
		{"2026-10-24T21:50:00Z", "2026-10-24T21:55:30.5Z"},
		{"2026-10-24T21:55:30.5Z", "2026-10-24T22:05:00Z"},
		{"2026-10-25T00:30:00Z", "2026-10-25T00:31:00.000001Z"},
		{"2026-10-25T01:30:00Z", "2026-10-25T01:40:00Z"},
	} {
		log.Questions = append(log.Questions, timeline.Question{
			ID: strconv.Itoa(i), Seq: int64(i + 1), StartedAt: at(t, q.from), EndedAt: at(t, q.to),
		})
	}
	log.Questions[1].Outcome, log.Questions[2].Outcome = timeline.Submitted, timeline.Expired
	log.Questions[1].Task.Count = 3
	log.Questions[3].Paused = 30 * timeline.Second
	log.Questions[3].Adjustment = timeline.Adjustment{Set: true, Active: timeline.Minute}
	return log
}

// hostileTasks are texts that a spreadsheet must not run, or take apart.
var hostileTasks = []timeline.Task{
	{ID: `=cmd|' /C calc'!A0`, Type: "+1+1", AETText: "-2+3"},
	{ID: "@SUM(1)", Type: "\t=1", AETText: "\r=1"},
	{ID: ` "=1`, Type: "a,=1", AETText: "a;=1"},
	{ID: "a\n=1", Type: "＝1", AETText: "a|+1"},
	{ID: `say "hi", Ann`, Type: "Needs Met", AETText: "5 – 7 min", AETLow: 5 * timeline.Minute, AETHigh: 7 * timeline.Minute},
	{ID: "a=b-c+d@e", Type: "x - y", AETText: "'=1"},
}

func hostile(t testing.TB) report.SessionLog {
	t.Helper()
	log := report.SessionLog{SessionInfo: report.SessionInfo{ID: "hostile", StartedAt: at(t, "2026-01-31T12:00:00Z"), Target: 330 * timeline.Second}}
	for i, task := range hostileTasks {
		start := log.StartedAt.Add(timeline.Micros(i) * timeline.Minute)
		log.Questions = append(log.Questions, timeline.Question{ID: strconv.Itoa(i), Seq: int64(i + 1), StartedAt: start, EndedAt: start.Add(timeline.Minute), Task: task})
	}
	return log
}

func all(logs ...report.SessionLog) iter.Seq2[export.Question, error] {
	return func(yield func(export.Question, error) bool) {
		for _, log := range logs {
			for _, q := range report.SummarizeSession(log).Questions {
				if !yield(export.Question{SessionID: log.ID, Question: q}, nil) {
					return
				}
			}
		}
	}
}

func TestGolden(t *testing.T) {
	monday := report.Date{Year: 2026, Month: time.October, Day: 19}
	week := report.SummarizePeriod(report.WeekOf(monday, time.Monday), berlin(t), []report.SessionLog{night(t)})
	nothing := report.SummarizePeriod(report.WeekOf(monday, time.Monday), berlin(t), nil)
	for name, write := range map[string]func(io.Writer) error{
		"day.csv":             func(w io.Writer) error { return export.Days(w, week.Days[6:]) },
		"week.csv":            func(w io.Writer) error { return export.Week(w, week) },
		"week_empty.csv":      func(w io.Writer) error { return export.Week(w, nothing) },
		"questions.csv":       func(w io.Writer) error { return export.Questions(w, all(night(t), hostile(t))) },
		"questions_empty.csv": func(w io.Writer) error { return export.Questions(w, all()) },
		"everything.json":     func(w io.Writer) error { return export.Archive(w, at(t, "2026-02-01T08:00:00Z"), profile(t), logs(t)) },
		"everything_empty.json": func(w io.Writer) error {
			return export.Archive(w, at(t, "2026-02-01T08:00:00Z"), export.Profile{Email: "ann@example.org", Timezone: "UTC", DayStart: "00:00", WeekStart: "monday"}, none)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatal(err)
			}
			golden(t, name, out.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func rowsOf(t interface{ Fatal(...any) }, text []byte) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// No cell of typed text begins a formula, wherever a program splits lines, and our own
// numbers stay numbers.
func TestNothingRuns(t *testing.T) {
	var out bytes.Buffer
	if err := export.Questions(&out, all(hostile(t))); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, out.Bytes())
	if len(rows) != len(hostileTasks)+1 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows[1:] {
		for _, column := range []int{9, 10, 13} {
			for cell := range strings.FieldsFuncSeq(row[column], func(c rune) bool { return strings.ContainsRune(",;|\n\r\t", c) }) {
				if cell = strings.TrimLeft(cell, ` "`); cell != "" && strings.ContainsAny(cell[:1], "=+-@") || strings.HasPrefix(cell, "＝") {
					t.Errorf("%q begins a formula in %q", cell, row[column])
				}
			}
		}
		if over, err := strconv.ParseFloat(row[8], 64); err != nil || over >= 0 {
			t.Errorf("over_under %q is not a negative number", row[8])
		}
	}
	last := rows[len(rows)-1]
	if last[9] != "a=b-c+d@e" || last[10] != "x - y" {
		t.Errorf("harmless texts are changed to %q", last[9:11])
	}
}

// A file of days parses back to the numbers that it was made of.
func TestDaysParseBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dates := report.DateRange{From: report.Date{Year: 2026, Month: time.March, Day: 27}, Days: 5}
		var logs []report.SessionLog
		start := timeline.InstantOf(time.Date(2026, 3, 26, 20, 0, 0, 0, time.UTC))
		for i, lengths := range rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, 3e9), 0, 20), 0, 12).Draw(t, "sessions") {
			log := report.SessionLog{SessionInfo: report.SessionInfo{ID: strconv.Itoa(i), StartedAt: start, Target: timeline.Minute}}
			for j, length := range lengths {
				end := start.Add(timeline.Micros(length))
				log.Questions = append(log.Questions, timeline.Question{Seq: int64(j), StartedAt: start, EndedAt: end, Paused: timeline.Micros(length / 3)})
				start = end
			}
			start = start.Add(7 * 60 * timeline.Minute)
			logs = append(logs, log)
		}
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		calendar := report.Calendar{Zone: zone, DayStart: rapid.IntRange(0, 6).Draw(t, "day start")}
		period := report.SummarizePeriod(dates, calendar, logs)
		var out bytes.Buffer
		if err := export.Week(&out, period); err != nil {
			t.Fatal(err)
		}
		rows := rowsOf(t, out.Bytes())
		if len(rows) != dates.Days+2 {
			t.Fatalf("%d rows", len(rows))
		}
		check := func(row []string, sessions int, totals report.Totals) {
			if row[1] != strconv.Itoa(sessions) || micros(t, row[2]) != totals.Active || micros(t, row[3]) != totals.Raw || row[4] != totals.Pace().Label {
				t.Errorf("row %q of %d sessions, %+v", row, sessions, totals)
			}
		}
		for i, day := range period.Days {
			check(rows[i+1], len(day.Sessions), day.Totals)
		}
		check(rows[len(rows)-1], period.SessionCount, period.Totals)
	})
}

// micros reads a cell of seconds.
func micros(t interface{ Fatal(...any) }, cell string) timeline.Micros {
	s, err := strconv.ParseFloat(cell, 64)
	if err != nil || strings.ContainsAny(cell, "eE") {
		t.Fatal("no plain number: ", cell)
	}
	return timeline.Micros(math.Round(s * float64(timeline.Second)))
}

// Lengths are exact, whatever their sign and size.
func TestSeconds(t *testing.T) {
	for m, want := range map[timeline.Micros]string{
		0: "0", 1: "0.000001", -1: "-0.000001", 330 * timeline.Second: "330", 330_500_000: "330.5", -90_000_000: "-90", 10 * timeline.Second: "10",
		math.MaxInt64: "9223372036854.775807", math.MinInt64: "-9223372036854.775808",
	} {
		got, err := json.Marshal(export.Seconds(m))
		if err != nil || string(got) != want {
			t.Errorf("%d µs is %s (%v), want %s", m, got, err, want)
		}
	}
}

var errBroken = errors.New("the database is gone")

// broken fails after a session.
func broken(t testing.TB) iter.Seq2[export.Question, error] {
	return func(yield func(export.Question, error) bool) {
		for q, err := range all(night(t)) {
			if !yield(q, err) {
				return
			}
		}
		yield(export.Question{}, errBroken)
	}
}

// closed is a client that is gone.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A source that fails and a client that is gone end the file with their error.
func TestFailures(t *testing.T) {
	if err := export.Questions(io.Discard, broken(t)); !errors.Is(err, errBroken) {
		t.Errorf("Questions: %v", err)
	}
	if err := export.Questions(closed{}, all(night(t))); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Questions to nobody: %v", err)
	}
	var out bytes.Buffer
	err := export.Archive(&out, 1, export.Profile{}, func(yield func(export.Log, error) bool) { yield(export.Log{}, errBroken) })
	if !errors.Is(err, errBroken) || json.Valid(out.Bytes()) {
		t.Errorf("Archive: %v, and %s", err, out.Bytes())
	}
	if err := export.Archive(closed{}, 1, export.Profile{}, none); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Archive to nobody: %v", err)
	}
}
