package web

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// timedWriter records its deadlines; its client may be gone.
type timedWriter struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
	err       error
}

func (w *timedWriter) SetWriteDeadline(at time.Time) error {
	w.deadlines = append(w.deadlines, at)
	return nil
}

func (w *timedWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	return w.ResponseRecorder.Write(p)
}

var errBroken = errors.New("the database is gone")

// A download ends differently depending on how much was sent and on who failed.
func TestStream(t *testing.T) {
	for _, c := range []struct {
		name      string
		pieces    int   // full ones, before the source ends
		err       error // the source's error
		gone      error // the error of writing to the client
		want      error
		wantCut   bool
		wantBegun bool
	}{
		{name: "short", wantBegun: true},
		{name: "long", pieces: 3, wantBegun: true},
		{name: "it fails at once", err: errBroken, want: errBroken},
		{name: "it fails when some is sent", pieces: 2, err: errBroken, wantCut: true, wantBegun: true},
		{name: "the client is gone", pieces: 2, gone: io.ErrClosedPipe, wantBegun: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
			limits := httpx.NewLimiters(httpx.Rates{}, nil, time.Now)
			f := &face{Options: Options{Site: &site.Site{Options: site.Options{Log: slog.New(slog.DiscardHandler), Limits: limits}}, Now: func() time.Time { clock = clock.Add(time.Minute); return clock }}}
			w := &timedWriter{ResponseRecorder: httptest.NewRecorder(), err: c.gone}
			var got error
			cut := panics(func() {
				got = f.stream(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), download{name: "x.csv", write: func(out io.Writer) error {
					for range c.pieces {
						if _, err := io.WriteString(out, strings.Repeat("x", pieceSize)); err != nil {
							return err
						}
					}
					if _, err := io.WriteString(out, "end"); err != nil {
						return err
					}
					return c.err
				}})
			})
			if !errors.Is(got, c.want) || cut != c.wantCut {
				t.Errorf("ends with %v and is cut: %t; want %v, %t", got, cut, c.want, c.wantCut)
			}
			if begun := w.Header().Get("Content-Disposition") != ""; begun != c.wantBegun {
				t.Errorf("has begun: %t, want %t", begun, c.wantBegun)
			}
			for i := 1; i < len(w.deadlines); i++ {
				if w.deadlines[i].Sub(w.deadlines[i-1]) != time.Minute {
					t.Errorf("the deadlines are %v: each piece has its own time", w.deadlines)
				}
			}
			if c.wantBegun && len(w.deadlines) == 0 {
				t.Error("no deadline was set")
			}
		})
	}
}

// panics reports whether do cuts the connection.
func panics(do func()) (cut bool) {
	defer func() { cut = recover() == http.ErrAbortHandler }()
	do()
	return false
}
