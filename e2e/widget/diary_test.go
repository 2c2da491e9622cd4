package widget

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// diary presses the widget's keys, by mouse and by hotkey in turn. It notes what was pressed
// and when the page saw it.
type diary struct {
	t       *testing.T
	presses []pressed
	ahead   int64 // ms by which the widget's clock is ahead of the machine's
}

// pressed is one press; the times are by the widget's clock, in ms since 1970.
type pressed struct {
	Type  string
	From  int64 // when the page saw it
	Until int64 // when the browser was done with it
}

// keysOf maps the names of the overlay's keys to their hotkeys and events.
var keysOf = map[string]struct { // constant
	event, hotkey string
	shift         bool
}{
	"Next":   {event: "NEXT", hotkey: "q"},
	"Pause":  {event: "PAUSE", hotkey: "P", shift: true},
	"Resume": {event: "PAUSE", hotkey: "P", shift: true},
	"Undo":   {event: "UNDO", hotkey: "Q", shift: true},
	"End":    {event: "EXIT", hotkey: "X", shift: true},
}

// press presses keys one after the other.
func (d *diary) press(tab *ratingTab, keys ...string) {
	d.t.Helper()
	for _, key := range keys {
		if len(d.presses)%2 == 0 {
			d.byMouse(tab, key)
		} else {
			d.byHotkey(tab, key)
		}
	}
}

func (d *diary) byMouse(tab *ratingTab, key string) {
	d.t.Helper()
	before := seenBy(tab)
	tab.press(key)
	d.note(tab, key, before)
}

// byHotkey leaves the page's field first: hotkeys do not work in a field.
func (d *diary) byHotkey(tab *ratingTab, key string) {
	d.t.Helper()
	before := seenBy(tab)
	browser.Eval[bool](tab.Page, `(document.activeElement?.blur(), true)`)
	modifiers := []chromedp.Modifier{chromedp.ModifierCtrl}
	if keysOf[key].shift {
		modifiers = append(modifiers, chromedp.ModifierShift)
	}
	tab.Do(chromedp.KeyEvent(keysOf[key].hotkey, chromedp.KeyModifiers(modifiers...)))
	d.note(tab, key, before)
}

func seenBy(tab *ratingTab) int { return browser.Eval[int](tab.Page, "pressesSeen.length") }

func (d *diary) note(tab *ratingTab, key string, before int) {
	d.t.Helper()
	seen := pressed{Type: keysOf[key].event}
	tab.Await("the page to see "+key, func() bool {
		times := browser.Eval[[]int64](tab.Page, "pressesSeen.slice("+strconv.Itoa(before)+").flatMap((p) => [p.from, p.until])")
		last := len(times) - 2 // earlier clicks missed a button that had moved
		if last < 0 || times[last+1] == 0 {
			return false
		}
		seen.From, seen.Until = times[last]+d.ahead, times[last+1]+d.ahead
		return true
	})
	d.presses = append(d.presses, seen)
}

// moveClock sets the widget's clock ahead of the machine's.
func (d *diary) moveClock(tab *ratingTab, ahead time.Duration) {
	d.t.Helper()
	d.ahead = ahead.Milliseconds()
	offset := strconv.FormatInt(d.ahead, 10)
	browser.Eval[bool](tab.Page, `document.dispatchEvent(new CustomEvent("test-clock", { detail: `+offset+` }))`)
	tab.Await("the clock to be moved", func() bool {
		return browser.Eval[string](tab.Page, `document.documentElement.dataset.clock ?? ""`) == offset
	})
}

// number returns the number of the running question, as a person counts, or 0.
func (d *diary) number() int {
	var log []loggedEvent
	for _, p := range d.presses {
		log = append(log, loggedEvent{Type: p.Type})
	}
	sessions, isOpen := foldNaively(log)
	if !isOpen {
		return 0
	}
	return len(sessions[len(sessions)-1]) + 1
}

// loggedEvent is an event of a session's log, as the server returns it.
type loggedEvent struct {
	EventID  string    `json:"event_id"`
	Type     string    `json:"type"`
	At       time.Time `json:"client_timestamp"`
	AETLow   float64   `json:"aet_low_minutes"`
	AETHigh  float64   `json:"aet_high_minutes"`
	AETText  string    `json:"aet_text"`
	TaskID   string    `json:"task_id"`
	TaskType string    `json:"task_type"`
}

// log returns the rater's events on the server, the oldest session first.
func (r *rig) log() []loggedEvent {
	r.t.Helper()
	var log []loggedEvent
	for _, s := range r.sessions() {
		log = append(log, r.logOf(s.SessionID)...)
	}
	return log
}

// logOf returns the events of one session on the server.
func (r *rig) logOf(sessionID string) []loggedEvent {
	r.t.Helper()
	var log []loggedEvent
	answer := r.user.Must(r.t, http.StatusOK, http.MethodGet, "/admin/debug/user-events/"+sessionID, nil)
	answer.Decode(r.t, &log)
	return log
}

// seenAtOnce is how far a recorded time may be from the time when the page saw the press.
const seenAtOnce = 3 // ms

// requireRecorded fails the test unless the server has exactly the presses of the diary, in
// their order, each with the time when it was pressed.
func (d *diary) requireRecorded(log []loggedEvent) {
	d.t.Helper()
	if len(log) != len(d.presses) {
		d.t.Fatalf("the server has %d events, %d were pressed:\n%+v\n%+v", len(log), len(d.presses), log, d.presses)
	}
	ids := map[string]bool{}
	for i, p := range d.presses {
		at := log[i].At.UnixMilli()
		if log[i].Type != p.Type || at < p.From || at > max(p.From+seenAtOnce, p.Until) {
			d.t.Errorf("press %d is recorded as %s at %d, want %s from %d (until %d)", i, log[i].Type, at, p.Type, p.From, p.Until)
		}
		ids[log[i].EventID] = true
	}
	if len(ids) != len(log) {
		d.t.Errorf("%d events have %d ids", len(log), len(ids))
	}
}
