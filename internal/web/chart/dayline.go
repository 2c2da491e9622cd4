package chart

import (
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DayWork is the work that a day line shows.
type DayWork struct {
	report.Calendar // whose day this is
	Date            report.Date
	// Sessions may have questions on other days; those are skipped, unless they ran into
	// the day, as are sessions that have nothing on the day.
	Sessions []report.Session
	// OnlyBands says that the questions are too many to be drawn: Sessions are those of the day,
	// with their totals of the day and without questions.
	OnlyBands bool
	// Now is where the band of a running session ends; when it is 0, the band ends with
	// the last question.
	Now timeline.Instant
}

// DayLine draws the hours of a day that were worked: a band for each session, on it each
// question in the colour of its pace against its own target, and its pauses.
//
// Positions follow the time that really passed, so a day of 23 or 25 hours is shorter or
// longer accordingly, and clock times that occur twice are written twice. A report says how
// long a question was paused, but not when, so the pause is drawn at its end. A question
// over the border of the day is drawn on both days: see ranInto.
func DayLine(id string, layout Layout, work DayWork) Chart {
	day := newLine(work)
	f := frame{id: id, kind: "dayline", layout: layout, table: day.table()}
	width := 880.0
	if layout == Narrow {
		width = narrowWidth
	}
	if len(day.spans) == 0 {
		return f.empty(width, "No sessions on this day.")
	}
	f.summary = day.summary()
	if layout == Narrow {
		return day.down(f, width)
	}
	return day.across(f, width)
}

// across draws the line from left to right.
func (l *line) across(f frame, width float64) Chart {
	const margin, top, bottom = 18, 6, 50
	c := f.canvas(width, 74)
	x := func(at timeline.Instant) float64 { return margin + l.part(at)*(width-2*margin) }
	room := textWidth("00:00") + 4
	step := l.hourStep((width - 2*margin) / room)
	last := -width
	for _, at := range l.ticks {
		c.line("grid", x(at), top, x(at), bottom+4)
		if at.Time().In(l.Zone).Hour()%step == 0 && x(at)-last >= room {
			c.text("tick", x(at), 70, middle, l.clock(at))
			last = x(at)
		}
	}
	for _, s := range l.spans {
		c.rect("sess", box{x(s.from), top + 6, max(x(s.to), x(s.from)+2), bottom - 6}, 6, l.spanTitle(s))
		for _, q := range s.drawn() {
			l.question(c, q, x, func(from, to float64) box { return box{from, top + 10, to, bottom - 10} })
		}
	}
	return f.chart(c)
}

// down draws the line from top to bottom, with room for words beside it.
func (l *line) down(f frame, width float64) Chart {
	const margin, left, right = 10, 46, 96
	hours := float64(l.to.Since(l.from)) / float64(hour)
	height := 2*margin + max(hours*40, 80)
	c := f.canvas(width, height)
	y := func(at timeline.Instant) float64 { return margin + l.part(at)*(height-2*margin) }
	last := -height
	for _, at := range l.ticks {
		c.line("grid", left-6, y(at), right, y(at))
		if y(at)-last >= 14 {
			c.text("tick", left-10, y(at)+4, end, l.clock(at))
			last = y(at)
		}
	}
	last = -height
	for _, s := range l.spans {
		c.rect("sess", box{left, y(s.from), right, max(y(s.to), y(s.from)+2)}, 6, l.spanTitle(s))
		for _, q := range s.drawn() {
			l.question(c, q, y, func(from, to float64) box { return box{left + 4, from, right - 4, to} })
		}
		last = l.spanWords(c, s, box{right + 12, max(y(s.from)+4, last+16), width, height - 4})
	}
	return f.chart(c)
}

// spanWords writes beside a session when it was and what was done, and returns the lowest
// baseline. It leaves out words that have no room before the end of the drawing; the
// title has them.
func (l *line) spanWords(c *canvas, s span, area box) float64 {
	lowest := area.top - 16
	for i, words := range []string{
		l.clock(s.from) + " to " + l.endWords(s), l.workWords(s),
	} {
		y := area.top + 15*float64(i)
		if y > area.bottom {
			break
		}
		c.text([...]string{"num", "tick"}[i], area.left, y, start, words)
		lowest = y
	}
	return lowest
}

// workWords says beside a session what was done, or where it counts.
func (l *line) workWords(s span) string {
	if !s.isOwn {
		return l.countedOn(s.carried[0])
	}
	return count(s.totals.Questions, "question") + ", " + total(s.totals.Active)
}

// question draws the time worked and then the time paused. place returns a coordinate
// along the line, and shape the rectangle between two of them.
func (l *line) question(c *canvas, q report.Question, place func(timeline.Instant) float64, shape func(from, to float64) box) {
	const gap, thinnest = 0.8, 1
	worked := max(q.EndedAt.Add(-paused(q)), q.StartedAt)
	from, to := place(q.StartedAt), place(worked)
	class := "q " + ClassOf(paceOf(q))
	if l.ranInto(q) {
		class += " before"
	}
	c.rect(class, shape(from, max(from+thinnest, to-gap)), 2, l.questionTitle(q))
	if from, to := to, place(q.EndedAt); to-from > gap {
		c.rect("pause", shape(from, to-gap), 0, "Paused "+report.MMSS(paused(q)))
	}
}

func (l *line) questionTitle(q report.Question) string {
	text := fmt.Sprintf("%s to %s: %s, %s", l.moment(q.StartedAt), l.moment(q.EndedAt),
		report.MMSS(q.Active), paceOf(q).Label)
	if l.ranInto(q) {
		text += "; " + l.countedOn(q)
	}
	return text
}

func (l *line) spanTitle(s span) string {
	if !s.isOwn {
		return fmt.Sprintf("Session until %s: its question %s", l.endWords(s), l.countedOn(s.carried[0]))
	}
	return fmt.Sprintf("Session from %s to %s: %s, %s active", l.clock(s.from), l.endWords(s),
		count(s.totals.Questions, "question"), total(s.totals.Active))
}

func (l *line) endWords(s span) string {
	if s.isOwn && s.session.IsActive && s.to < l.to {
		return "now"
	}
	return l.clock(s.to)
}

func (l *line) summary() string {
	own := l.own()
	if len(own) == 0 {
		return "No question began on this day." + l.carriedWords()
	}
	last := own[0]
	for _, s := range own {
		if s.to > last.to {
			last = s
		}
	}
	pauses := ""
	if d := l.paused(); d > 0 && !l.OnlyBands {
		pauses = ", " + total(d) + " paused"
	}
	return fmt.Sprintf("%s with %s between %s and %s: %s active%s.",
		count(len(own), "session"), count(l.totals.Questions, "question"),
		l.clock(own[0].from), l.endWords(last), total(l.totals.Active), pauses) + l.carriedWords()
}

// paused returns how long a question was paused; 0 if a person set its active time to
// more than the time that passed.
func paused(q report.Question) timeline.Micros { return max(0, q.Raw-q.Active) }

func (l *line) paused() timeline.Micros {
	var sum timeline.Micros
	for _, s := range l.spans {
		for _, q := range s.questions {
			sum += paused(q)
		}
	}
	return sum
}

func (l *line) table() Table {
	t := Table{
		Caption: "The day as a line, " + dateWords(l.Date),
		Header:  []string{"Start", "End", "Active", "Paused", "Against the target", "Pace"},
	}
	for _, q := range l.carried() {
		t.Rows = append(t.Rows, l.carriedRow(q))
	}
	for _, s := range l.spans {
		for _, q := range s.questions {
			t.Rows = append(t.Rows, []string{
				l.moment(q.StartedAt), l.moment(q.EndedAt), report.MMSS(q.Active),
				report.MMSS(paused(q)), against(q.OverUnder()), paceOf(q).Label,
			})
		}
	}
	if len(t.Rows) > 0 {
		t.Total = []string{
			count(l.totals.Questions, "question"), "", total(l.totals.Active), total(l.paused()),
			against(l.totals.Active - l.totals.Expected), l.totals.Pace().Label,
		}
	}
	return t
}
