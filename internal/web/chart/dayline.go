package chart

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DayWork is what a day line shows.
type DayWork struct {
	Date report.Date
	Zone *time.Location // whose day this is
	// Sessions may have questions on other days as well; those are passed over, as
	// are sessions that have nothing to do with the day.
	Sessions []report.Session
	// Now is where the band of a session that still runs ends. When 0, it ends with
	// its last question.
	Now timeline.Instant
}

// DayLine draws a day: a band for each session, on it the questions in the colour
// of their pace, each against its own target, and how long they were paused. It
// shows the hours that were worked.
//
// Places follow the time that really passed, so a day of 23 or 25 hours is as
// much shorter or longer, and clock times that come twice are written twice. A
// question knows how long it was paused and not when; its pause is drawn at its
// end.
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

// line is the part of a day that is drawn.
type line struct {
	DayWork
	from, to timeline.Instant // what is shown
	ticks    []timeline.Instant
	spans    []span
	totals   report.Totals
}

// span is the part of a session that belongs to the day.
type span struct {
	from, to  timeline.Instant
	session   report.Session
	questions []report.Question // those that started on the day
	totals    report.Totals
}

func newLine(work DayWork) line {
	l := line{DayWork: work}
	l.from, l.to = work.Date.Cover(work.Zone)
	for _, session := range work.Sessions {
		if s, ok := l.span(session); ok {
			l.spans = append(l.spans, s)
			l.totals = l.totals.Plus(s.totals)
		}
	}
	slices.SortStableFunc(l.spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	l.ticks = hoursBetween(l.from, l.to, work.Zone)
	if len(l.spans) > 0 {
		l.narrowDown()
	}
	return l
}

// span is the part of a session on the day, or false when there is none. It is
// the rule of a day's summary: a question belongs to the day on which it started,
// a session without any to its own start.
func (l *line) span(session report.Session) (span, bool) {
	s := span{session: session}
	for _, q := range session.Questions {
		if report.DateOf(q.StartedAt, l.Zone) == l.Date {
			s.questions = append(s.questions, q)
		}
	}
	started := report.DateOf(session.StartedAt, l.Zone) == l.Date
	if len(s.questions) == 0 && (len(session.Questions) > 0 || !started) {
		return span{}, false
	}
	s.totals = totalsOf(s.questions)
	s.from, s.to = l.ends(session)
	return s, true
}

// ends are the start and the end of a session, within the day.
func (l *line) ends(session report.Session) (from, to timeline.Instant) {
	from, to = session.StartedAt, session.EndedAt
	if session.IsActive {
		to = l.Now
	}
	for _, q := range session.Questions {
		from, to = min(from, q.StartedAt), max(to, q.EndedAt)
	}
	from = min(max(from, l.from), l.to)
	return from, min(max(to, from), l.to)
}

// narrowDown cuts off the hours before and after the work, but leaves three.
func (l *line) narrowDown() {
	const fewest = 3
	first, last := l.spans[0].from, l.spans[0].to
	for _, s := range l.spans {
		last = max(last, s.to)
	}
	stops := slices.Clone(l.ticks)
	if len(stops) == 0 || stops[0] > l.from {
		stops = slices.Insert(stops, 0, l.from)
	}
	if stops[len(stops)-1] < l.to {
		stops = append(stops, l.to)
	}
	left, right := 0, len(stops)-1
	for left+1 < len(stops) && stops[left+1] <= first {
		left++
	}
	for right > left+1 && stops[right-1] >= last {
		right--
	}
	for right-left < fewest && right-left < len(stops)-1 {
		right = min(right+1, len(stops)-1)
		if right-left < fewest {
			left = max(left-1, 0)
		}
	}
	l.from, l.to = stops[left], stops[right]
	l.ticks = slices.DeleteFunc(l.ticks, func(at timeline.Instant) bool { return at < l.from || at > l.to })
}

// hoursBetween are the instants at which the clocks show a full hour, both ends
// included. It steps over changes of the clocks one by one, because hours after
// one need not be whole hours from those before.
func hoursBetween(from, to timeline.Instant, zone *time.Location) []timeline.Instant {
	var hours []timeline.Instant
	for at := from; at <= to; {
		local := at.Time().In(zone)
		intoHour := time.Duration(local.Minute())*time.Minute +
			time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
		if intoHour == 0 {
			hours = append(hours, at)
		}
		next := local.Add(time.Hour - intoHour)
		if _, change := local.ZoneBounds(); !change.IsZero() && change.Before(next) {
			next = change
		}
		at = timeline.InstantOf(next)
	}
	return hours
}

// part is where an instant lies between the ends of the line, from 0 to 1.
func (l *line) part(at timeline.Instant) float64 {
	length := l.to.Since(l.from)
	if length == 0 {
		return 0
	}
	return min(float64(at.Since(l.from))/float64(length), 1)
}

// clock is a label of the line. The end of the day is 24:00, where the clocks
// show 00:00 of the next.
func (l *line) clock(at timeline.Instant) string {
	shown := clock(at, l.Zone)
	if shown == "00:00" && report.DateOf(at, l.Zone).Compare(l.Date) > 0 {
		return "24:00"
	}
	return shown
}

// hourStep is how many hours apart labels are, when so many have room.
func (l *line) hourStep(labels float64) int {
	hours := float64(l.to.Since(l.from)) / float64(hour)
	for _, step := range []int{1, 2, 3} {
		if hours/float64(step) <= labels {
			return step
		}
	}
	return 6
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
		for _, q := range s.questions {
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
		for _, q := range s.questions {
			l.question(c, q, y, func(from, to float64) box { return box{left + 4, from, right - 4, to} })
		}
		last = l.spanWords(c, s, box{right + 12, max(y(s.from)+4, last+16), width, height - 4})
	}
	return f.chart(c)
}

// spanWords writes beside a session when it was and what came of it, and returns
// the lowest baseline. Words that have no room before the end of the drawing are
// left out; the title has them.
func (l *line) spanWords(c *canvas, s span, area box) float64 {
	lowest := area.top - 16
	for i, words := range []string{
		l.clock(s.from) + " to " + l.endWords(s),
		count(len(s.questions), "question") + ", " + total(s.totals.Active),
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

// question draws the time worked and then the time paused. Place gives a
// coordinate along the line, and shape the rectangle between two of them.
func (l *line) question(c *canvas, q report.Question, place func(timeline.Instant) float64, shape func(from, to float64) box) {
	const gap, thinnest = 0.8, 1
	worked := max(q.EndedAt.Add(-paused(q)), q.StartedAt)
	from, to := place(q.StartedAt), place(worked)
	c.rect("q "+ClassOf(paceOf(q)), shape(from, max(from+thinnest, to-gap)), 2, l.questionTitle(q))
	if from, to := to, place(q.EndedAt); to-from > gap {
		c.rect("pause", shape(from, to-gap), 0, "Paused "+report.MMSS(paused(q)))
	}
}

func (l *line) questionTitle(q report.Question) string {
	return fmt.Sprintf("%s to %s: %s, %s", clock(q.StartedAt, l.Zone), clock(q.EndedAt, l.Zone),
		report.MMSS(q.Active), paceOf(q).Label)
}

func (l *line) spanTitle(s span) string {
	return fmt.Sprintf("Session from %s to %s: %s, %s active", l.clock(s.from), l.endWords(s),
		count(len(s.questions), "question"), total(s.totals.Active))
}

func (l *line) endWords(s span) string {
	if s.session.IsActive && s.to < l.to {
		return "now"
	}
	return l.clock(s.to)
}

func (l *line) summary() string {
	last := l.spans[0]
	for _, s := range l.spans {
		if s.to > last.to {
			last = s
		}
	}
	pauses := ""
	if d := l.paused(); d > 0 {
		pauses = ", " + total(d) + " paused"
	}
	return fmt.Sprintf("%s with %s between %s and %s: %s active%s.",
		count(len(l.spans), "session"), count(l.totals.Questions, "question"),
		l.clock(l.spans[0].from), l.endWords(last), total(l.totals.Active), pauses)
}

// paused is how long a question was paused; none where a person set its active
// time above what passed.
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
	for _, s := range l.spans {
		for _, q := range s.questions {
			t.Rows = append(t.Rows, []string{
				clock(q.StartedAt, l.Zone), clock(q.EndedAt, l.Zone), report.MMSS(q.Active),
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
