package account

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Registration is what a person enters to register.
type Registration struct {
	Email, Password     string
	FirstName, LastName string // optional
	Timezone            string // IANA name that the browser reports; UTC is taken if it is unknown
	Invitation          string // a code of Invite; "" for none
	Address             string // of the client, as limits count it
	Browser             string // see Client
}

// Register adds a user and logs them in. It returns the errors of Invited before it looks
// at anything else, or FieldErrors, ErrEmailTaken or password.ErrBusy.
func (s *Service) Register(ctx context.Context, r Registration) (_ LoggedIn, err error) {
	defer fault.Wrap(&err, "register")
	invited, err := s.Invited(ctx, r.Invitation)
	if err != nil {
		return LoggedIn{}, err
	}
	user, err := s.newGuest(ctx, r, invited)
	if err != nil {
		return LoggedIn{}, err
	}
	if err := s.createGuest(ctx, user, invited); err != nil {
		s.noteTaken(ctx, user.Email, r.Address, err)
		return LoggedIn{}, err
	}
	s.note(ctx, SecurityEvent{Kind: Registered, UserID: user.ID, Address: r.Address})
	if invited.ID != "" {
		s.note(ctx, SecurityEvent{Kind: InvitationUsed, UserID: user.ID, Address: r.Address, Detail: invited.Name()})
	}
	if invited.MakesAdmin {
		s.note(ctx, SecurityEvent{Kind: RoleChanged, UserID: user.ID, Address: r.Address, Detail: string(user.Role)})
	}
	return s.start(ctx, user, Client{Address: r.Address, Browser: r.Browser})
}

// newGuest returns the user who registers, who is not stored yet, or FieldErrors or
// password.ErrBusy.
func (s *Service) newGuest(ctx context.Context, r Registration, invited Invitation) (User, error) {
	email, problem := cleanEmail(r.Email)
	if invited.Email != "" && problem == "" && emailkey.Of(email) != emailkey.Of(invited.Email) {
		return User{}, fault.Field("email", "is not the address that the invitation is for")
	}
	role := RoleUser
	if invited.MakesAdmin {
		role = RoleAdmin
	}
	return s.newUser(ctx, password.Turn{Lane: password.Strangers, Key: r.Address}, r, role)
}

// createGuest stores a user, and uses their invitation up if they have one.
func (s *Service) createGuest(ctx context.Context, u User, invited Invitation) error {
	if invited.ID == "" {
		return s.store.CreateUser(ctx, u)
	}
	return s.store.CreateInvitedUser(ctx, u, invited.ID, timeline.InstantOf(s.now()))
}

// noteTaken tells the owner of an e-mail, in the security log, that somebody tried to
// register it.
func (s *Service) noteTaken(ctx context.Context, email, address string, err error) {
	if !errors.Is(err, ErrEmailTaken) {
		return
	}
	if owner, err := s.userByEmail(ctx, email); err == nil {
		s.note(ctx, SecurityEvent{Kind: RegisteredAgain, UserID: owner.ID, Address: address})
	}
}

// newUser returns a user who is not stored yet, or FieldErrors or password.ErrBusy.
func (s *Service) newUser(ctx context.Context, turn password.Turn, r Registration, role Role) (_ User, err error) {
	var errs fault.FieldErrors
	read := func(name, raw string, check func(string) (string, string)) string {
		value, problem := check(raw)
		errs.Add(name, problem)
		return value
	}
	u := s.blankUser()
	u.Role = role
	u.Email = read("email", r.Email, cleanEmail)
	u.EmailKey = emailkey.Of(u.Email)
	u.FirstName = read("first_name", r.FirstName, cleanName)
	u.LastName = read("last_name", r.LastName, cleanName)
	if zone, problem := checkTimezone(r.Timezone); problem == "" {
		u.Timezone = zone // a browser's wrong guess is no reason to refuse a person
	}
	// The password comes last because it must not contain words of the other fields.
	normalised := read("password", r.Password, func(raw string) (string, string) { return s.newPassword(ctx, u, raw) })
	if err := errs.OrNil(); err != nil {
		return User{}, err
	}
	u.PasswordHash, err = s.hasher.Hash(ctx, turn, normalised)
	return u, err
}

// blankUser returns a new user about whom nothing is known.
func (s *Service) blankUser() User {
	now := timeline.InstantOf(s.now())
	return User{
		ID:                newUserID(),
		Active:            true,
		Role:              RoleUser,
		Timezone:          "UTC",
		WeekStart:         time.Monday,
		CreatedAt:         now,
		PasswordChangedAt: now,
	}
}

// newUserID returns a random ID, so that it reveals neither how many users there are
// nor who registered first.
func newUserID() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails, as documented
	return 1 + int64(binary.BigEndian.Uint64(b[:])%token.MaxUserID)
}
