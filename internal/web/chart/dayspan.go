package chart

import (
	"cmp"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// line is the part of a day that is drawn.
type line struct {
	DayWork
	from, to timeline.Instant    // what is shown
	whole    [2]timeline.Instant // from the start of the day to its end
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
	carried   []report.Question // those that ran into the day
	isOwn     bool              // it belongs to the day, and not only what is carried
}

// drawn returns the questions that the span shows.
func (s span) drawn() []report.Question { return slices.Concat(s.carried, s.questions) }

func newLine(work DayWork) line {
	l := line{DayWork: work}
	l.from, l.to = work.Date.Cover(work.Calendar)
	l.whole = [2]timeline.Instant{l.from, l.to}
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

// span returns the part of a session on the day, or false if there is none. A span is the
// day's own by the rule of a day's summary: a question belongs to the day on which it
// started, and a session without questions to the day on which it started.
func (l *line) span(session report.Session) (span, bool) {
	s := span{session: session}
	for _, q := range session.Questions {
		if l.DateOf(q.StartedAt) == l.Date {
			s.questions = append(s.questions, q)
		} else if l.ranInto(q) {
			s.carried = append(s.carried, q)
		}
	}
	started := l.DateOf(session.StartedAt) == l.Date
	s.isOwn = len(s.questions) > 0 || len(session.Questions) == 0 && started
	s.totals = report.TotalsOf(s.questions)
	if l.OnlyBands {
		s.isOwn, s.totals = true, session.Totals
	}
	if !s.isOwn && len(s.carried) == 0 {
		return span{}, false
	}
	s.from, s.to = l.ends(session)
	if !s.isOwn { // what came after belongs to other days, or to none yet
		s.from, s.to = l.from, min(latestEnd(s.carried), l.to)
	}
	return s, true
}

// ends returns the start and the end of a session, within the day.
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

func latestEnd(questions []report.Question) timeline.Instant {
	var latest timeline.Instant
	for _, q := range questions {
		latest = max(latest, q.EndedAt)
	}
	return latest
}

// narrowDown cuts off the hours before and after the work, but keeps at least three
// hours.
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

// hoursBetween returns the instants at which the clocks show a full hour, from and to
// included. It handles each change of the clocks, because the hours after a change need
// not be whole hours after those before.
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

// part returns where an instant lies on the line, from 0 to 1.
func (l *line) part(at timeline.Instant) float64 {
	length := l.to.Since(l.from)
	if length == 0 {
		return 0
	}
	return min(float64(at.Since(l.from))/float64(length), 1)
}

// clock returns a label of the line. The end of a day that begins at midnight is 24:00,
// where the clocks show 00:00 of the next day.
func (l *line) clock(at timeline.Instant) string {
	shown := clock(at, l.Zone)
	if shown == "00:00" && l.DayStart == 0 && l.DateOf(at).Compare(l.Date) > 0 {
		return "24:00"
	}
	return shown
}

// hourStep returns how many hours apart the labels are when this many have room.
func (l *line) hourStep(labels float64) int {
	hours := float64(l.to.Since(l.from)) / float64(hour)
	for _, step := range []int{1, 2, 3} {
		if hours/float64(step) <= labels {
			return step
		}
	}
	return 6
}
