package report

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Percentile returns a percentile of times by the nearest-rank definition: the smallest of
// them that at least percent % of them do not exceed. So it is always one of the times, exact
// to the microsecond and never interpolated; the 50th is the median, the lower one of the two
// in the middle of an even number. It is 0 when there are no times. Percent is from 1 to 100,
// and the times may be in any order.
func Percentile(times []timeline.Micros, percent int) timeline.Micros {
	if len(times) == 0 {
		return 0
	}
	rank := (percent*len(times) + 99) / 100 // rounded up, in whole numbers
	return slices.Sorted(slices.Values(times))[rank-1]
}
