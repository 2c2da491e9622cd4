package account

import (
	"context"
	"net/mail"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// The limits of what a person may enter.
const (
	maxEmailSize    = 254 // bytes, RFC 5321 section 4.5.3.1.3 without the brackets
	maxNameLength   = 100 // characters
	maxTimezoneSize = 64  // bytes

	minTarget = timeline.Minute / 10
	maxTarget = 24 * 60 * timeline.Minute

	minForgottenAfter = 15 * timeline.Minute
	maxForgottenAfter = 24 * 60 * timeline.Minute
)

// MaxDayStart is the last full hour at which a user's days may begin.
const MaxDayStart = 6

// ProfileChange is what a person changes in their profile. nil leaves a field as it is.
type ProfileChange struct {
	FirstName, LastName *string
	Timezone            *string          // IANA name
	TargetMicros        *timeline.Micros // 0.1 to 1440 minutes; 0 means the server's default
	WeekStart           *time.Weekday
	WeekZone            *string          // IANA name; "" means the user's own
	DayStart            *int             // hour, 0 to MaxDayStart
	ForgottenAfter      *timeline.Micros // 15 minutes to 24 hours; 0 means that the longest questions decide
	WantsReportEmails   *bool
}

// UpdateProfile changes what c names of a user's profile, and returns the user as
// stored. It returns FieldErrors and changes nothing if a value is not good, or
// ErrUnknownUser.
func (s *Service) UpdateProfile(ctx context.Context, userID int64, c ProfileChange) (_ User, err error) {
	defer fault.Wrap(&err, "update profile")
	if c, err = c.cleaned(); err != nil {
		return User{}, err
	}
	return s.store.UpdateProfile(ctx, userID, c)
}

// cleaned returns the change with the values to store, or FieldErrors.
func (c ProfileChange) cleaned() (ProfileChange, error) {
	var errs fault.FieldErrors
	clean(&errs, "first_name", &c.FirstName, cleanName)
	clean(&errs, "last_name", &c.LastName, cleanName)
	clean(&errs, "timezone", &c.Timezone, checkTimezone)
	clean(&errs, "target_minutes", &c.TargetMicros, checkTarget)
	clean(&errs, "week_start", &c.WeekStart, checkWeekday)
	clean(&errs, "reporting_timezone", &c.WeekZone, checkWeekZone)
	clean(&errs, "day_start", &c.DayStart, checkDayStart)
	clean(&errs, "forgotten_after_minutes", &c.ForgottenAfter, checkForgottenAfter)
	if err := errs.OrNil(); err != nil {
		return ProfileChange{}, err
	}
	return c, nil
}

// clean replaces a value by the one to store, unless there is none, and notes what is
// wrong with it.
func clean[T any](errs *fault.FieldErrors, name string, value **T, check func(T) (T, string)) {
	if *value == nil {
		return
	}
	cleaned, problem := check(**value)
	errs.Add(name, problem)
	*value = &cleaned
}

// The functions below return the value to store and, unless it is good, what is
// wrong with it.

// cleanEmail normalises an e-mail address: trimmed and in lower case. It accepts bare
// addresses only, not "Name <address>".
func cleanEmail(raw string) (email, problem string) {
	trimmed := strings.TrimSpace(raw)
	if !PlainText(trimmed) { // before ToLower, which hides invalid UTF-8
		return "", "must not contain control characters"
	}
	email = strings.ToLower(trimmed)
	switch {
	case strings.ContainsFunc(email, isFormat): // two addresses that look alike would be two accounts
		return "", "must not contain invisible characters"
	case email == "":
		return "", "is missing"
	case len(email) > maxEmailSize:
		return "", "is longer than 254 bytes"
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || strings.ContainsFunc(email, unicode.IsSpace) { // a parser takes a space that is not ASCII
		return "", "is not an e-mail address"
	}
	return email, ""
}

func cleanName(raw string) (name, problem string) {
	name = strings.TrimSpace(raw)
	switch {
	case !PlainText(name):
		return "", "must not contain control characters"
	case utf8.RuneCountInString(name) > maxNameLength:
		return "", "is longer than 100 characters"
	}
	return name, ""
}

// PlainText reports whether s is valid UTF-8 that cannot affect the text around it. It
// has no control characters or line separators, which could break a line of a mail
// header, a log or a CSV file, and no characters that reorder the text around them,
// which could make a page seem to say something else.
func PlainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || reorders(r)
	})
}

// reorders reports whether r is an embedding, override or isolate (UAX #9). The marks of
// right-to-left writing affect only their neighbours, and people use them, so they are
// allowed.
func reorders(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func isFormat(r rune) bool { return unicode.Is(unicode.Cf, r) }

// checkTimezone accepts the IANA names that mean the same on every machine.
func checkTimezone(name string) (zone, problem string) {
	const unknown = "is not a known IANA time zone"
	switch name {
	case "", "Local", "localtime", "posixrules": // Go takes "" for UTC, the others for the machine's zone
		return "", unknown
	}
	if len(name) > maxTimezoneSize || path.Clean(name) != name || // "./UTC" is a file too
		strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix/") { // not on every machine
		return "", unknown
	}
	if _, err := time.LoadLocation(name); err != nil {
		return "", unknown
	}
	return name, ""
}

func checkDayStart(hour int) (_ int, problem string) {
	if hour < 0 || hour > MaxDayStart {
		return 0, "must be a full hour from 00:00 to 06:00"
	}
	return hour, ""
}

func checkForgottenAfter(after timeline.Micros) (_ timeline.Micros, problem string) {
	if after != 0 && (after < minForgottenAfter || after > maxForgottenAfter) {
		return 0, "must be from 15 to 1440 minutes"
	}
	return after, ""
}

func checkWeekZone(name string) (zone, problem string) {
	if name == "" {
		return "", ""
	}
	return checkTimezone(name)
}

func checkTarget(target timeline.Micros) (_ timeline.Micros, problem string) {
	if target != 0 && (target < minTarget || target > maxTarget) {
		return 0, "must be from 0.1 to 1440 minutes"
	}
	return target, ""
}

func checkWeekday(day time.Weekday) (_ time.Weekday, problem string) {
	if day < time.Sunday || day > time.Saturday {
		return 0, "is not a day of the week"
	}
	return day, ""
}
