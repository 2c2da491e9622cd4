package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/factor"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// TOTP is a user's authenticator app.
type TOTP struct {
	UserID    int64
	Secret    string // sealed
	Confirmed bool   // it has given a right code
	LastStep  int64  // of the newest code that was accepted
}

// TOTPSetup is what a person needs to add the account to an authenticator app.
type TOTPSetup struct {
	Secret string // base32, to be typed
	URL    string // otpauth://
	QR     []byte // the URL as a picture, PNG

	Drawing factor.Drawing // the same picture, for SVG
}

// StartTOTP makes the secret of an authenticator app. The app counts once ConfirmTOTP has
// seen one of its codes. It returns FieldErrors for a wrong password, fault.Throttled after
// several, ErrNoPassword, or ErrFactorExists.
func (s *Service) StartTOTP(ctx context.Context, userID int64, password string, by By) (_ TOTPSetup, err error) {
	defer fault.Wrap(&err, "start an authenticator app")
	user, err := s.confirm(ctx, userID, "password", password, by)
	if err != nil {
		return TOTPSetup{}, err
	}
	setup := TOTPSetup{Secret: factor.NewTOTPSecret()}
	if setup.URL, err = factor.TOTPURL(setup.Secret, user.Email); err != nil {
		return TOTPSetup{}, err
	}
	if setup.QR, err = factor.QR(setup.URL); err != nil {
		return TOTPSetup{}, err
	}
	if setup.Drawing, err = factor.DrawQR(setup.URL); err != nil {
		return TOTPSetup{}, err
	}
	if err := s.store.PutTOTP(ctx, userID, s.sealer.Seal([]byte(setup.Secret), totpContext(userID))); err != nil {
		return TOTPSetup{}, err
	}
	return setup, nil
}

// ConfirmTOTP makes the app of StartTOTP count, and returns new recovery codes if the
// user had no second factor. It returns ErrCode, ErrUnknownFactor, ErrFactorExists or
// fault.Throttled.
func (s *Service) ConfirmTOTP(ctx context.Context, userID int64, code string, by By) (_ []string, err error) {
	defer fault.Wrap(&err, "confirm an authenticator app")
	factors, err := s.store.Factors(ctx, userID)
	switch {
	case err != nil:
		return nil, err
	case factors.TOTP == nil:
		return nil, ErrUnknownFactor
	case factors.TOTP.Confirmed:
		return nil, ErrFactorExists
	}
	recovery, hashes := firstRecoveryCodes(userID, factors)
	err = s.guarded(ctx, userID, by, func() error { return s.useTOTP(ctx, *factors.TOTP, code, hashes) })
	if err != nil {
		return nil, err
	}
	s.Note(ctx, TOTPAdded, userID, by, "")
	return recovery, nil
}

// RemoveTOTP removes the authenticator app. It returns FieldErrors for a wrong password,
// fault.Throttled after several, ErrNoPassword, or ErrUnknownFactor.
func (s *Service) RemoveTOTP(ctx context.Context, userID int64, password string, by By) (err error) {
	defer fault.Wrap(&err, "remove an authenticator app")
	if _, err := s.confirm(ctx, userID, "password", password, by); err != nil {
		return err
	}
	if err := s.store.DeleteTOTP(ctx, userID); err != nil {
		return err
	}
	s.Note(ctx, TOTPRemoved, userID, by, "")
	return s.dropUselessCodes(ctx, userID)
}

// useTOTP accepts a code of an app, once, and stores the hashes of recovery codes with
// it unless they are nil. It returns ErrCode.
func (s *Service) useTOTP(ctx context.Context, app TOTP, code string, recovery []string) error {
	secret, _, err := s.sealer.Open(app.Secret, totpContext(app.UserID))
	if err != nil {
		return fmt.Errorf("open an authenticator app's secret: %w", err)
	}
	step, ok := factor.VerifyTOTP(string(secret), code, s.now(), app.LastStep)
	if !ok {
		return ErrCode
	}
	return s.store.UseTOTP(ctx, app.UserID, app.Secret, step, recovery)
}

// resealAtOnce is how many secrets are read together.
const resealAtOnce = 100

// Reseal takes the secrets that the previous key sealed, and seals them with the present
// key. It goes on after a secret that it cannot seal; the error names the users of all such
// secrets.
func (s *Service) Reseal(ctx context.Context) error {
	var failures []error
	for after := int64(0); ; {
		apps, err := s.store.NextTOTP(ctx, after, resealAtOnce)
		if err != nil || len(apps) == 0 {
			return errors.Join(append(failures, err)...)
		}
		for _, app := range apps {
			after = app.UserID
			if err := s.resealTOTP(ctx, app); err != nil {
				failures = append(failures, fmt.Errorf("reseal the authenticator app of user %d: %w", app.UserID, err))
			}
		}
	}
}

func (s *Service) resealTOTP(ctx context.Context, app TOTP) error {
	secret, outdated, err := s.sealer.Open(app.Secret, totpContext(app.UserID))
	if err != nil || !outdated {
		return err
	}
	return s.store.ResealTOTP(ctx, app.UserID, app.Secret, s.sealer.Seal(secret, totpContext(app.UserID)))
}

// totpContext returns the context of a user's sealed secret, so that it opens for no other
// user.
func totpContext(userID int64) string { return fmt.Sprintf("totp:%d", userID) }
