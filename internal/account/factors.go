package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// maxPasskeys is how many passkeys a user may have.
const maxPasskeys = 20

// TOTP is a user's authenticator app.
type TOTP struct {
	UserID    int64
	Secret    string // sealed
	Confirmed bool   // it has given a right code
	LastStep  int64  // of the newest code that was accepted
}

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

// Factors are the second factors of a user. An app that is not confirmed is left out.
func (s *Service) Factors(ctx context.Context, userID int64) (Factors, error) {
	factors, err := s.store.Factors(ctx, userID)
	if err != nil {
		return Factors{}, fmt.Errorf("read second factors: %w", err)
	}
	if !factors.hasTOTP() {
		factors.TOTP = nil
	}
	return factors, nil
}

// TOTPSetup is what a person needs to add the account to an authenticator app.
type TOTPSetup struct {
	Secret string // base32, to be typed
	URL    string // otpauth://
	QR     []byte // the URL as a picture, PNG

	Drawing QRDrawing // the same picture, for SVG
}

// StartTOTP makes an authenticator app's secret, which counts once ConfirmTOTP has
// seen a code of it. It returns the errors of confirm, or ErrFactorExists.
func (s *Service) StartTOTP(ctx context.Context, userID int64, password string, by By) (TOTPSetup, error) {
	setup, err := s.startTOTP(ctx, userID, password, by)
	if err != nil {
		return TOTPSetup{}, fmt.Errorf("start an authenticator app: %w", err)
	}
	return setup, nil
}

func (s *Service) startTOTP(ctx context.Context, userID int64, password string, by By) (TOTPSetup, error) {
	user, err := s.confirm(ctx, userID, "password", password, by)
	if err != nil {
		return TOTPSetup{}, err
	}
	secret := newTOTPSecret()
	setup := TOTPSetup{Secret: secret}
	if setup.URL, err = totpURL(secret, user.Email); err != nil {
		return TOTPSetup{}, err
	}
	if setup.QR, err = totpQR(setup.URL); err != nil {
		return TOTPSetup{}, err
	}
	if setup.Drawing, err = drawQR(setup.URL); err != nil {
		return TOTPSetup{}, err
	}
	return setup, s.store.PutTOTP(ctx, userID, s.sealer.Seal([]byte(secret), totpContext(userID)))
}

// ConfirmTOTP makes the app of StartTOTP count, and returns new recovery codes if the
// user had none. It returns ErrCode, ErrUnknownFactor or fault.Throttled.
func (s *Service) ConfirmTOTP(ctx context.Context, userID int64, code string, by By) ([]string, error) {
	recovery, err := s.confirmTOTP(ctx, userID, code, by)
	if err != nil {
		return nil, fmt.Errorf("confirm an authenticator app: %w", err)
	}
	return recovery, nil
}

func (s *Service) confirmTOTP(ctx context.Context, userID int64, code string, by By) ([]string, error) {
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

// RemoveTOTP turns the authenticator app off.
func (s *Service) RemoveTOTP(ctx context.Context, userID int64, password string, by By) error {
	_, err := s.confirm(ctx, userID, "password", password, by)
	if err == nil {
		err = s.store.DeleteTOTP(ctx, userID)
	}
	if err == nil {
		s.Note(ctx, TOTPRemoved, userID, by, "")
		err = s.dropUselessCodes(ctx, userID)
	}
	if err != nil {
		return fmt.Errorf("remove an authenticator app: %w", err)
	}
	return nil
}

// NewRecoveryCodes makes new recovery codes in the place of all others.
func (s *Service) NewRecoveryCodes(ctx context.Context, userID int64, password string, by By) ([]string, error) {
	_, err := s.confirm(ctx, userID, "password", password, by)
	var factors Factors
	if err == nil {
		factors, err = s.store.Factors(ctx, userID)
	}
	if err == nil && !factors.any() {
		err = ErrUnknownFactor
	}
	codes, hashes := newRecoveryCodes(userID)
	if err == nil {
		err = s.store.ReplaceRecoveryCodes(ctx, userID, hashes)
	}
	if err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	s.Note(ctx, RecoveryCodesMade, userID, by, "")
	return codes, nil
}

// firstRecoveryCodes are new ones for who has no second factor yet, and nil for others.
// They are stored with the factor, so that nobody has one without codes, or is shown
// codes that another request has replaced.
func firstRecoveryCodes(userID int64, before Factors) (shown, hashes []string) {
	if before.any() {
		return nil, nil
	}
	return newRecoveryCodes(userID)
}

// dropUselessCodes removes the recovery codes of who has no second factor left.
func (s *Service) dropUselessCodes(ctx context.Context, userID int64) error {
	factors, err := s.store.Factors(ctx, userID)
	if err != nil || factors.any() {
		return err
	}
	return s.store.ReplaceRecoveryCodes(ctx, userID, nil)
}

// PasskeySetup is what a browser needs to make or use a passkey.
type PasskeySetup struct {
	Challenge string          // names the ceremony
	Options   json.RawMessage // for navigator.credentials
}

// StartPasskey begins the registration of a passkey.
func (s *Service) StartPasskey(ctx context.Context, userID int64, password string, by By) (PasskeySetup, error) {
	setup, err := s.startPasskey(ctx, userID, password, by)
	if err != nil {
		return PasskeySetup{}, fmt.Errorf("start a passkey: %w", err)
	}
	return setup, nil
}

func (s *Service) startPasskey(ctx context.Context, userID int64, password string, by By) (PasskeySetup, error) {
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
	options, session, err := s.passkeys.beginRegistration(user, factors.Passkeys, s.now())
	if err != nil {
		return PasskeySetup{}, err
	}
	challenge, err := s.await(ctx, passkeyCeremony, userID, session)
	return PasskeySetup{Challenge: challenge, Options: options}, err
}

// AddPasskey ends the registration that StartPasskey began, and returns new recovery
// codes if the user had none. It returns ErrUnknownCeremony, ErrPasskey,
// ErrFactorExists or FieldErrors.
func (s *Service) AddPasskey(ctx context.Context, userID int64, challenge, name string, credential []byte, by By) (Passkey, []string, error) {
	passkey, codes, err := s.addPasskey(ctx, userID, challenge, name, credential, by)
	if err != nil {
		return Passkey{}, nil, fmt.Errorf("add a passkey: %w", err)
	}
	return passkey, codes, nil
}

func (s *Service) addPasskey(ctx context.Context, userID int64, challenge, name string, credential []byte, by By) (Passkey, []string, error) {
	if strings.TrimSpace(name) == "" {
		return Passkey{}, nil, fault.Field("name", "is missing")
	}
	name, problem := cleanName(name)
	if problem != "" {
		return Passkey{}, nil, fault.Field("name", problem)
	}
	if s.passkeys == nil {
		return Passkey{}, nil, ErrNoPasskeys
	}
	user, err := s.store.UserByID(ctx, userID)
	if err != nil {
		return Passkey{}, nil, err
	}
	var session []byte
	ceremony, err := s.take(ctx, passkeyCeremony, challenge, &session)
	if err != nil {
		return Passkey{}, nil, err
	}
	if ceremony.UserID != userID {
		return Passkey{}, nil, ErrUnknownCeremony
	}
	passkey, err := s.passkeys.finishRegistration(user, session, credential, s.now())
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

// storePasskey stores a passkey, and with it recovery codes for who needs some.
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

// RemovePasskey removes one of a user's passkeys. It returns ErrUnknownFactor.
func (s *Service) RemovePasskey(ctx context.Context, userID int64, id, password string, by By) error {
	if !isPasskeyID(id) {
		return fmt.Errorf("remove a passkey: %w", ErrUnknownFactor)
	}
	_, err := s.confirm(ctx, userID, "password", password, by)
	if err == nil {
		err = s.store.DeletePasskey(ctx, userID, id)
	}
	if err == nil {
		s.Note(ctx, PasskeyRemoved, userID, by, "")
		err = s.dropUselessCodes(ctx, userID)
	}
	if err != nil {
		return fmt.Errorf("remove a passkey: %w", err)
	}
	return nil
}

// isPasskeyID reports whether a text can be one: base64url, of at most the 1,023 bytes
// of WebAuthn.
func isPasskeyID(text string) bool {
	const most = 1364
	return text != "" && len(text) <= most && !strings.ContainsFunc(text, func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
}

// ResetFactors removes all second factors of a user who has lost them; for whoever
// runs the server. It returns ErrUnknownUser.
func (s *Service) ResetFactors(ctx context.Context, email string, by By) error {
	user, err := s.known(ctx, email)
	if err == nil {
		err = s.store.DeleteFactors(ctx, user.ID)
	}
	if err != nil {
		return fmt.Errorf("remove second factors: %w", err)
	}
	s.Note(ctx, FactorsReset, user.ID, by, "")
	return nil
}
