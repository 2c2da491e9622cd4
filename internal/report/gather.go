package report

import (
	"cmp"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Which sessions of its days a Period lists, besides the number of a page.
const (
	noSessions  = 0
	allSessions = -1
)

// Gathering makes a Period of questions as they are read, so that none needs to be kept.
// The days come in windows, one after the other.
type Gathering struct {
	period Period
	page   int
	// open are the sessions that may be on a day after the windows so far.
	open map[string]openSession
}

type openSession struct {
	day     int // index of the latest day that the session is on
	endedAt timeline.Instant
}

// Gather begins the summary of a run of days of a calendar. Its days list the sessions of a
// page, from 1, of SessionsPerPage each; 0 lists none.
func Gather(dates DateRange, calendar Calendar, page int) *Gathering {
	g := &Gathering{
		period: Period{Calendar: calendar, Dates: dates, Days: make([]Day, dates.Days)},
		page:   page, open: map[string]openSession{},
	}
	for i := range g.period.Days {
		g.period.Days[i] = newDay(dates.From.AddDays(i), calendar)
	}
	return g
}

// Period returns the summary once all windows are closed.
func (g *Gathering) Period() Period {
	p := g.period
	for _, day := range p.Days {
		p.Totals = p.Totals.Plus(day.Totals)
		p.SessionCount += day.SessionCount - len(day.Continued)
	}
	return p
}

// Window is a run of days that is being gathered.
type Window struct {
	*Gathering
	first, days int // of period.Days
	end         timeline.Instant
	sessions    []windowSession
}

// windowSession is a session with the latest day of the window that it is on.
type windowSession struct {
	info       SessionInfo
	day, place int // of period.Days and of its Sessions; day is -1 before the first
}

// Window begins the next days of the period.
func (g *Gathering) Window(dates DateRange) *Window {
	_, end := dates.Cover(g.period.Calendar)
	return &Window{Gathering: g, first: dates.From.DaysSince(g.period.Dates.From), days: dates.Days, end: end}
}

// Session adds a session, and returns its number for Question. One that has no question at all
// is on the day on which it began.
func (w *Window) Session(info SessionInfo, isEmpty bool) (number int) {
	w.sessions = append(w.sessions, windowSession{info: info, day: -1})
	number = len(w.sessions) - 1
	if isEmpty {
		w.add(number, info.StartedAt, Totals{})
	}
	return number
}

// Question adds a question of a session. Those of one session come in the order in which they
// started. One that counts on no day of the window changes nothing; it reports whether the
// question counts.
func (w *Window) Question(number int, q timeline.Question) bool {
	return q.Counts() && w.add(number, q.StartedAt, totalsOf(q, w.sessions[number].info.Target))
}

func (w *Window) add(number int, startedAt timeline.Instant, t Totals) bool {
	date, hour := w.period.locate(startedAt)
	i := date.DaysSince(w.period.Dates.From)
	if i < w.first || i >= w.first+w.days {
		return false
	}
	s, day := &w.sessions[number], &w.period.Days[i]
	if s.day != i {
		w.note(s, i)
		s.day, s.place = i, len(day.Sessions)
		day.Sessions = append(day.Sessions, SessionDay{SessionInfo: s.info})
	}
	session := &day.Sessions[s.place]
	session.Totals = session.Totals.Plus(t)
	day.Hours[hour].Totals = day.Hours[hour].Totals.Plus(t)
	day.Totals = day.Totals.Plus(t)
	return true
}

// note keeps on which day before a session was, if it was on one.
func (w *Window) note(s *windowSession, day int) {
	before := s.day
	if known, ok := w.open[s.info.ID]; ok && before < 0 {
		before = known.day
	}
	if before >= 0 {
		w.period.Days[day].Continued = append(w.period.Days[day].Continued, w.period.Days[before].Date)
	}
}

// Close ends the window: its days keep the sessions that they list.
func (w *Window) Close() {
	for i := w.first; i < w.first+w.days; i++ {
		w.period.Days[i].list(w.page)
	}
	for _, s := range w.sessions {
		if s.day >= 0 {
			w.open[s.info.ID] = openSession{s.day, s.info.EndedAt}
		}
	}
	for id, s := range w.open {
		if s.endedAt != 0 && s.endedAt < w.end {
			delete(w.open, id)
		}
	}
}

// list counts the sessions of a day, and keeps those of a page in order.
func (d *Day) list(page int) {
	slices.SortFunc(d.Sessions, func(a, b SessionDay) int {
		return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	d.SessionCount, d.Page = len(d.Sessions), min(max(page, 1), pagesOf(len(d.Sessions), SessionsPerPage))
	switch page {
	case allSessions:
	case noSessions:
		d.Sessions = nil
	default:
		from := (d.Page - 1) * SessionsPerPage
		d.Sessions = slices.Clone(d.Sessions[from:min(from+SessionsPerPage, len(d.Sessions))])
	}
}
