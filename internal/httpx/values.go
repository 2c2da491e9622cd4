package httpx

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// CanonicalUUID returns a UUID in lower case. It accepts only the form with 36
// characters.
func CanonicalUUID(text string) (_ string, ok bool) {
	if len(text) != 36 {
		return "", false
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return "", false
	}
	return id.String(), true
}

// ID returns the canonical form of an id in a path. For a text that is not a UUID it
// returns unknown, as for an id that does not exist.
func ID(text string, unknown error) (string, error) {
	id, ok := CanonicalUUID(text)
	if !ok {
		return "", unknown
	}
	return id, nil
}

// DateOr returns the date that a request asks for, or today when the text is "". A text
// that is not a date is a fault.Malformed.
func DateOr(text string, today report.Date) (report.Date, error) {
	if text == "" {
		return today, nil
	}
	date, err := report.ParseDate(text)
	return date, malformedDate(err)
}

// MonthOr returns the days of the month that a request asks for, or of the month of
// today when the text is "". A text that is not a month is a fault.Malformed.
func MonthOr(text string, today report.Date) (report.DateRange, error) {
	if text == "" {
		return report.MonthOf(today), nil
	}
	month, err := report.ParseMonth(text)
	return month, malformedDate(err)
}

func malformedDate(err error) error {
	if errors.Is(err, report.ErrBadDate) {
		return fault.New(fault.Malformed, err.Error())
	}
	return err
}

// Weekday returns the day of the week with this English name, in any case.
func Weekday(name string) (_ time.Weekday, ok bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), name) {
			return day, true
		}
	}
	return 0, false
}

// HourText writes a full hour of the day: "05:00".
func HourText(hour int) string { return fmt.Sprintf("%02d:00", hour) }

// HourIn reads what HourText writes. It returns -1 for any other text, which is no hour.
func HourIn(text string) int {
	for hour := range report.HoursInDay {
		if HourText(hour) == text {
			return hour
		}
	}
	return -1
}

// PageNumber returns the page of a list that a request asks for, from 1, which is also
// that of no text. A text that is not such a number is a fault.Malformed.
func PageNumber(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(text)
	if err != nil || page < 1 {
		return 0, fault.New(fault.Malformed, "page must be a number from 1 on")
	}
	return page, nil
}
