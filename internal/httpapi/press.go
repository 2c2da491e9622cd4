package httpapi

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// PressBody is one event as a client sends it. It is read by decodePress, for a
// single event and in a batch alike, because one bad event of a batch must not
// keep the others from being read.
type PressBody struct {
	ID        *string  `json:"id,omitempty" nullable:"true" format:"uuid" doc:"Makes a retry safe: the same id is recorded once. Unique per user."`
	Type      string   `json:"type" enum:"NEXT,PAUSE,UNDO,EXIT"`
	Timestamp *string  `json:"timestamp,omitempty" nullable:"true" format:"date-time" doc:"When the key was pressed. Read as UTC without a zone; without a timestamp the server's time counts."`
	SentAt    *string  `json:"sent_at,omitempty" nullable:"true" format:"date-time" doc:"The client's clock when it sends: it corrects a skewed clock."`
	Paused    *bool    `json:"paused,omitempty" nullable:"true" doc:"The state that a PAUSE asks for, so that a repeat changes nothing."`
	AETLow    *float64 `json:"aet_low_minutes,omitempty" nullable:"true" exclusiveMinimum:"0" maximum:"1440" doc:"At most aet_high_minutes."`
	AETHigh   *float64 `json:"aet_high_minutes,omitempty" nullable:"true" exclusiveMinimum:"0" maximum:"1440" doc:"Becomes the target of the question that a NEXT opens."`
	AETText   string   `json:"aet_text,omitempty" nullable:"true" maxLength:"60" doc:"The estimate as the page wrote it."`
	TaskID    string   `json:"task_id,omitempty" nullable:"true" maxLength:"100"`
	TaskType  string   `json:"task_type,omitempty" nullable:"true" maxLength:"100"`
	TaskCount *int     `json:"task_count,omitempty" nullable:"true" minimum:"1" maximum:"100" doc:"How many tasks the question holds that a NEXT opens; without it one."`
	Outcome   string   `json:"outcome,omitempty" nullable:"true" enum:"submitted,released,expired,skipped" doc:"What became of the question that a NEXT or EXIT closes. Other events, and the NEXT that starts a session, close none: there it has no effect."`
}

// decodePress reads one event. Its error names the wrong fields. The ID is set even then,
// if it can be read.
func decodePress(raw []byte) (tracker.Press, error) {
	var body PressBody
	if err := httpx.UnmarshalJSON(raw, &body); err != nil {
		return tracker.Press{ID: idIn(raw)}, err
	}
	return body.press()
}

// press returns the press that a client means. Its error names the wrong fields.
func (body *PressBody) press() (tracker.Press, error) {
	var errs fault.FieldErrors
	p := tracker.Press{
		ID: readID(&errs, body.ID), Type: readType(&errs, body.Type),
		At: readTime(&errs, "timestamp", body.Timestamp), WantPaused: body.Paused,
		Task: timeline.Task{
			AETText: readText(&errs, "aet_text", body.AETText, 60),
			ID:      readText(&errs, "task_id", body.TaskID, 100),
			Type:    readText(&errs, "task_type", body.TaskType, 100),
			Count:   readCount(&errs, body.TaskCount),
		},
	}
	if outcome := readOutcome(&errs, body.Outcome); p.Type == timeline.Next || p.Type == timeline.Exit {
		p.Outcome = outcome
	}
	p.Task.AETLow, p.Task.AETHigh = readAET(&errs, body.AETLow, body.AETHigh)
	p.SentAt = readTime(&errs, "sent_at", body.SentAt)
	return p, errs.OrNil()
}

// idIn returns the ID of an event that has another field which cannot be read.
func idIn(raw []byte) string {
	var body struct {
		ID string `json:"id"`
	}
	if err := httpx.UnmarshalJSON(raw, &body); err != nil {
		return ""
	}
	id, _ := httpx.CanonicalUUID(body.ID)
	return id
}

func readType(errs *fault.FieldErrors, text string) timeline.Type {
	t := timeline.Type(text)
	if !t.IsPress() {
		errs.Add("type", "must be NEXT, PAUSE, UNDO or EXIT")
	}
	return t
}

// readID returns the canonical form of a UUID, so that an id has one spelling.
func readID(errs *fault.FieldErrors, text *string) string {
	if text == nil {
		return ""
	}
	id, ok := httpx.CanonicalUUID(*text)
	if !ok {
		errs.Add("id", "must be a UUID")
	}
	return id
}

// readTime reads a time as in RFC 3339. A time without a zone is UTC, and a space may stand
// for the T.
func readTime(errs *fault.FieldErrors, field string, given *string) timeline.Instant {
	if given == nil {
		return 0
	}
	text := strings.ToUpper(strings.Replace(*given, " ", "T", 1)) // RFC 3339 allows t and z
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil && t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 {
			// 0 means none; the first microsecond of 1970 is refused as too old anyway.
			if at := timeline.InstantOf(t); at != 0 {
				return at
			}
			return -1
		}
	}
	errs.Add(field, "must be a time such as 2026-01-31T17:05:09.123Z")
	return 0
}

func readText(errs *fault.FieldErrors, field, text string, most int) string {
	switch {
	case !account.PlainText(text):
		errs.Add(field, "must be plain text without control characters")
	case utf8.RuneCountInString(text) > most:
		errs.Add(field, fmt.Sprintf("must have at most %d characters", most))
	}
	return text
}

// readAET returns the range of an estimate. If only one end is given, it is both.
func readAET(errs *fault.FieldErrors, low, high *float64) (_, _ timeline.Micros) {
	from, to := readEstimate(errs, "aet_low_minutes", low), readEstimate(errs, "aet_high_minutes", high)
	switch {
	case to == 0:
		to = from
	case from == 0:
		from = to
	case from > to:
		errs.Add("aet_low_minutes", "must not be above aet_high_minutes")
	}
	return from, to
}

func readEstimate(errs *fault.FieldErrors, field string, m *float64) timeline.Micros {
	if m == nil {
		return 0
	}
	if *m <= 0 || *m > 1440 {
		errs.Add(field, "must be above 0 and at most 1440 minutes")
		return 0
	}
	return max(1, minutes(*m))
}

// readCount returns how many tasks a question holds, or 0 if that was not told.
func readCount(errs *fault.FieldErrors, given *int) int {
	const most = 100
	switch {
	case given == nil:
		return 0
	case *given < 1 || *given > most:
		errs.Add("task_count", fmt.Sprintf("must be from 1 to %d", most))
	}
	return *given
}

// readOutcome returns what became of a task, or "" if that was not told.
func readOutcome(errs *fault.FieldErrors, text string) timeline.Outcome {
	outcome := timeline.Outcome(text)
	if text != "" && !slices.Contains(timeline.Outcomes(), outcome) {
		errs.Add("outcome", "must be submitted, released, expired or skipped")
	}
	return outcome
}
