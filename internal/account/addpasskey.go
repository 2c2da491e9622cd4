package account

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/ceremony"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// maxPasskeys is how many passkeys a user may have.
const maxPasskeys = 20

// PasskeySetup is what a browser needs to make or use a passkey.
type PasskeySetup struct {
	Challenge string          // names the ceremony
	Options   json.RawMessage // for navigator.credentials
}

// StartPasskey begins the registration of a passkey. It returns FieldErrors for a wrong
// password, fault.Throttled after several, ErrNoPassword, ErrNoPasskeys or
// ErrTooManyPasskeys.
func (s *Service) StartPasskey(ctx context.Context, userID int64, password string, by By) (_ PasskeySetup, err error) {
	defer fault.Wrap(&err, "start a passkey")
	user, err := s.confirm(ctx, userID, "password", password, by)
	if err != nil {
		return PasskeySetup{}, err
	}
	if s.passkeys == nil {
		return PasskeySetup{}, ErrNoPasskeys
	}
	factors, err := s.store.Factors(ctx, userID)
	if err != nil {
		return PasskeySetup{}, err
	}
	if len(factors.Passkeys) >= maxPasskeys {
		return PasskeySetup{}, ErrTooManyPasskeys
	}
	options, session, err := s.passkeys.BeginRegistration(ownerOf(user), factors.Passkeys, s.now())
	if err != nil {
		return PasskeySetup{}, err
	}
	challenge, err := s.ceremonies.Await(ctx, ceremony.NewPasskey, userID, session)
	return PasskeySetup{Challenge: challenge, Options: options}, err
}

// AddPasskey ends the registration that StartPasskey began, and returns new recovery
// codes if the user had no second factor. It returns ErrUnknownCeremony, ErrPasskey,
// ErrFactorExists, ErrTooManyPasskeys or FieldErrors.
func (s *Service) AddPasskey(ctx context.Context, userID int64, challenge, name string, credential []byte, by By) (_ Passkey, _ []string, err error) {
	defer fault.Wrap(&err, "add a passkey")
	name, problem := cleanPasskeyName(name)
	if problem != "" {
		return Passkey{}, nil, fault.Field("name", problem)
	}
	passkey, err := s.madePasskey(ctx, userID, challenge, credential)
	if err != nil {
		return Passkey{}, nil, err
	}
	passkey.Name = name
	codes, err := s.storePasskey(ctx, passkey)
	if err != nil {
		return Passkey{}, nil, err
	}
	s.Note(ctx, PasskeyAdded, userID, by, name)
	return passkey, codes, nil
}

// cleanPasskeyName returns the name to store, and what is wrong with it, or "".
func cleanPasskeyName(raw string) (name, problem string) {
	if strings.TrimSpace(raw) == "" {
		return "", "is missing"
	}
	return cleanName(raw)
}

// madePasskey returns the passkey that a browser made for a challenge, without a name.
func (s *Service) madePasskey(ctx context.Context, userID int64, challenge string, credential []byte) (Passkey, error) {
	if s.passkeys == nil {
		return Passkey{}, ErrNoPasskeys
	}
	user, err := s.store.UserByID(ctx, userID)
	if err != nil {
		return Passkey{}, err
	}
	var session []byte
	begun, err := s.ceremonies.Use(ctx, ceremony.NewPasskey, challenge, &session)
	if err != nil {
		return Passkey{}, err
	}
	if begun.UserID != userID {
		return Passkey{}, ErrUnknownCeremony
	}
	return s.passkeys.FinishRegistration(ownerOf(user), session, credential, s.now())
}

// storePasskey stores a passkey, and with it recovery codes if the user needs some.
func (s *Service) storePasskey(ctx context.Context, passkey Passkey) ([]string, error) {
	before, err := s.store.Factors(ctx, passkey.UserID)
	if err != nil {
		return nil, err
	}
	if len(before.Passkeys) >= maxPasskeys {
		return nil, ErrTooManyPasskeys
	}
	codes, hashes := firstRecoveryCodes(passkey.UserID, before)
	return codes, s.store.AddPasskey(ctx, passkey, hashes)
}

// RemovePasskey removes one of a user's passkeys. It returns FieldErrors for a wrong
// password, fault.Throttled after several, ErrNoPassword, or ErrUnknownFactor.
func (s *Service) RemovePasskey(ctx context.Context, userID int64, id, password string, by By) (err error) {
	defer fault.Wrap(&err, "remove a passkey")
	if !isPasskeyID(id) {
		return ErrUnknownFactor
	}
	if _, err := s.confirm(ctx, userID, "password", password, by); err != nil {
		return err
	}
	if err := s.store.DeletePasskey(ctx, userID, id); err != nil {
		return err
	}
	s.Note(ctx, PasskeyRemoved, userID, by, "")
	return s.dropUselessCodes(ctx, userID)
}

// isPasskeyID reports whether a text can be the ID of a passkey: base64url, of at most
// the 1,023 bytes that WebAuthn allows.
func isPasskeyID(text string) bool {
	const most = 1364
	return text != "" && len(text) <= most && !strings.ContainsFunc(text, func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
}
