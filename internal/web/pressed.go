package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// The query parameters that tell a page what became of a press. Their values only name one of
// our texts, or a question of the user's.
const (
	pressedParameter = "pressed" // a key of pressedWords, or question:ID of its session:ID
	refusedParameter = "refused" // the code of a pressRefusal, and after a space what was typed
)

// saidOf returns the value of pressedParameter for a press that was recorded.
func saidOf(form pressForm, a tracker.Answer) string {
	switch {
	case a.Duplicate:
		return "again"
	case form.keeps:
		return "kept"
	case a.Type == timeline.Undo:
		return "undone"
	case a.Type == timeline.Pause && a.State.Phase == timeline.Paused:
		return "paused"
	case a.Type == timeline.Pause:
		return "resumed"
	case a.Type == timeline.Next && a.State.Counted == 0:
		return "started"
	}
	return "question:" + a.SessionID + ":" + a.EventID
}

// pressedWords returns the text for a value of pressedParameter that is not a question, or "".
func pressedWords(said string) string {
	return map[string]string{
		"again":   "This press was counted already.",
		"kept":    "Kept: the session goes on.",
		"undone":  "Undone: the question before runs again.",
		"paused":  "Paused.",
		"resumed": "Resumed.",
		"started": "Started.",
	}[said]
}

// pressedText returns what is said about a press that was recorded, or "".
func (f *face) pressedText(r *http.Request, v site.Visitor, zone *time.Location, said string) (string, error) {
	if text := pressedWords(said); text != "" {
		return text, nil
	}
	session, question, ok := undoIn(said)
	if !ok || question == "" {
		return "", nil
	}
	s, q, err := f.Tracker.Question(r.Context(), f.Rater(v.User), session, question)
	if errors.Is(err, tracker.ErrUnknownSession) { // the address may name anything
		return "", nil
	}
	if err != nil && !errors.Is(err, tracker.ErrUnknownQuestion) {
		return "", err
	}
	return closedText(s, q, zone), nil
}

// pressedNotice returns what is said about a press that ended the session of a page, or nil.
func (f *face) pressedNotice(r *http.Request, v site.Visitor, zone *time.Location) (*view.Notice, error) {
	text, err := f.pressedText(r, v, zone, r.URL.Query().Get(pressedParameter))
	if err != nil || text == "" {
		return nil, err
	}
	return &view.Notice{Text: text}, nil
}

// closedText says how long a question took that a press closed, unless that is the zero Question,
// and when its session ended.
func closedText(s report.SessionInfo, q report.Question, zone *time.Location) string {
	var text []string
	if q.ID != "" {
		text = append(text, fmt.Sprintf("Question %d: %s.", q.Index, report.MMSS(q.Active)))
	}
	if !s.IsActive {
		text = append(text, "The session ended at "+s.EndedAt.Time().In(zone).Format("15:04")+".")
	}
	return strings.Join(text, " ")
}

// pressRefusal is a reason for which a press is refused, in the words of a page.
type pressRefusal struct {
	code string // value of refusedParameter
	err  error
	text string
}

// errDayFull stands for the *fault.Throttled of a user who has used up the day.
var errDayFull = errors.New("the day is full")

func pressRefusals() []pressRefusal {
	return []pressRefusal{
		{"nothing-runs", tracker.ErrNoSession, "Nothing runs: press Start to begin."},
		{"runs-already", errRunsAlready, "A session runs already, so none was started."},
		{"stale", site.ErrStaleForm, "This page was open for too long: press again."},
		{"reused", tracker.ErrIDReused, "This press was counted before, at another time."},
		{"full", tracker.ErrSessionFull, "The session is full: press Next, which begins the next session, or End."},
		{"long", tracker.ErrSessionTooLong, "The session is full: its past cannot be changed any more."},
		{"since", tracker.ErrPressedSince, "There are presses after this time: choose a later one."},
		{"unreadable", errTimeUnreadable, "Choose a date and a time."},
		{"skipped", errTimeSkipped, "The clocks skipped this time when they went forward: choose another one."},
		{"twice", errTimeTwice, "This time came twice, because the clocks went back: choose which one."},
		{"future", errTimeFuture, "This time has not come yet: choose an earlier one."},
		{"day", errDayFull, "Your presses and corrections of today are used up: go on at 00:00 UTC, or add the work then."},
		{"often", nil, "Too many presses in a short time: wait a minute, then press again."},
	}
}

// refusalOf returns the words for a failure; ok is false for one that is no refusal of a press.
func refusalOf(err error) (_ pressRefusal, ok bool) {
	limited, throttled := errors.AsType[*fault.Throttled](err)
	if throttled && limited.Text != "" {
		err = errDayFull
	}
	for _, refusal := range pressRefusals() {
		if refusal.err == nil && throttled || refusal.err != nil && errors.Is(err, refusal.err) {
			return refusal, true
		}
	}
	return pressRefusal{}, false
}

// pressAgain leads back to the page, which says why the press was refused. What else fails
// becomes a page of its own.
func (f *face) pressAgain(s site.Submission, refused site.Refusal) error {
	refusal, ok := refusalOf(refused.Cause)
	switch {
	case !ok:
		return refused.Cause
	case isScript(s.R):
		problem := httpx.ProblemOf(refused.Cause)
		problem.Detail = refusal.text
		httpx.WriteProblem(s.W, problem)
		return nil
	}
	next := s.Next(site.Home)
	if errors.Is(refused.Cause, tracker.ErrNoSession) { // only that page has Start
		next = site.Home
	}
	why := refusal.code
	if s.Has("at") {
		why += " " + s.Get("at")
	}
	site.GoOn(s.W, s.R, withNotice(next, refusedParameter, why))
	return nil
}

// refusedIn returns why a press was refused, from the query of a page, and which time was
// typed, if the press was an end at a time.
func refusedIn(r *http.Request) (text, typed string, isTime bool) {
	code, typed, isTime := strings.Cut(r.URL.Query().Get(refusedParameter), " ")
	for _, refusal := range pressRefusals() {
		if refusal.code == code {
			return refusal.text, typed, isTime
		}
	}
	return "", "", false
}
