package tracker

import (
	"context"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// work is one session while a group changes it. It starts as the stored State alone; the
// whole session is loaded only when an event needs history.
type work struct {
	key   SessionKey
	base  int64 // stored version; 0 when the session is new
	state timeline.State
	added []StoredEvent
	// isHeld says that the session is written even if it is unchanged: it was the newest, and a
	// replica that still takes it for that must lose the race.
	isHeld bool
	most   int // entries that it may have: see maxEntries

	closed []timeline.Question // by the events so far, while the history is not loaded

	whole  *timeline.Session // once an event needed history; state is a copy of its State
	log    []timeline.Event  // all events, when whole is loaded
	stored []timeline.Question
	ahead  ahead // of the request; perhaps of this session
}

func (w *work) version() int64 { return w.base + int64(len(w.added)) }

// The recorder serves everybody, so what one request can make it do is bounded.
const (
	// maxRefolded is how many events the presses of one request may have read from the logs
	// and folded again, all together; the first one is free.
	maxRefolded = 100_000
)

// apply adds an event to the log and applies it. If it returns ErrSessionFull,
// ErrSessionTooLong or ErrTooManyLate, it has changed nothing. It adds to refolded, the count
// of the whole request, the events that it read or folded again.
func (w *work) apply(ctx context.Context, tx Tx, e StoredEvent, refolded *int) (closed *timeline.Question, err error) {
	if err := w.requireRoom(e.Event); err != nil {
		return nil, err
	}
	late := e.At < w.state.LastAt || e.Type.MeansPress()
	if w.state.NeedsHistory(e.Event) {
		if w.version() > maxHistory && !isOfSession(e.Type) {
			return nil, ErrSessionTooLong
		}
		if err := w.spend(late, refolded); err != nil {
			return nil, err
		}
		if err := w.loadHistory(ctx, tx); err != nil {
			return nil, err
		}
	}
	e.Session, e.Seq = w.key, w.version()+1
	w.added = append(w.added, e)
	if w.whole == nil {
		closed = w.state.Apply(e.Event)
		if closed != nil && closed.Counts() {
			w.closed = append(w.closed, *closed)
		}
		return closed, nil
	}
	w.log = append(w.log, e.Event)
	closed = w.applyWhole(e.Event, late)
	w.state = w.whole.State
	return closed, nil
}

// spend adds to refolded what an event makes the recorder do before it does it, so that
// presses into many old sessions are bounded as well as many into one. It returns
// ErrTooManyLate if that is too much.
func (w *work) spend(late bool, refolded *int) error {
	cost := 0
	if w.whole == nil {
		cost += int(w.version())
	}
	if late {
		cost += int(w.version())
	}
	if *refolded > 0 && *refolded+cost > maxRefolded {
		return ErrTooManyLate
	}
	*refolded += cost
	return nil
}

func (w *work) applyWhole(e timeline.Event, late bool) (closed *timeline.Question) {
	if !late {
		return w.whole.Apply(e)
	}
	*w.whole = timeline.Fold(w.log)
	i := slices.IndexFunc(w.whole.Questions, func(q timeline.Question) bool { return q.ID == e.ID })
	if i < 0 {
		return nil
	}
	return &w.whole.Questions[i]
}

// history loads the whole session, or returns ErrSessionTooLong.
func (w *work) history(ctx context.Context, tx Tx) error {
	if w.version() > maxHistory {
		return ErrSessionTooLong
	}
	return w.loadHistory(ctx, tx)
}

// loadHistory reads the log and folds it, the events of this group included, unless that
// was done already.
func (w *work) loadHistory(ctx context.Context, tx Tx) error {
	if w.whole != nil {
		return nil
	}
	before, err := w.before(ctx, tx)
	if err != nil {
		return err
	}
	w.stored = before.Visible()
	w.whole = &before
	if len(w.added) > 0 {
		for _, e := range w.added {
			w.log = append(w.log, e.Event)
		}
		whole := timeline.Fold(w.log)
		w.whole = &whole
	}
	w.closed = nil
	return nil
}

// before sets the log to what is stored of it and returns the session that it gives.
func (w *work) before(ctx context.Context, tx Tx) (timeline.Session, error) {
	log, whole, ok := w.ahead.of(w)
	if ok {
		w.log = log
		return whole, nil
	}
	if w.base > 0 {
		stored, err := tx.Log(ctx, w.key)
		if err != nil {
			return timeline.Session{}, err
		}
		w.log = eventsOf(stored)
	}
	return timeline.Fold(w.log), nil
}

// questions returns which stored questions to drop and which to put.
func (w *work) questions() (drop, put []timeline.Question) {
	if w.whole == nil {
		return nil, w.closed
	}
	stored := make(map[string]timeline.Question, len(w.stored))
	for _, q := range w.stored {
		stored[q.ID] = q
	}
	for _, q := range w.whole.Visible() {
		if old, ok := stored[q.ID]; !ok || old != q {
			put = append(put, q)
		} else {
			delete(stored, q.ID)
		}
	}
	for _, q := range stored {
		drop = append(drop, q)
	}
	return drop, put
}
