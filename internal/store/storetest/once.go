package storetest

import (
	"errors"
	"sync"
	"testing"
)

// contenders is how many callers try at once what one of them can do.
const contenders = 16

// atOnce calls do from n goroutines at once, each with its number, and returns their errors.
func atOnce(n int, do func(i int) error) []error {
	told := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			told[i] = do(i)
		})
	}
	close(start)
	group.Wait()
	return told
}

// exactlyOne calls do from many goroutines at once. It returns the number of the one that
// succeeded, and fails the test unless all others get the error lost.
func exactlyOne(t *testing.T, lost error, do func(i int) error) (winner int) {
	t.Helper()
	var winners []int
	for i, err := range atOnce(contenders, do) {
		switch {
		case err == nil:
			winners = append(winners, i)
		case !errors.Is(err, lost):
			t.Errorf("caller %d: got %v, want %v", i, err, lost)
		}
	}
	if len(winners) != 1 {
		t.Fatalf("callers %v got through, want one of %d", winners, contenders)
	}
	return winners[0]
}

// done ends the test if a call failed that must succeed.
func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails the test unless a call returned this error.
func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}
