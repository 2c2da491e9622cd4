package report

import (
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// MMSS writes a length of time as minutes and seconds, "MM:SS". It rounds to whole seconds
// (half up) before it splits them, so 599.7 s is "10:00" and never "09:60"; from 100
// minutes on the minutes take the digits they need. A negative length is written as "-" and
// its magnitude.
func MMSS(d timeline.Micros) string {
	sign, seconds := wholeSeconds(d)
	return fmt.Sprintf("%s%02d:%02d", sign, seconds/60, seconds%60)
}

// SignedMMSS is MMSS for a difference: "+01:02" is over and "-05:29" is under. A difference
// that rounds to 0 has no sign: "00:00".
func SignedMMSS(d timeline.Micros) string {
	if _, seconds := wholeSeconds(d); d > 0 && seconds > 0 {
		return "+" + MMSS(d)
	}
	return MMSS(d)
}

// Total writes a sum for a dashboard: as MMSS below one hour, as hours and whole
// minutes, "HH:MM", from one hour on. Which of the two is decided after rounding
// to seconds, so 3599.5 s is "01:00"; seconds beyond the last full minute are
// not shown, so 7199 s is "01:59".
func Total(d timeline.Micros) string {
	sign, seconds := wholeSeconds(d)
	if seconds < 3600 {
		return MMSS(d)
	}
	return fmt.Sprintf("%s%02d:%02d", sign, seconds/3600, seconds%3600/60)
}

// wholeSeconds rounds the magnitude of d half up. The sign is "-" if the rounded length is
// below zero, else "".
func wholeSeconds(d timeline.Micros) (sign string, seconds int64) {
	magnitude := max(d, -d)
	seconds = int64((magnitude + timeline.Second/2) / timeline.Second)
	if d < 0 && seconds > 0 {
		sign = "-"
	}
	return sign, seconds
}
