package main

import (
	"os"
	"testing"
	"time"
)

// The bare handler answers so that a presser finds nothing wrong.
func TestBareHandlerAnswersPressers(t *testing.T) {
	got, err := measureBare(t.Context(), 2, time.Millisecond)
	if err != nil || got.errors != 0 || got.all == 0 {
		t.Errorf("%d answers, %d errors, the first %q: %v", got.all, got.errors, got.firstError, err)
	}
}

// What a process uses can be read, and grows.
func TestUsageOfThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/io"); err != nil {
		t.Skip("there is no /proc with what a process writes")
	}
	before, err := usageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := usageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if used := after.minus(before); used.cpu < 0 || used.written < 0 { // a memory filesystem writes nothing
		t.Errorf("it has used %+v", used)
	}
	now, most, err := memoryOf(os.Getpid())
	if err != nil || now < 1<<20 || most < now {
		t.Errorf("%d bytes of memory, at most %d: %v", now, most, err)
	}
	if parentOf(os.Getpid()) != os.Getppid() {
		t.Errorf("its parent is %d, not %d", parentOf(os.Getpid()), os.Getppid())
	}
}

func TestCostsOf(t *testing.T) {
	program, database := consumption{cpu: 10 * time.Millisecond, written: 300}, consumption{cpu: 5 * time.Millisecond, written: 100}
	if got := costsOf(program, database, 10); *got != (costs{time.Millisecond, 500 * time.Microsecond, 40}) {
		t.Errorf("got %+v", got)
	}
	if got := costsOf(program, database, 0); got != nil {
		t.Errorf("of no operation: %+v", got)
	}
}
