package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// garbageBytes is how much may become garbage before it is collected. Under load a tenth of the
	// time is saved when little is in use, and with thousands of open pages, whose stacks also
	// count for GOGC, memory does not grow to a multiple of what they need.
	garbageBytes = 48 << 20
	// These bound GOGC: below, a large heap would be collected all the time; above, a small one
	// gains nothing.
	minGCPercent, maxGCPercent = 100, 400
	// tunedEvery is often enough for pages that are opened by hand.
	tunedEvery = time.Second
)

// tuneGC sets GOGC to what garbageBytes means for the memory in use, until ctx ends. An operator
// who sets GOGC has decided otherwise.
func tuneGC(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	tick := time.NewTicker(tunedEvery)
	defer tick.Stop()
	for now := 0; ; {
		metrics.Read(inUse)
		var bytes uint64
		for _, sample := range inUse {
			bytes += sample.Value.Uint64()
		}
		if next := gcPercent(bytes); next != now {
			debug.SetGCPercent(next)
			now = next
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// gcPercent returns GOGC for so many bytes that a collection found in use.
func gcPercent(inUse uint64) int {
	const step = 25 // setting it stops the program for a moment
	percent := garbageBytes * 100 / max(inUse, 1) / step * step
	return int(min(max(percent, minGCPercent), maxGCPercent))
}
