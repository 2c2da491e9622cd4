package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

var errMissing = fault.New(fault.NotFound, "no such thing")

func TestIs(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"a declared failure", errMissing, true},
		{"a declared failure, wrapped", fmt.Errorf("reading: %w", errMissing), true},
		{"a declared failure beside its cause", errors.Join(errMissing, io.EOF), true},
		{"bad input", fault.Field("email", "is missing"), true},
		{"bad input, wrapped", fmt.Errorf("register: %w", fault.Field("email", "is missing")), true},
		{"any other error", io.EOF, false},
		{"any other error with a declared one's text", errors.New(errMissing.Text), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fault.Is(test.err); got != test.want {
				t.Errorf("Is(%v) = %t", test.err, got)
			}
		})
	}
}

// Two declared failures differ even if their kind and text are equal.
func TestErrorIdentity(t *testing.T) {
	wrapped := fmt.Errorf("reading: %w", errMissing)
	if !errors.Is(wrapped, errMissing) {
		t.Error("a wrapped failure is not recognised")
	}
	if errors.Is(wrapped, fault.New(errMissing.Kind, errMissing.Text)) {
		t.Error("a failure matches another of the same kind and text")
	}
}

func TestFieldErrors(t *testing.T) {
	var errs fault.FieldErrors
	if err := errs.OrNil(); err != nil {
		t.Errorf("no field is wrong, and OrNil is %v", err)
	}
	errs.Add("email", "is missing")
	errs.Add("first_name", "")
	errs.Add("password", "needs a digit")

	err := errs.OrNil()
	want := fault.FieldErrors{{Field: "email", Problem: "is missing"}, {Field: "password", Problem: "needs a digit"}}
	var got fault.FieldErrors
	if !errors.As(err, &got) {
		t.Fatalf("OrNil is %T", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := "email is missing; password needs a digit"; err.Error() != text {
		t.Errorf("got %q, want %q", err, text)
	}
	wrapped := fmt.Errorf("register: %w", err)
	if !errors.Is(wrapped, fault.ErrInvalid) || errors.Is(wrapped, errMissing) {
		t.Error("field errors match ErrInvalid, and no other failure")
	}
}

func TestWrap(t *testing.T) {
	declared := fault.New(fault.NotFound, "no such session")
	find := func(result error) (err error) {
		defer fault.Wrap(&err, "find")
		return result
	}
	if err := find(nil); err != nil {
		t.Errorf("no failure became %v", err)
	}
	err := find(declared)
	if !errors.Is(err, declared) || err.Error() != "find: no such session" {
		t.Errorf("wrapped as %q", err)
	}
}
