package chart

import (
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// A question counts on the day on which it began, but a line shows it wherever it ran: on
// its own day it is cut at the end of the day, and on the next one it is drawn from the
// start of the day, marked as counted before. It changes no number there.

// ranInto reports whether a question began before the day and ran into it.
func (l *line) ranInto(q report.Question) bool {
	return l.DateOf(q.StartedAt).Compare(l.Date) < 0 && q.EndedAt > l.whole[0]
}

// LegendOf returns the legend of the line of a day, with a key for a question that ran into
// the day, if there is one.
func LegendOf(work DayWork) []Key {
	keys := Legend()
	if l := newLine(work); len(l.carried()) > 0 {
		keys = append(keys, Key{Class: "before", Words: "counts on the day before"})
	}
	return keys
}

// carried returns the questions that ran into the day: at most one, unless sessions overlap.
func (l *line) carried() []report.Question {
	var all []report.Question
	for _, s := range l.spans {
		all = append(all, s.carried...)
	}
	return all
}

// own returns the spans that belong to the day: without those of which only a question ran
// into it.
func (l *line) own() []span {
	var own []span
	for _, s := range l.spans {
		if s.isOwn {
			own = append(own, s)
		}
	}
	return own
}

// countedOn says on which day a question counts that ran into this one: "counts on the day
// before".
func (l *line) countedOn(q report.Question) string {
	if began := l.DateOf(q.StartedAt); began != l.Date.AddDays(-1) {
		return "counts on " + dayWords(began)
	}
	return "counts on the day before"
}

// moment returns the clock at an instant, with the day if it is not this one: "23:50 the day
// before", "00:10 the day after", "09:00 on Tue 24".
func (l *line) moment(at timeline.Instant) string {
	shown := clock(at, l.Zone)
	switch days := l.DateOf(at).DaysSince(l.Date); days {
	case 0:
		return shown
	case -1:
		return shown + " the day before"
	case 1:
		return shown + " the day after"
	default:
		return shown + " on " + dayWords(l.DateOf(at))
	}
}

// carriedWords says in a sentence which questions ran into the day, or "".
func (l *line) carriedWords() string {
	text := ""
	for _, q := range l.carried() {
		until := "until " + l.moment(q.EndedAt)
		if q.EndedAt > l.whole[1] {
			until = "through it"
		}
		text += fmt.Sprintf(" A question that began at %s ran %s; it %s.", l.moment(q.StartedAt), until, l.countedOn(q))
	}
	return text
}

// carriedRow is the row of a question that ran into the day. It has no figures, so that the
// rows add up to the total.
func (l *line) carriedRow(q report.Question) []string {
	return []string{l.moment(q.StartedAt), l.moment(q.EndedAt), "–", "–", "–", l.countedOn(q)}
}
