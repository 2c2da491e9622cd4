package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// TokenRef names a token: the user it was issued to and its ID (the JWT's jti).
type TokenRef struct {
	UserID int64
	ID     string // UUID in its canonical text form
}

// Token is a token that was issued and not revoked.
type Token struct {
	TokenRef
	ExpiresAt timeline.Instant
}

// Store keeps users and the list of valid tokens. Every string handed to it is
// valid UTF-8 without NUL. Besides the errors named at each method it may return
// others, which mean that the store failed.
type Store interface {
	// CreateUser adds u with every field as given. It returns ErrEmailTaken if
	// another user has the e-mail.
	CreateUser(ctx context.Context, u User) error

	// UserByEmail returns the user with this normalised e-mail, or ErrUnknownUser.
	UserByEmail(ctx context.Context, email string) (User, error)

	// UserByID returns the user with this ID, or ErrUnknownUser.
	UserByID(ctx context.Context, id int64) (User, error)

	// UpdateProfile stores u's names, time zone, target, week start, reporting
	// time zone and wish for report e-mails, and nothing else of u. It returns
	// ErrUnknownUser if there is no user u.ID.
	UpdateProfile(ctx context.Context, u User) error

	// UpdateRole sets the role, or returns ErrUnknownUser.
	UpdateRole(ctx context.Context, userID int64, role Role) error

	// UpgradePasswordHash replaces the hash from by to, which was made of the same
	// password with today's parameters. It does nothing if the user's hash is no
	// longer from: another login or a password change came first.
	UpgradePasswordHash(ctx context.Context, userID int64, from, to string) error

	// RecordLogin adds t to the valid tokens and sets its user's last login to
	// at, in one transaction. It returns ErrUnknownUser if there is no such user.
	RecordLogin(ctx context.Context, t Token, at timeline.Instant) error

	// DeleteToken revokes a token. One that does not exist is no error.
	DeleteToken(ctx context.Context, ref TokenRef) error

	// DeleteExpiredTokens removes the tokens that expired before this instant.
	DeleteExpiredTokens(ctx context.Context, before timeline.Instant) error

	// UsersOfTokens returns, in one query, the user of each of refs that exists,
	// whether the user is active or not and whether or not the token is expired.
	// A ref that does not exist is absent from the map. refs holds no duplicate
	// and at most 256 entries.
	UsersOfTokens(ctx context.Context, refs []TokenRef) (map[TokenRef]User, error)
}
