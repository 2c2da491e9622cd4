package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// askedRange is a range of days that a query asks for: of the user's own days, or of those
// of which their weeks are made.
type askedRange struct {
	dates report.DateRange
	rater tracker.Rater // its days
	// inWeekZone says that the days are those of weeks, and are other days than the user's
	// own.
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

// dayIn reads date and zone of a query: one day, today by default. It returns today too.
func (f *face) dayIn(r *http.Request, user account.User) (a askedRange, today report.Date, err error) {
	query := r.URL.Query()
	a = f.zoned(user, query.Get("zone") == weekZone)
	if today, err = f.Tracker.Today(a.rater); err != nil {
		return a, today, err
	}
	a.dates.Days = 1
	a.dates.From, err = httpx.DateOr(query.Get("date"), today)
	return a, today, err
}

// dayAddress returns the address of the page of a day of the range's kind.
func (a askedRange) dayAddress(d report.Date) string {
	if a.inWeekZone {
		return dayAddress(d) + "&zone=" + weekZone
	}
	return dayAddress(d)
}

// zoned returns an empty range of the user's own days, or of those of their weeks.
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
