package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// kindStatuses repeats what each kind means to a caller.
var kindStatuses = map[fault.Kind]int{
	fault.Invalid:         422,
	fault.Malformed:       400,
	fault.Refused:         400,
	fault.Unauthenticated: 401,
	fault.Forbidden:       403,
	fault.NotFound:        404,
	fault.Conflict:        409,
	fault.Unavailable:     503,
}

func TestProblemOfEachKind(t *testing.T) {
	if len(statuses) != len(kindStatuses) {
		t.Errorf("%d kinds have a status, %d are tested", len(statuses), len(kindStatuses))
	}
	for kind, status := range kindStatuses {
		err := fault.New(kind, "told to the person")
		want := &Problem{Title: http.StatusText(status), Status: status, Detail: "told to the person"}
		if status == http.StatusServiceUnavailable {
			want.Header = http.Header{"Retry-After": {"5"}}
		}
		for _, err := range []error{err, fmt.Errorf("kept from them: %w", err), errors.Join(err, errCause)} {
			if diff := cmp.Diff(want, ProblemOf(err)); diff != "" {
				t.Errorf("kind %d (-want +got):\n%s", kind, diff)
			}
		}
	}
}

var errCause = errors.New("dial tcp 10.1.2.3: password=hunter2")

// A caller never sees the text of a failure that is not declared.
func TestProblemOf(t *testing.T) {
	fields := fault.FieldErrors{{Field: "email", Problem: "is missing"}, {Field: "password", Problem: "needs a digit"}}
	invalid := &Problem{
		Title: "Unprocessable Entity", Status: 422, Detail: "email is missing; password needs a digit",
		Errors: []FieldProblem{{Location: "email", Message: "is missing"}, {Location: "password", Message: "needs a digit"}},
	}
	unknown := &Problem{
		Title: "Internal Server Error", Status: 500,
		Detail: "something went wrong here; the cause is in the server's log",
	}
	late := &Problem{
		Title: "Service Unavailable", Status: 503,
		Detail: "there was no answer in time: try again",
		Header: http.Header{"Retry-After": {"5"}},
	}
	tooMany := NewProblem(http.StatusTooManyRequests, "wait")
	tests := []struct {
		name string
		err  error
		want *Problem
	}{
		{"fields", fields, invalid},
		{"fields, wrapped", fmt.Errorf("register: %w", fields), invalid},
		{"a problem is itself", tooMany, tooMany},
		{"a problem, wrapped", fmt.Errorf("limit: %w", tooMany), tooMany},
		{"cancelled", fmt.Errorf("query: %w: %w", errCause, context.Canceled), late},
		{"too late", fmt.Errorf("query: %w: %w", errCause, context.DeadlineExceeded), late},
		{"unknown", errCause, unknown},
		{"unknown, wrapped", fmt.Errorf("reading: %w", errCause), unknown},
		{"a panic has no error", nil, unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, ProblemOf(test.err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteProblem(t *testing.T) {
	w := httptest.NewRecorder()
	want := &Problem{
		Title: "Unprocessable Entity", Status: 422, Detail: "<email> is missing",
		Errors: []FieldProblem{{Location: "email", Message: "is missing"}},
	}
	WriteProblem(w, want)
	if diff := cmp.Diff(want, problemIn(t, w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var members map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil {
		t.Fatal(err)
	}
	if _, ok := members["type"]; ok {
		t.Error("a problem without a type has the member type")
	}
}

// problemIn returns the problem of an answer, whose status and media type must match it.
func problemIn(t *testing.T, w *httptest.ResponseRecorder) *Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	p := &Problem{}
	if err := json.Unmarshal(w.Body.Bytes(), p); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	if p.Status != w.Code {
		t.Errorf("the problem says %d, the answer is %d", p.Status, w.Code)
	}
	return p
}

// RFC 9110 section 10.2.3: whole seconds, and never too early.
func TestRetryAfter(t *testing.T) {
	tests := map[time.Duration]int{ // to seconds
		1:               1,
		time.Second:     1,
		time.Second + 1: 2,
		time.Minute:     60,
		0:               1,
	}
	for wait, seconds := range tests {
		w := httptest.NewRecorder()
		WriteProblem(w, ProblemOf(fmt.Errorf("log in: %w", &fault.Throttled{RetryAfter: wait})))
		if got := w.Header().Get("Retry-After"); got != strconv.Itoa(seconds) || w.Code != http.StatusTooManyRequests {
			t.Errorf("%s: %d, Retry-After %q, want %d", wait, w.Code, got, seconds)
		}
		if want := fmt.Sprintf("too many requests: try again in %d s", seconds); ProblemOf(&fault.Throttled{RetryAfter: wait}).Detail != want {
			t.Errorf("%s: the detail is not %q", wait, want)
		}
	}
}
