package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func toTOTP(r queries.Totp) account.TOTP {
	return account.TOTP{UserID: r.UserID, Secret: r.Secret, Confirmed: r.Confirmed, LastStep: r.LastStep}
}

func toPasskey(r queries.Passkey) account.Passkey {
	return account.Passkey{
		ID: r.ID, UserID: r.UserID, Name: r.Name, Credential: []byte(r.Credential),
		CreatedAt: timeline.Instant(r.CreatedAt), LastUsedAt: timeline.Instant(r.LastUsedAt),
	}
}

// Factors implements account.Store.
func (s *Store) Factors(ctx context.Context, userID int64) (account.Factors, error) {
	var factors account.Factors
	row, err := s.read.TOTP(ctx, userID)
	switch {
	case err == nil:
		app := toTOTP(row)
		factors.TOTP = &app
	case !errors.Is(err, sql.ErrNoRows):
		return factors, fmt.Errorf("reading an authenticator app: %w", err)
	}
	passkeys, err := s.read.Passkeys(ctx, userID)
	if err != nil {
		return factors, fmt.Errorf("reading passkeys: %w", err)
	}
	factors.Passkeys = each(passkeys, toPasskey)
	codes, err := s.read.CountRecoveryCodes(ctx, userID)
	factors.RecoveryCodes = int(codes)
	return factors, wrapped(err, "counting recovery codes")
}

// PutTOTP implements account.Store.
func (s *Store) PutTOTP(ctx context.Context, userID int64, secret string) error {
	rows, err := s.write.PutTOTP(ctx, queries.PutTOTPParams{UserID: userID, Secret: secret})
	return changed(rows, err, account.ErrFactorExists, "storing an authenticator app")
}

// UseTOTP implements account.Store.
func (s *Store) UseTOTP(ctx context.Context, userID int64, secret string, step int64, recovery []string) error {
	return s.writes(ctx, func(w writeTx) error {
		rows, err := w.UseTOTPStep(ctx, queries.UseTOTPStepParams{Step: step, UserID: userID, Secret: secret})
		if err := changed(rows, err, account.ErrCode, "using an authenticator app"); err != nil || recovery == nil {
			return err
		}
		return replaceRecoveryCodes(ctx, w.Queries, userID, recovery)
	})
}

// ResealTOTP implements account.Store.
func (s *Store) ResealTOTP(ctx context.Context, userID int64, from, to string) (err error) {
	defer fault.Wrap(&err, "sealing an authenticator app's secret")
	return s.write.ResealTOTP(ctx, queries.ResealTOTPParams{ToSecret: to, UserID: userID, FromSecret: from})
}

// NextTOTP implements account.Store.
func (s *Store) NextTOTP(ctx context.Context, after int64, most int) (_ []account.TOTP, err error) {
	defer fault.Wrap(&err, "reading authenticator apps")
	rows, err := s.read.NextTOTP(ctx, queries.NextTOTPParams{After: after, MaxRows: int32(most)})
	return each(rows, toTOTP), err
}

// DeleteTOTP implements account.Store.
func (s *Store) DeleteTOTP(ctx context.Context, userID int64) error {
	rows, err := s.write.DeleteTOTP(ctx, userID)
	return changed(rows, err, account.ErrUnknownFactor, "deleting an authenticator app")
}

// ReplaceRecoveryCodes implements account.Store.
func (s *Store) ReplaceRecoveryCodes(ctx context.Context, userID int64, hashes []string) error {
	return s.writes(ctx, func(w writeTx) error { return replaceRecoveryCodes(ctx, w.Queries, userID, hashes) })
}

func replaceRecoveryCodes(ctx context.Context, q *queries.Queries, userID int64, hashes []string) error {
	// Without the lock, PostgreSQL's DELETE would not see the codes that another
	// transaction is about to add.
	if err := q.LockUser(ctx, userID); err != nil {
		return fmt.Errorf("waiting for other recovery codes: %w", err)
	}
	if err := q.DeleteRecoveryCodes(ctx, userID); err != nil {
		return fmt.Errorf("deleting recovery codes: %w", err)
	}
	for _, hash := range hashes {
		if err := q.AddRecoveryCode(ctx, queries.AddRecoveryCodeParams{UserID: userID, Hash: hash}); err != nil {
			return fmt.Errorf("storing a recovery code: %w", err)
		}
	}
	return nil
}

// UseRecoveryCode implements account.Store.
func (s *Store) UseRecoveryCode(ctx context.Context, userID int64, hash string) error {
	rows, err := s.write.UseRecoveryCode(ctx, queries.UseRecoveryCodeParams{UserID: userID, Hash: hash})
	return changed(rows, err, account.ErrCode, "using a recovery code")
}

// AddPasskey implements account.Store.
func (s *Store) AddPasskey(ctx context.Context, p account.Passkey, recovery []string) error {
	return s.writes(ctx, func(w writeTx) error {
		err := w.AddPasskey(ctx, queries.AddPasskeyParams{
			UserID: p.UserID, ID: p.ID, Name: p.Name, Credential: string(p.Credential),
			CreatedAt: int64(p.CreatedAt), LastUsedAt: int64(p.LastUsedAt),
		})
		if err != nil && s.isTaken(err) {
			return account.ErrFactorExists
		}
		if err != nil || recovery == nil {
			return wrapped(err, "storing a passkey")
		}
		return replaceRecoveryCodes(ctx, w.Queries, p.UserID, recovery)
	})
}

// UsePasskey implements account.Store.
func (s *Store) UsePasskey(ctx context.Context, p account.Passkey, from []byte) error {
	rows, err := s.write.UsePasskey(ctx, queries.UsePasskeyParams{
		ToCredential: string(p.Credential), UsedAt: int64(p.LastUsedAt),
		UserID: p.UserID, ID: p.ID, FromCredential: string(from),
	})
	return changed(rows, err, account.ErrPasskey, "using a passkey")
}

// DeletePasskey implements account.Store.
func (s *Store) DeletePasskey(ctx context.Context, userID int64, id string) error {
	rows, err := s.write.DeletePasskey(ctx, queries.DeletePasskeyParams{UserID: userID, ID: id})
	return changed(rows, err, account.ErrUnknownFactor, "deleting a passkey")
}

// DeleteFactors implements account.Store.
func (s *Store) DeleteFactors(ctx context.Context, userID int64) error {
	return s.writes(ctx, func(w writeTx) error {
		_, err := w.DeleteTOTP(ctx, userID)
		err = errors.Join(err, w.DeletePasskeys(ctx, userID), w.DeleteRecoveryCodes(ctx, userID))
		return wrapped(err, "deleting second factors")
	})
}
