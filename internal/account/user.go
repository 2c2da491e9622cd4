// Package account holds the use cases on people: register, log in with one or two
// factors or an identity provider, connect devices, and manage users and their
// profiles. It rests on packages password, token and factor.
//
// The rules are:
//   - An access token is valid only while its row exists. Logging out deletes the row,
//     so the token is refused at the next request on every replica.
//   - Role, activity and profile are read from the user's row at each request,
//     never from the token.
//   - An unknown e-mail, a wrong password and a disabled user look the same and cost
//     the same work.
package account

import (
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Role is what a user may do.
type Role string

// The roles.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return r == RoleUser || r == RoleAdmin }

// User is one person who can log in.
type User struct {
	ID           int64  // random, from 1 to 2^53-1, so that JSON readers keep it exact
	Email        string // trimmed and in lower case; unique
	EmailKey     string // of Email (package emailkey); unique; "" if a user before has the key, or for a user of an earlier version at first
	PasswordHash string // PHC string; "" for a user who logs in with an identity provider only
	Active       bool   // a user who is not active can neither log in nor use a token
	Role         Role

	FirstName, LastName string
	Timezone            string          // IANA name; the user's days are counted in it
	TargetMicros        timeline.Micros // per question; 0 means the server's default
	WeekStart           time.Weekday
	WeekZone            string // IANA name; the user's weeks are cut in it; "" means Timezone
	DayStart            int    // the hour, 0 to 6, at which the user's days begin
	// ForgottenAfter is how long a session may be without a press before it looks
	// forgotten; 0 means that the user's longest questions decide.
	ForgottenAfter    timeline.Micros
	WantsReportEmails bool

	CreatedAt         timeline.Instant
	LastLoginAt       timeline.Instant // 0 means never
	PasswordChangedAt timeline.Instant // never the same for two passwords
}
