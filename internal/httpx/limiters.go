package httpx

import (
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// Rates are the rates that can be configured. The zero Rate is no limit.
type Rates struct{ Login, Register, Events, Corrections, Reads limit.Rate }

// Limiters are all rate limits on requests. Both faces use the same ones, so a client
// that uses both does not get twice as much.
type Limiters struct {
	// By client address, as LimitKey gives it.
	Logins        *limit.Limiter // first steps of a login
	SecondSteps   *limit.Limiter // second steps of a login
	Registrations *limit.Limiter
	Visits        *limit.Limiter // visits to the identity provider
	Pairings      *limit.Limiter // exchanges of a pairing code
	Refreshes     *limit.Limiter // refreshes of device tokens; by address and device

	// By UserKey.
	Events       *limit.Limiter
	Corrections  *limit.Limiter // and what takes one back, and previews
	Reads        *Reads
	PairingCodes *limit.Limiter
	Exports      *limit.Limiter

	// Confirmations are counted by token, so that a thief with a stolen token does not make
	// the owner wait.
	Confirmations *limit.Limiter
}

// NewLimiters makes the limiters, which count in counters.
func NewLimiters(rates Rates, counters limit.Counters, now func() time.Time) *Limiters {
	limiter := func(name string, rate limit.Rate) *limit.Limiter {
		return limit.NewLimiter(name, rate, counters, now)
	}
	// A widget refreshes some five times an hour, but it may start with every page and
	// every retry.
	refreshes := limit.Rate{Requests: 6 * rates.Login.Requests, Window: rates.Login.Window}
	// The long exports read everything that a user has.
	exports := limit.Rate{Requests: 10, Window: time.Minute}
	return &Limiters{
		Logins:        limiter("login", rates.Login),
		SecondSteps:   limiter("second-steps", rates.Login),
		Registrations: limiter("register", rates.Register),
		Visits:        limiter("visits", rates.Login),
		Pairings:      limiter("pairings", rates.Login),
		Refreshes:     limiter("refreshes", refreshes),
		Events:        limiter("events", rates.Events),
		Corrections:   limiter("corrections", rates.Corrections),
		Reads:         newReads(limiter("reads", rates.Reads), now),
		PairingCodes:  limiter("pairing-codes", rates.Login),
		Exports:       limiter("exports", exports),
		Confirmations: limiter("confirmations", rates.Login),
	}
}

// UserKey names a user to a limiter.
func UserKey(userID int64) string { return strconv.FormatInt(userID, 10) }
