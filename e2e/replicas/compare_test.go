package replicas

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/google/go-cmp/cmp"
)

// decoded returns the answer of an op that was not refused; of one that was, the zero answer.
func decoded[Answer any](o *op) (*Answer, error) {
	got := new(Answer)
	if o.status != http.StatusOK {
		return got, nil
	}
	if err := json.Unmarshal(o.body, got); err != nil {
		return nil, fmt.Errorf("answer %s: %w", o.body, err)
	}
	return got, nil
}

// compare returns an error unless the op was answered with this status and, if it is 200, with
// want.
func (o *op) compare(status int, got, want any) error {
	switch {
	case o.status != status:
		return fmt.Errorf("it was answered %d %.200s, the model answers %d", o.status, o.body, status)
	case status != http.StatusOK:
		return nil
	}
	if reflect.DeepEqual(want, got) {
		return nil
	}
	return difference{want, got}
}

// difference is the failure of an answer. Most tries of a search end with one, and few are shown.
type difference struct{ want, got any }

// Error implements error.
func (d difference) Error() string {
	return "the answer differs (-model +server):\n" + cmp.Diff(d.want, d.got)
}

// ifAnswered is compare for an op with an answer; one without has had no effect.
func (o *op) ifAnswered(status int, got, want any) error {
	if !o.answered() {
		return fmt.Errorf("%w: it would be answered %d", errNoEffect, status)
	}
	return o.compare(status, got, want)
}
