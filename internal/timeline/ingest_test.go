package timeline_test

import (
	"slices"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ingested is a log as the server builds it, and the session that it keeps beside the log.
type ingested struct {
	log     []tl.Event
	session tl.Session
}

// ingest delivers events in the order in which they arrive.
func ingest(arrivals []tl.Event) ingested {
	var in ingested
	for _, e := range arrivals {
		in.deliver(e)
	}
	return in
}

// deliver records an event and applies it, exactly once. A late event causes a refold.
func (in *ingested) deliver(e tl.Event) {
	if slices.ContainsFunc(in.log, func(known tl.Event) bool { return known.ID == e.ID }) {
		return
	}
	e.Seq = int64(len(in.log) + 1)
	in.log = append(in.log, e)
	if e.At < in.session.LastAt {
		in.session = tl.Fold(in.log)
		return
	}
	in.session.Apply(e)
}

// after returns the session after more events, none of them late. It does not change s.
func after(s tl.Session, events ...tl.Event) tl.Session {
	s.Questions = slices.Clone(s.Questions)
	for _, e := range events {
		s.Apply(e)
	}
	return s
}
