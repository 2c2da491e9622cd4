package web

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The forms in which a person types a time: MM:SS or H:MM:SS, with any number of leading
// digits, or minutes with a decimal point or comma.
var (
	clockTime  = regexp.MustCompile(`^(?:([0-9]{1,3}):([0-5][0-9])|([0-9]{1,5})):([0-5][0-9])$`)
	minuteTime = regexp.MustCompile(`^[0-9]{1,5}(?:[.,][0-9]{1,6})?$`)
)

// activeTimeOf reads a time such as "4:30", "04:30", "1:02:03", "4.5" or "4,5". A single
// number means minutes, as everywhere on the pages. One digit of seconds is refused,
// because "4:5" could be 4:05 or 4:50.
func activeTimeOf(text string) (_ timeline.Micros, problem string) {
	text = strings.TrimSpace(text)
	if minuteTime.MatchString(text) {
		minutes, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err == nil {
			return timeline.Micros(minutes*float64(timeline.Minute) + 0.5), ""
		}
	}
	parts := clockTime.FindStringSubmatch(text)
	if parts == nil {
		return 0, "must be minutes and seconds, as in 04:30"
	}
	// A part that is missing is empty and counts as zero.
	number := func(part string) timeline.Micros {
		n, err := strconv.Atoi(part)
		if err != nil {
			return 0
		}
		return timeline.Micros(n)
	}
	minutes := 60*number(parts[1]) + number(parts[2]) + number(parts[3])
	return minutes*timeline.Minute + number(parts[4])*timeline.Second, ""
}
