package history

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// linesPerPage is how many lines of a log a page shows.
const linesPerPage = report.QuestionsPerPage

// LogAddress returns the address of the page of a session that shows its log.
func LogAddress(session string) string { return logPageAddress(session, 1) }

func logPageAddress(session string, page int) string {
	query := url.Values{"log": {"show"}}
	if page > 1 {
		query.Set("log_page", strconv.Itoa(page))
	}
	return sessionAddress(session) + "?" + query.Encode()
}

// Log returns the log of a session if its page was asked to show it, or else the way to it.
func (p *Pages) Log(r *http.Request, v site.Visitor, session string, zone *time.Location) (*view.Log, error) {
	m := &view.Log{Address: LogAddress(session)}
	if r.URL.Query().Get("log") != "show" {
		return m, nil
	}
	page, err := httpx.PageNumber(r.URL.Query().Get("log_page"))
	if err != nil {
		return nil, err
	}
	m.IsShown = true
	h, err := p.Tracker.History(r.Context(), p.Rater(v.User), session)
	if errors.Is(err, tracker.ErrSessionTooLong) {
		m.Problem = words.Sentence(words.Capital(err.Error()))
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	showPage(m, h, page, zone)
	return m, nil
}

// showPage fills in one page of a log.
func showPage(m *view.Log, h tracker.History, page int, zone *time.Location) {
	lines := linesOf(h, zone)
	pages := max(1, (len(lines)+linesPerPage-1)/linesPerPage)
	page = min(page, pages)
	first := (page - 1) * linesPerPage
	shown := lines[first:min(first+linesPerPage, len(lines))]
	session := h.Session.ID
	m.Next = logPageAddress(session, page)
	m.AddTo = sessionAddress(session) + "/presses/new"
	m.Add = view.PressFields{Types: pressTypes(""), Time: &view.TimeField{Field: view.Field{Value: wallOf(lastPress(h.Steps), zone)}}}
	m.Listed.Address = m.Next
	for i := range shown {
		shown[i].lead(session, m.Next)
		m.Lines = append(m.Lines, shown[i].LogLine)
	}
	if pages == 1 {
		return
	}
	m.Listed.Text = fmt.Sprintf("Lines %d to %d of %d", first+1, first+len(shown), len(lines))
	if page > 1 {
		m.Listed.Previous = logPageAddress(session, page-1) + "#log"
	}
	if page < pages {
		m.Listed.Next = logPageAddress(session, page+1) + "#log"
	}
}

// lastPress returns when the last press counts.
func lastPress(steps []timeline.Step) (at timeline.Instant) {
	for _, s := range steps {
		if s.Type.IsPress() && !s.Removed {
			at = s.CountsAt
		}
	}
	return at
}

// line is a line of a log with the press that it is about; "" for none.
type line struct {
	view.LogLine
	press string
}

// lead fills in where the line's links and forms lead.
func (l *line) lead(session, next string) {
	if l.press == "" {
		return
	}
	of := subject{session, l.press}
	l.Anchor, l.Next = "press-"+l.press, next
	if l.IsRemoved {
		l.Restore = pressAddress(of, "restore")
		return
	}
	l.Move, l.Remove = withNext(pressAddress(of, "move"), next), withNext(pressAddress(of, "remove"), next)
}

// linesOf returns a line for each press, with its corrections beside it, and one for each
// correction of the whole session.
func linesOf(h tracker.History, zone *time.Location) []line {
	r := newReader(h, zone)
	place := map[string]int{} // of the line of a press
	var lines []line
	for i, s := range h.Steps {
		if s.Type.IsPress() {
			place[s.ID] = len(lines)
			lines = append(lines, line{press: s.ID, LogLine: r.press(i)})
		}
	}
	for _, s := range h.Steps {
		if i, ok := place[corrects(s.Event)]; ok && !s.Type.IsPress() {
			lines[i].Notes = append(lines[i].Notes, r.seconds.At(s.At)+" "+r.correction(s.Event))
		}
	}
	return r.withOthers(lines, place)
}

// withOthers adds the lines of corrections that concern no press.
func (r *reader) withOthers(presses []line, place map[string]int) []line {
	lines := make([]line, 0, len(presses))
	for _, s := range r.steps {
		if s.Type.IsPress() {
			lines = append(lines, presses[place[s.ID]])
		} else if _, ok := place[corrects(s.Event)]; !ok {
			text := words.Capital(r.correction(s.Event))
			lines = append(lines, line{LogLine: view.LogLine{Time: r.seconds.At(s.At), Text: text}})
		}
	}
	return lines
}

// corrects returns the press that a correction concerns: a question has the ID of the press
// that closed it.
func corrects(e timeline.Event) string { return e.QuestionID + e.PressID }
