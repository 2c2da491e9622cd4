package history

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// What was done, as an address names it.
const (
	added    = "added"
	moved    = "moved"
	removed  = "removed"
	restored = "restored"
	resumed  = "resumed"
	entered  = "entered"
)

// pressNotice returns the value that has a page say what was done to a press.
func pressNotice(what string, of subject) string { return what + ":" + of.session + ":" + of.press }

// movedNotice returns the same for a press that counted at another time before.
func movedNotice(of subject, before timeline.Instant) string {
	return pressNotice(moved, of) + ":" + strconv.FormatInt(int64(before), 10)
}

func workNotice(session string) string { return entered + ":" + session }

// done is what an address says was done.
type done struct {
	what   string
	of     subject
	before timeline.Instant // when a moved press counted
}

// doneIn reads the value of a notice; ok is false for any other text.
func doneIn(text string) (d done, ok bool) {
	parts := strings.Split(text, ":")
	d.what = parts[0]
	want := map[string]int{added: 3, moved: 4, removed: 3, restored: 3, resumed: 3, entered: 2}[d.what]
	if want == 0 || len(parts) != want || !isCanonical(parts[1]) || want > 2 && !isCanonical(parts[2]) {
		return done{}, false
	}
	d.of.session = parts[1]
	if want > 2 {
		d.of.press = parts[2]
	}
	if want > 3 {
		before, err := strconv.ParseInt(parts[3], 10, 64)
		if err != nil {
			return done{}, false
		}
		d.before = timeline.Instant(before)
	}
	return d, true
}

func isCanonical(text string) bool {
	id, ok := httpx.CanonicalUUID(text)
	return ok && id == text
}

// Notice returns what a page says about a change that was just made, with the form that takes
// it back, or nil. The address may name anything, so it says only what is true.
func (p *Pages) Notice(r *http.Request, v site.Visitor, value string, zone *time.Location) (*view.Notice, error) {
	d, ok := doneIn(value)
	if !ok {
		return nil, nil //nolint:nilnil // most pages have no notice
	}
	h, err := p.Tracker.History(r.Context(), p.Rater(v.User), d.of.session)
	if errors.Is(err, tracker.ErrUnknownSession) || errors.Is(err, tracker.ErrSessionTooLong) {
		return nil, nil //nolint:nilnil // see above
	}
	if err != nil {
		return nil, err
	}
	return noticeOf(h, d, zone), nil
}

func noticeOf(h tracker.History, d done, zone *time.Location) *view.Notice {
	if d.what == entered {
		return enteredNotice(h)
	}
	press, err := stepOf(h, d.of.press)
	if err != nil || !isTrue(d, press) || d.what == restored && !wasRestored(h.Steps, press.ID) {
		return nil
	}
	seconds := secondsOf(h.Session, h.Steps, zone)
	name := nameOf(press.Event) + " of " + seconds.At(press.CountsAt)
	switch d.what {
	case added:
		return &view.Notice{Text: name + " added.", Undo: pressAddress(d.of, "remove")}
	case removed:
		return &view.Notice{Text: name + " removed.", Undo: pressAddress(d.of, "restore")}
	case restored:
		return &view.Notice{Text: name + " restored.", Undo: pressAddress(d.of, "remove")}
	case resumed:
		return &view.Notice{Text: "Resumed: the session runs on.", Undo: pressAddress(d.of, "restore")}
	}
	return &view.Notice{
		Text: nameOf(press.Event) + " moved from " + seconds.At(d.before) + " to " + seconds.At(press.CountsAt) + ".",
		Undo: pressAddress(d.of, "move"), Exact: strconv.FormatInt(int64(d.before), 10),
	}
}

// isTrue reports whether a press is as it would be right after what was done.
func isTrue(d done, press timeline.Step) bool {
	switch d.what {
	case added:
		return press.ByHand && !press.Removed
	case removed:
		return press.Removed
	case resumed:
		return press.Removed && press.Type == timeline.Exit
	case moved:
		return !press.Removed && press.CountsAt != d.before
	}
	return !press.Removed
}

func wasRestored(steps []timeline.Step, press string) bool {
	return slices.ContainsFunc(steps, func(s timeline.Step) bool { return s.Type == timeline.RestorePress && s.PressID == press })
}

func enteredNotice(h tracker.History) *view.Notice {
	if len(h.Steps) == 0 || !h.Steps[0].ByHand {
		return nil
	}
	return &view.Notice{Text: "Work added.", Undo: sessionAddress(h.Session.ID) + "/delete"}
}
