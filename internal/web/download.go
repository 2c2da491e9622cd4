package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

const (
	// stallTime is how long a client may take nothing of a download. Its whole time has
	// no limit: a long history on a slow line is no mistake.
	stallTime = 30 * time.Second
	// pieceSize is how much of a download is written at once.
	pieceSize = 64 << 10
	// downloadsAtOnce is of one user: a client that reads slowly may keep one for ever, and
	// with it the memory of a session, so the rate alone bounds nothing.
	downloadsAtOnce = 3
)

// registerDownloads adds the files to mux. They are routes of this face and not of the
// JSON face: they are for a person who saves them, they are streams, which may fail when
// the status has long been sent, and none of them is a JSON document with a schema
// (SPEC section 5 lists them beside it). A cookie and a bearer token open them alike.
func (f *face) registerDownloads(mux httpx.Mux) {
	mux.HandleFunc("GET /reports/daily.csv", f.Member(f.dailyCSV))
	mux.HandleFunc("GET /reports/weekly.csv", f.Member(f.weeklyCSV))
	mux.HandleFunc("GET /reports/days.csv", f.Member(f.daysCSV))
	mux.HandleFunc("GET /reports/questions.csv", f.Member(f.questionsCSV))
	mux.HandleFunc("GET /me/export", f.Member(f.archive))
}

// download is a file that is made while it is sent.
type download struct {
	name  string // of letters, digits, dots and hyphens
	media string
	of    string // for the security log: what, and of which days
	write func(io.Writer) error
}

func (d download) header() http.Header {
	return http.Header{
		"Content-Type":        {d.media},
		"Content-Disposition": {`attachment; filename="` + d.name + `"`},
	}
}

// send counts, notes and sends a download, or returns fault.Throttled. A HEAD asks for no
// file: it gets the headers, and counts for nothing.
func (f *face) send(w http.ResponseWriter, r *http.Request, v site.Visitor, d download) error {
	if r.Method == http.MethodHead {
		maps.Copy(w.Header(), d.header())
		return nil
	}
	if err := f.Limits.Exports.Take(r.Context(), httpx.UserKey(v.User.ID)); err != nil {
		return err
	}
	if !f.downloads.take(v.User.ID) {
		return &fault.Throttled{RetryAfter: stallTime}
	}
	defer f.downloads.leave(v.User.ID)
	f.Accounts.Note(r.Context(), account.DataExported, v.User.ID, f.By(r, v), d.of)
	return f.stream(w, r, d)
}

// stream sends a download piece by piece. What fails before the first piece is full is
// answered as a failure; after that the connection is cut, so that a part is not taken
// for the whole.
func (f *face) stream(w http.ResponseWriter, r *http.Request, d download) error {
	out := &piecewise{w: w, header: d.header(), control: http.NewResponseController(w), now: f.Now}
	buffer := bufio.NewWriterSize(out, pieceSize)
	err := d.write(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	switch {
	case err == nil || out.isGone:
		return nil
	case !out.hasBegun:
		return err
	}
	if !errors.Is(err, context.Canceled) {
		f.Log.ErrorContext(r.Context(), "download failed", "path", r.URL.Path, "error", err)
	}
	panic(http.ErrAbortHandler)
}

// piecewise sends the pieces of a download, and gives each of them its time.
type piecewise struct {
	w        http.ResponseWriter
	header   http.Header
	control  *http.ResponseController
	now      func() time.Time
	hasBegun bool
	isGone   bool // the client
}

func (p *piecewise) Write(piece []byte) (int, error) {
	if !p.hasBegun {
		p.hasBegun = true
		maps.Copy(p.w.Header(), p.header)
	}
	// A connection without deadlines needs none.
	if err := p.control.SetWriteDeadline(p.now().Add(stallTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		p.isGone = true
		return 0, err
	}
	n, err := p.w.Write(piece)
	p.isGone = p.isGone || err != nil
	return n, err
}
