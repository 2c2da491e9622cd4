package web

import (
	"errors"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// askedRange is a range of days that a query asks for, and the zone in which the days are
// cut.
type askedRange struct {
	dates report.DateRange
	rater tracker.Rater // its days
	// inWeekZone says that the zone is the user's week zone and not the zone of their
	// days.
	inWeekZone bool
}

// weekZone is the value of the parameter zone that asks for the week zone.
const weekZone = "weeks"

// rangeIn reads from, to and zone of a query. It returns a *badQuery for a bad value.
func (f *face) rangeIn(query url.Values, user account.User) (askedRange, error) {
	a := f.zoned(user, query.Get("zone") == weekZone)
	from, err := report.ParseDate(query.Get("from"))
	if err != nil {
		return a, badDateNamed("from", err)
	}
	to, err := report.ParseDate(query.Get("to"))
	if err != nil {
		return a, badDateNamed("to", err)
	}
	a.dates = report.DateRange{From: from, Days: to.DaysSince(from) + 1}
	switch {
	case a.dates.Days < 1:
		return a, &badQuery{field: "to", problem: "is before from"}
	case a.dates.Days > tracker.MaxRangeDays:
		return a, &badQuery{field: "to", problem: "is more than 366 days after from"}
	}
	return a, nil
}

// zoned returns an empty range in one of the user's two zones.
func (f *face) zoned(user account.User, ofWeeks bool) askedRange {
	rater := f.Rater(user)
	if ofWeeks && rater.HasWeekZone() {
		return askedRange{rater: rater.OfWeeks(), inWeekZone: true}
	}
	return askedRange{rater: rater}
}

// query returns the range as the query of an address.
func (a askedRange) query() string {
	values := url.Values{"from": {a.dates.From.String()}, "to": {a.dates.Last().String()}}
	if a.inWeekZone {
		values.Set("zone", weekZone)
	}
	return "?" + values.Encode()
}

// badQuery says what is wrong with a parameter of the query; the answer is 400.
type badQuery struct {
	field, problem string
}

func (b *badQuery) Error() string { return b.field + ": " + b.problem }

func (b *badQuery) Unwrap() error { return fault.New(fault.Malformed, b.Error()) }

func badDateNamed(field string, err error) error {
	if errors.Is(err, report.ErrBadDate) {
		return &badQuery{field: field, problem: "is " + err.Error()}
	}
	return err
}
