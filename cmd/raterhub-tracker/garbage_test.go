package main

import "testing"

func TestGCPercent(t *testing.T) {
	t.Parallel()
	for inUse, want := range map[uint64]int{0: 400, 8 << 20: 400, 12 << 20: 400, 16 << 20: 300, 30 << 20: 150, 48 << 20: 100, 1 << 40: 100} {
		if got := gcPercent(inUse); got != want {
			t.Errorf("GOGC with %d bytes in use: got %d, want %d", inUse, got, want)
		}
	}
}
