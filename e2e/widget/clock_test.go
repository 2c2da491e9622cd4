package widget

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
)

// clockOf returns what the overlay's clock shows, in seconds, or -1.
func clockOf(tab *ratingTab) int {
	var minutes, seconds int
	text := browser.Eval[string](tab.Page, overlayRoot+`.querySelector(".clock").textContent`)
	if _, err := fmt.Sscanf(text, "%d:%d", &minutes, &seconds); err != nil {
		return -1
	}
	return 60*minutes + seconds
}

// awaitClock waits until the overlay's clock shows at least this. On a busy machine it may
// show more by the time the test looks.
func (tab *ratingTab) awaitClock(least time.Duration) {
	tab.t.Helper()
	tab.Await(fmt.Sprintf("the clock to say %v", least), func() bool {
		return time.Duration(clockOf(tab))*time.Second >= least
	})
}

var (
	awayFor   = regexp.MustCompile(`You were away for (\d+) min`)
	pausedFor = regexp.MustCompile(`paused (\d+):(\d+)`)
)

// awaitAway waits until the overlay asks about an absence of at least this long, in whole
// minutes.
func (tab *ratingTab) awaitAway(least time.Duration) {
	tab.t.Helper()
	tab.awaitLength(awayFor, least)
}

// awaitPaused waits until the overlay shows a pause of at least this long.
func (tab *ratingTab) awaitPaused(least time.Duration) {
	tab.t.Helper()
	tab.awaitLength(pausedFor, least)
}

// awaitLength waits until a text with minutes, and perhaps seconds, says at least this.
func (tab *ratingTab) awaitLength(said *regexp.Regexp, least time.Duration) {
	tab.t.Helper()
	tab.Await(fmt.Sprintf("%q of %v", said, least), func() bool {
		found := said.FindStringSubmatch(tab.text())
		if found == nil {
			return false
		}
		var length time.Duration
		for i, unit := range []time.Duration{time.Minute, time.Second}[:len(found)-1] {
			n, _ := strconv.Atoi(found[i+1]) // digits are a number
			length += time.Duration(n) * unit
		}
		return length >= least
	})
}
