// Package fault names the failures that a caller can do something about: what
// kind it is, which input field it concerns, and a text for the person. The
// cause of any other failure goes to the log and never to the caller.
package fault

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Kind says what the caller can do about a failure; httpx maps each to a status.
type Kind int

// The kinds of failure.
const (
	Invalid         Kind = iota + 1 // a field of the input is not acceptable
	Malformed                       // the input cannot be read at all
	Refused                         // the input is fine, but makes no sense now
	Unauthenticated                 // who are you?
	Forbidden                       // not yours to do
	NotFound                        // there is no such thing, or not for you
	Conflict                        // contradicts what is recorded
	Unavailable                     // the database cannot be reached; a retry may help
)

// Error is a failure with a text for the person. Compare declared ones with
// errors.Is.
type Error struct {
	Kind Kind
	Text string // one sentence for the person
}

// New declares a failure.
func New(kind Kind, text string) *Error { return &Error{Kind: kind, Text: text} }

func (e *Error) Error() string { return e.Text }

// FieldError says what is wrong with one field of the input. Both parts may be
// shown to the person who sent it.
type FieldError struct {
	Field   string // name in the API, as in "first_name"
	Problem string // completes a sentence that starts with the field's name
}

// ErrInvalid is matched by every FieldErrors.
var ErrInvalid = New(Invalid, "invalid input")

// FieldErrors is the failure of bad input, with one entry for each field that is
// wrong. It matches ErrInvalid.
type FieldErrors []FieldError

// Field returns the failure of bad input in one field.
func Field(field, problem string) FieldErrors { return FieldErrors{{Field: field, Problem: problem}} }

// Error lists the fields, each with its problem.
func (e FieldErrors) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Field + " " + f.Problem
	}
	return strings.Join(parts, "; ")
}

// Is makes errors.Is(err, ErrInvalid) true.
func (e FieldErrors) Is(target error) bool { return target == ErrInvalid }

// Add adds a problem of a field; "" means none and adds nothing.
func (e *FieldErrors) Add(field, problem string) {
	if problem != "" {
		*e = append(*e, FieldError{Field: field, Problem: problem})
	}
}

// OrNil returns e as an error, or nil when nothing is wrong.
func (e FieldErrors) OrNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// Throttled is returned to a caller who asks too often; nothing was done.
type Throttled struct {
	RetryAfter time.Duration // how long to wait, at least
	Text       string        // one sentence for the person; "" says only how long to wait
}

// Seconds returns RetryAfter in whole seconds, rounded up; at least 1.
func (e *Throttled) Seconds() int { return max(1, int(math.Ceil(e.RetryAfter.Seconds()))) }

func (e *Throttled) Error() string {
	if e.Text != "" {
		return e.Text
	}
	return fmt.Sprintf("too many requests: try again in %d s", e.Seconds())
}

// Is reports whether err is a failure that the caller can do something about.
func Is(err error) bool {
	var fields FieldErrors
	var declared *Error
	var throttled *Throttled
	return errors.As(err, &fields) || errors.As(err, &declared) || errors.As(err, &throttled)
}

// Wrap adds the operation to the error that a function returns, so that the function
// names its operation once: defer fault.Wrap(&err, "log in"). It leaves nil alone, and
// errors.Is and errors.As see through it.
func Wrap(err *error, operation string) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", operation, *err)
	}
}
