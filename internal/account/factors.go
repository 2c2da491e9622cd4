package account

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/factor"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/passkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Passkey is a credential of a user that serves as a second factor.
type Passkey = passkey.Key

// PasskeyOptions names the site that passkeys belong to.
type PasskeyOptions = passkey.Options

// ownerOf returns a user as their passkeys know them.
func ownerOf(u User) passkey.Owner { return passkey.Owner{ID: u.ID, Email: u.Email} }

// Factors are what a user logs in with besides the password.
type Factors struct {
	TOTP          *TOTP // nil if there is none
	Passkeys      []Passkey
	RecoveryCodes int // how many are left
}

// hasTOTP reports whether there is an app that counts.
func (f Factors) hasTOTP() bool { return f.TOTP != nil && f.TOTP.Confirmed }

// any reports whether a login needs a second factor.
func (f Factors) any() bool { return f.hasTOTP() || len(f.Passkeys) > 0 }

// Factors returns the second factors of a user, without an app that is not confirmed.
func (s *Service) Factors(ctx context.Context, userID int64) (_ Factors, err error) {
	defer fault.Wrap(&err, "read second factors")
	factors, err := s.store.Factors(ctx, userID)
	if err != nil {
		return Factors{}, err
	}
	if !factors.hasTOTP() {
		factors.TOTP = nil
	}
	return factors, nil
}

// NewRecoveryCodes makes new recovery codes, which replace all others. It returns
// FieldErrors for a wrong password, fault.Throttled after several, ErrNoPassword, or
// ErrUnknownFactor if the user has no second factor.
func (s *Service) NewRecoveryCodes(ctx context.Context, userID int64, password string, by By) (_ []string, err error) {
	defer fault.Wrap(&err, "make recovery codes")
	if _, err := s.confirm(ctx, userID, "password", password, by); err != nil {
		return nil, err
	}
	factors, err := s.store.Factors(ctx, userID)
	if err != nil {
		return nil, err
	}
	if !factors.any() {
		return nil, ErrUnknownFactor
	}
	codes, hashes := factor.NewRecoveryCodes(userID)
	if err := s.store.ReplaceRecoveryCodes(ctx, userID, hashes); err != nil {
		return nil, err
	}
	s.Note(ctx, RecoveryCodesMade, userID, by, "")
	return codes, nil
}

// firstRecoveryCodes returns new recovery codes for a user who has no second factor
// yet, and nil for others. They are stored with the factor, so that nobody has a factor
// without codes, or is shown codes that another request has replaced.
func firstRecoveryCodes(userID int64, before Factors) (shown, hashes []string) {
	if before.any() {
		return nil, nil
	}
	return factor.NewRecoveryCodes(userID)
}

// dropUselessCodes removes the recovery codes of a user who has no second factor left.
func (s *Service) dropUselessCodes(ctx context.Context, userID int64) error {
	factors, err := s.store.Factors(ctx, userID)
	if err != nil || factors.any() {
		return err
	}
	return s.store.ReplaceRecoveryCodes(ctx, userID, nil)
}

// ResetFactors removes all second factors of a user who has lost them, for the operator.
// It returns ErrUnknownUser.
func (s *Service) ResetFactors(ctx context.Context, email string, by By) (err error) {
	defer fault.Wrap(&err, "remove second factors")
	user, err := s.userByEmail(ctx, email)
	if err != nil {
		return err
	}
	if err := s.store.DeleteFactors(ctx, user.ID); err != nil {
		return err
	}
	s.Note(ctx, FactorsReset, user.ID, by, "")
	return nil
}
