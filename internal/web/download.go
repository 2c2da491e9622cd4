package web

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

const (
	// stallTime is how long a client may read nothing of a download. The download as a
	// whole has no time limit, because a long history on a slow line takes long.
	stallTime = 30 * time.Second
	// pieceSize is how many bytes are written at once.
	pieceSize = 64 << 10
	// downloadsAtOnce is per user. A client that reads slowly keeps a download open, and
	// with it the memory of a session, so a rate limit alone would not bound the memory.
	downloadsAtOnce = 3
)

// registerDownloads adds the files. They are part of this face and not of the JSON face,
// because they are streams for a person to save: they may fail after the status was sent,
// and they have no JSON schema. A cookie and a bearer token open them alike.
func (f *face) registerDownloads(mux httpx.Mux) {
	mux.HandleFunc("GET /reports/daily.csv", f.Member(f.dailyCSV))
	mux.HandleFunc("GET /reports/weekly.csv", f.Member(f.weeklyCSV))
	mux.HandleFunc("GET /reports/days.csv", f.Member(f.daysCSV))
	mux.HandleFunc("GET /reports/questions.csv", f.Member(f.questionsCSV))
	mux.HandleFunc("GET /me/export", f.Member(f.archive))
}

// download is a file that is produced while it is sent.
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

// send counts a download, notes it in the security log and sends it. It returns a
// *fault.Throttled after too many. HEAD gets the headers alone and counts for nothing.
func (f *face) send(w http.ResponseWriter, r *http.Request, v site.Visitor, d download) error {
	if r.Method == http.MethodHead {
		maps.Copy(w.Header(), d.header())
		return nil
	}
	if err := f.Limits.Exports.Take(r.Context(), httpx.UserKey(v.User.ID)); err != nil {
		return err
	}
	giveBack, err := f.downloads.Take(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	defer giveBack()
	f.Accounts.Note(r.Context(), account.DataExported, v.User.ID, f.By(r, v), d.of)
	return f.stream(w, r, d)
}

// stream sends a download piece by piece. A failure before the first piece is full is
// answered as a failure. A later failure cuts the connection, so that the client does not
// mistake a part for the whole.
func (f *face) stream(w http.ResponseWriter, r *http.Request, d download) error {
	turn, err := f.Limits.Reads.Long.Take(r.Context())
	if err != nil {
		return err
	}
	out := &piecewise{
		w: w, header: d.header(), control: http.NewResponseController(w), now: f.Now,
		ctx: r.Context(), turns: f.Limits.Reads.Long, giveBack: turn,
	}
	defer func() { out.giveBack() }()
	buffer := bufio.NewWriterSize(out, pieceSize)
	err = d.write(buffer)
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

// piecewise writes the pieces of a download, each with a deadline of its own. It has the turn of
// a long read, and gives it to others while it waits for the client.
type piecewise struct {
	w        http.ResponseWriter
	header   http.Header
	control  *http.ResponseController
	now      func() time.Time
	hasBegun bool
	isGone   bool // the client
	ctx      context.Context
	turns    *httpx.LongReads
	giveBack func()
}

func (p *piecewise) Write(piece []byte) (int, error) {
	if !p.hasBegun {
		p.hasBegun = true
		maps.Copy(p.w.Header(), p.header)
	}
	// A connection without deadlines is fine.
	if err := p.control.SetWriteDeadline(p.now().Add(stallTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		p.isGone = true
		return 0, err
	}
	p.giveBack()
	n, err := p.w.Write(piece)
	turn, waited := p.turns.Take(p.ctx)
	if p.giveBack = turn; waited != nil {
		p.giveBack = func() {}
		err = cmp.Or(err, waited)
	}
	p.isGone = p.isGone || err != nil
	return n, err
}
