package web

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// A time as a person types it: MM:SS or H:MM:SS, with as many leading digits as it
// takes, or a number of minutes with a point or a comma.
var (
	clockTime  = regexp.MustCompile(`^(?:([0-9]{1,3}):([0-5][0-9])|([0-9]{1,5})):([0-5][0-9])$`)
	minuteTime = regexp.MustCompile(`^[0-9]{1,5}(?:[.,][0-9]{1,6})?$`)
)

// activeTimeOf reads a time such as "4:30", "04:30", "1:02:03", "4.5" or "4,5". A
// number alone is minutes, as everywhere on the pages. One digit of seconds is
// refused: "4:5" could be 4:05 or 4:50.
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
	// A part that is not there is "", and counts for nothing.
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
