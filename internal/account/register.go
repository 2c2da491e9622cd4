package account

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Registration is what a person gives to register.
type Registration struct {
	Email, Password     string
	FirstName, LastName string // optional
	Timezone            string // IANA name, as the browser says; UTC unless it is known
	Address             string // of the client, for the security log
}

// Register adds a user and logs them in. It returns FieldErrors, ErrEmailTaken or
// ErrBusy.
func (s *Service) Register(ctx context.Context, r Registration) (LoggedIn, error) {
	user, password, err := s.newUser(ctx, r)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("register: %w", err)
	}
	user.PasswordHash, err = s.hasher.Hash(ctx, password)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("register: %w", err)
	}
	if err := s.store.CreateUser(ctx, user); err != nil {
		s.noteTaken(ctx, user.Email, r.Address, err)
		return LoggedIn{}, fmt.Errorf("register: %w", err)
	}
	s.note(ctx, SecurityEvent{Kind: Registered, UserID: user.ID, Address: r.Address})
	login, err := s.start(ctx, user)
	if err != nil {
		return LoggedIn{}, fmt.Errorf("register: %w", err)
	}
	return login, nil
}

// noteTaken tells the owner of an e-mail that somebody tried to register it.
func (s *Service) noteTaken(ctx context.Context, email, address string, err error) {
	if !errors.Is(err, ErrEmailTaken) {
		return
	}
	if owner, known, err := s.userByEmail(ctx, email); err == nil && known {
		s.note(ctx, SecurityEvent{Kind: RegisteredAgain, UserID: owner.ID, Address: address})
	}
}

// newUser is a user without password hash, and their normalised password.
func (s *Service) newUser(ctx context.Context, r Registration) (_ User, normalised string, _ error) {
	var errs fault.FieldErrors
	u := s.blankUser()
	read := func(name, raw string, check func(string) (string, string)) string {
		value, problem := check(raw)
		errs.Add(name, problem)
		return value
	}
	u.Email = read("email", r.Email, cleanEmail)
	u.FirstName = read("first_name", r.FirstName, cleanName)
	u.LastName = read("last_name", r.LastName, cleanName)
	if zone, problem := checkTimezone(r.Timezone); problem == "" {
		u.Timezone = zone // a guess of the browser is no reason to refuse a person
	}
	normalised = read("password", r.Password, func(raw string) (string, string) {
		return s.newPassword(ctx, u, raw) // last: it must not contain the others' words
	})
	return u, normalised, errs.OrNil()
}

// blankUser is a new user before anything is known of them.
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

// newUserID is random, so that an ID says nothing about how many users there are
// or who came first.
func newUserID() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails, as documented
	return 1 + int64(binary.BigEndian.Uint64(b[:])%token.MaxUserID)
}
