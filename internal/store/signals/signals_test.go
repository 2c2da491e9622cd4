package signals

import (
	"slices"
	"testing"
)

// A payload that another version sent breaks nothing.
func TestReadSignal(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string][]int64{"": nil, "A": nil, "A 10 z": {36, 35}, "A !  1": {1}} {
		if _, got := readSignal(payload); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", payload, got, want)
		}
	}
}
