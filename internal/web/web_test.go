package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// A way that a login is told to go on to stays on this server.
func TestLocalPath(t *testing.T) {
	for text, local := range map[string]bool{
		"/": true, "/profile": true, "/dashboard/today?date=2026-01-31": true, "/a//b": true, "/a?next=https://evil.example": true,
		"": false, "profile": false, "//evil.example": false, "///evil.example": false, "////evil.example": false, `/\evil.example`: false, `\\evil.example`: false,
		"https://evil.example": false, "javascript:alert(1)": false, "/\t/evil.example": false, "/\n/evil.example": false,
		" /profile": false, "/%zz": false, "/x\x00": false, "/" + strings.Repeat("a", longestWay): false,
	} {
		want := "otherwise"
		if local {
			want = text
		}
		if got := localPath(text, "otherwise"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWantsPage(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/html-sandboxed": false, "text/plain": false,
		"text/html": true, "TEXT/HTML;q=0.9": true, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"application/json, text/html": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if accept != "" {
			r.Header.Set("Accept", accept)
		}
		if got := wantsPage(r); got != want {
			t.Errorf("%q: %t", accept, got)
		}
	}
}

// A template that fails sends nothing: the failure is answered instead.
func TestShowSendsWholePagesOnly(t *testing.T) {
	broken := errors.New("broken")
	w := httptest.NewRecorder()
	content := templ.Join(view.Landing(), templ.ComponentFunc(func(context.Context, io.Writer) error { return broken }))
	err := show(w, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, view.Frame{}, content)
	if !errors.Is(err, broken) || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("error %v, sent %q with %v", err, w.Body, w.Header())
	}
}

// Whoever asks for a page reads no JSON, and whoever does not gets it as it is.
func TestFailurePages(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 405, 413, 415, 429, 500, 503} {
		problem := httpx.NewProblem(status, "the <b>detail</b> of it")
		problem.Header = http.Header{"Retry-After": {"40"}}
		handler := FailurePages(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { httpx.WriteProblem(w, problem) }))
		for accept, media := range map[string]string{"text/html": "text/html; charset=utf-8", "*/*": "application/problem+json"} {
			r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
			r.Header.Set("Accept", accept)
			handler.ServeHTTP(w, r)
			if w.Code != status || w.Header().Get("Content-Type") != media || w.Header().Get("Retry-After") != "40" {
				t.Errorf("%d for %s: %d, %v", status, accept, w.Code, w.Header())
			}
			if accept == "text/html" && (strings.Contains(w.Body.String(), "<b>") || !strings.Contains(w.Body.String(), "<h1>")) {
				t.Errorf("%d: %s", status, w.Body)
			}
		}
	}
}

// Other answers pass through as they come.
func TestFailurePagesLeaveTheRest(t *testing.T) {
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.Header.Set("Accept", "text/html")
	FailurePages(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("one, "))
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte("two"))
	})).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != "one, two" || !w.Flushed {
		t.Errorf("%d %q, flushed: %t", w.Code, w.Body, w.Flushed)
	}
}

func TestSpan(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) timeline.Instant {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return timeline.InstantOf(moment)
	}
	start := at("2026-01-31T14:12:00Z")
	for _, test := range []struct {
		to   timeline.Instant
		want string
	}{
		{at("2026-01-31T15:38:59Z"), "09:12 – 10:38"},
		{at("2026-02-01T05:10:00Z"), "09:12 – 1 Feb 00:10"},
		{0, "09:12 – now"},
	} {
		if got := span(start, test.to, zone); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// "01:00" is an hour in a total of hours and a minute in one of minutes.
func TestClockOf(t *testing.T) {
	for d, want := range map[timeline.Micros]view.Clock{
		0:                             {Text: "00:00", Unit: "min"},
		60 * timeline.Second:          {Text: "01:00", Unit: "min"},
		3599 * timeline.Second:        {Text: "59:59", Unit: "min"},
		3599*timeline.Second + 500000: {Text: "01:00", Unit: "h"},
		3600 * timeline.Second:        {Text: "01:00", Unit: "h"},
	} {
		if got := clockOf(d); got != want {
			t.Errorf("%d: %v, want %v", d, got, want)
		}
	}
}

// Every label that the pace has is told by a colour too, and by none without questions.
func TestPaceOf(t *testing.T) {
	for percent, want := range map[int64]view.Pace{
		40: {Word: "Way too fast", Class: "fast", Score: 49}, 60: {Word: "Fast", Class: "fast", Score: 62},
		80: {Word: "Slightly fast", Class: "good", Score: 79}, 100: {Word: "On target", Class: "good", Score: 100},
		120: {Word: "A bit slow", Class: "slow", Score: 79}, 150: {Word: "Slow", Class: "over", Score: 55},
	} {
		if got := paceOf(report.PaceOf(timeline.Micros(percent), 100)); got != want {
			t.Errorf("%d %%: %v, want %v", percent, got, want)
		}
	}
	if got := paceOf(report.PaceOf(0, 0)); got != (view.Pace{Word: "No questions"}) {
		t.Errorf("without questions: %v", got)
	}
}

func TestRunningOf(t *testing.T) {
	const minute = timeline.Minute
	for _, test := range []struct {
		active      timeline.Micros
		class, left string
		seconds     int64
	}{
		{minute, "good", "04:00 left to the target", 60},
		{4 * minute, "slow", "01:00 left to the target", 240},
		{5 * minute, "slow", "00:00 left to the target", 300},
		{6 * minute, "over", "01:00 over the target", 300},
	} {
		m := runningOf(report.Running{Active: test.active, Target: 5 * minute}, time.UTC)
		if m.Class != test.class || m.Left != test.left || m.Seconds != test.seconds || m.Target != 300 || m.Active != fmt.Sprintf("%.3f", test.active.Seconds()) {
			t.Errorf("%d: %+v", test.active, m)
		}
	}
}

// The list to choose from has only names that the server knows.
func TestZoneNames(t *testing.T) {
	names := strings.Fields(zoneNames)
	if len(names) < 400 {
		t.Errorf("only %d", len(names))
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}

// A browser keeps a file for ever, because its address changes with it.
func TestFiles(t *testing.T) {
	mux, f := http.NewServeMux(), readFiles()
	f.register(mux)
	for name, media := range map[string]string{
		"app.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml", "app.js": "text/javascript; charset=utf-8",
	} {
		address := string(f[name].address)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != media || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
}

// Raw colours stand in :root and nowhere else, so that a theme is changed in one place.
func TestColoursAreTokens(t *testing.T) {
	_, rest, _ := strings.Cut(string(readFiles()["app.css"].content), "\n}\n") // the end of :root
	for line := range strings.Lines(rest) {
		_, value, _ := strings.Cut(line, ": ")
		if strings.Contains(value, "#") || strings.Contains(value, "rgb(") || strings.Contains(value, "hsl(") {
			t.Errorf("a raw colour: %s", line)
		}
	}
}
