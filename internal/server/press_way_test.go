package server

import (
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// pathOfAPress returns the functions between the socket and the queue, outermost first. The
// clock notes them when Tracker.RecordFrom reads it, just before it submits the press.
func pathOfAPress(t *testing.T) []string {
	t.Helper()
	var mu sync.Mutex
	var frames []string
	a, err := Open(t.Context(), Options{Settings: testSettings(t), Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		if caught := framesFrom("tracker.(*Tracker).RecordFrom"); caught != nil {
			mu.Lock()
			frames = caught
			mu.Unlock()
		}
		return time.Now()
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	url, stop := serveTest(t, a)
	post(t, url+"/events", raterOf(t, a, "ann@example.org"), `{"type":"NEXT"}`)
	if err := stop(); err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	return frames
}

// framesFrom returns the stack from the outermost function to the named one, or nil when
// the named one is not on it.
func framesFrom(name string) []string {
	var callers [100]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers[:])])
	var names []string
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, name) || names != nil {
			names = append(names, frame.Function)
		}
		if !more {
			break
		}
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return names
}

// Between the socket and the queue a press passes few functions of this module, and none of
// the router. docs/design.md names them: a new one needs a reason and a line there.
func TestWayOfAPress(t *testing.T) {
	const module = "github.com/raterhub-tracker/raterhub-tracker/internal/"
	var stops []string
	for _, f := range pathOfAPress(t) {
		if stop, ok := strings.CutPrefix(f, module); ok {
			stops = append(stops, stop)
		} else if !strings.HasPrefix(f, "net/http.") && f != "runtime.goexit" {
			t.Errorf("a press passes %s", f)
		}
	}
	// What guards every request, then the operation, and Record, which submits it.
	if len(stops) == 0 || len(stops) > 10 {
		t.Errorf("%d stops, want at most 10:\n%s", len(stops), strings.Join(stops, "\n"))
	}
}
