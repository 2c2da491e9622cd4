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

// Total writes a sum for a dashboard: as MMSS below one hour, as "HH:MM", rounded half up
// to the minute, from one hour on. Which of the two is decided after rounding to seconds,
// so 3599.5 s is "01:00"; 7199 s is "02:00".
func Total(d timeline.Micros) string {
	if !TotalIsRounded(d) {
		return MMSS(d)
	}
	sign, minutes := rounded(d, timeline.Minute)
	return fmt.Sprintf("%s%02d:%02d", sign, minutes/60, minutes%60)
}

// TotalIsRounded reports whether Total leaves out the seconds, so that a page must say
// elsewhere how long d is exactly.
func TotalIsRounded(d timeline.Micros) bool {
	_, seconds := wholeSeconds(d)
	return seconds >= 3600
}

// HMMSS writes a length of time to the second, "1:59:59", rounded as MMSS rounds.
func HMMSS(d timeline.Micros) string {
	sign, seconds := wholeSeconds(d)
	return fmt.Sprintf("%s%d:%02d:%02d", sign, seconds/3600, seconds%3600/60, seconds%60)
}

func wholeSeconds(d timeline.Micros) (sign string, seconds int64) { return rounded(d, timeline.Second) }

// rounded returns the magnitude of d in whole units, rounded half up. The sign is "-" if
// what was rounded is below zero, else "".
func rounded(d, unit timeline.Micros) (sign string, units int64) {
	magnitude := max(d, -d)
	units = int64((magnitude + unit/2) / unit)
	if d < 0 && units > 0 {
		sign = "-"
	}
	return sign, units
}
