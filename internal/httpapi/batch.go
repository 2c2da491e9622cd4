package httpapi

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// maxBatch is how many events a batch may have.
const maxBatch = 500

type batchBody struct {
	SentAt *string    `json:"sent_at"`
	Events []rawEvent `json:"events"`
}

// rawEvent is one event of a batch as it was sent.
type rawEvent []byte

// UnmarshalJSONFrom stores the next value as it is. A name that occurs twice in an event is
// found when that event is decoded, so it spoils no other event.
func (e *rawEvent) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	return json.UnmarshalDecode(from, (*jsontext.Value)(e), jsontext.AllowDuplicateNames(true))
}

// decodeBatch returns the events of a batch, each as it was sent, and what the client's
// clock showed when it sent them, or 0 when the batch does not say.
func decodeBatch(raw []byte) ([]rawEvent, timeline.Instant, error) {
	var body batchBody
	if err := httpx.UnmarshalJSON(raw, &body); err != nil {
		return nil, 0, err
	}
	var errs fault.FieldErrors
	sentAt := readTime(&errs, "sent_at", body.SentAt)
	if n := len(body.Events); n == 0 {
		errs.Add("events", "is missing or empty")
	} else if n > maxBatch {
		errs.Add("events", fmt.Sprintf("must be at most %d, not %d", maxBatch, n))
	}
	return body.Events, sentAt, errs.OrNil()
}
