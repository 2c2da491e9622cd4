package web

import (
	"errors"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// askedRange is a run of days that a query asks for, and the zone that cuts them.
type askedRange struct {
	dates report.DateRange
	rater tracker.Rater // whose Zone cuts the days
	// isReporting says that this is the zone of the user's weeks, and not of their days.
	isReporting bool
}

// reportingZone is the value of the parameter zone for the zone of the user's weeks.
const reportingZone = "weeks"

// rangeIn reads from, to and zone of a query. Its failure names the field.
func (f *face) rangeIn(query url.Values, user account.User) (askedRange, error) {
	a := f.zoned(user, query.Get("zone") == reportingZone)
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

// zoned is an empty range in one of the user's two zones.
func (f *face) zoned(user account.User, reporting bool) askedRange {
	a := askedRange{rater: f.Rater(user), isReporting: reporting && hasReportingZone(user)}
	if a.isReporting {
		a.rater.Zone = user.WeekZone
	}
	return a
}

func hasReportingZone(user account.User) bool {
	return user.WeekZone != "" && user.WeekZone != user.Timezone
}

// query is the range as the parameters of an address.
func (a askedRange) query() string {
	values := url.Values{"from": {a.dates.From.String()}, "to": {a.dates.Last().String()}}
	if a.isReporting {
		values.Set("zone", reportingZone)
	}
	return "?" + values.Encode()
}

// badQuery says what is wrong with a parameter: 400, as the contract has it of dates.
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
