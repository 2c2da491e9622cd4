package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func toDevice(r queries.Device) account.Device {
	return account.Device{
		UserID: r.UserID, ID: r.ID, Name: r.Name, Kind: account.DeviceKind(r.Kind),
		CreatedAt: timeline.Instant(r.CreatedAt), LastUsedAt: timeline.Instant(r.LastUsedAt),
		LastAddress: r.LastAddress, Presented: r.Presented,
	}
}

// AddDevice implements account.Store.
func (s *Store) AddDevice(ctx context.Context, d account.NewDevice) error {
	return s.writes(ctx, func(w writeTx) error {
		// The user's row is locked, so when two devices are added at once, the second sees
		// the first.
		rows, err := w.HoldUser(ctx, queries.HoldUserParams{ID: d.UserID, PasswordChangedAt: int64(d.PasswordChangedAt)})
		if err := changed(rows, err, account.ErrUnknownUser, "holding a user"); err != nil {
			return err
		}
		n, err := w.CountDevices(ctx, queries.CountDevicesParams{UserID: d.UserID, UsedSince: int64(d.UsedSince)})
		switch {
		case err != nil:
			return wrapped(err, "counting devices")
		case n >= int64(d.Most):
			return account.ErrTooManyDevices
		}
		err = w.AddDevice(ctx, queries.AddDeviceParams{
			UserID: d.UserID, ID: d.ID, Name: d.Name, Kind: string(d.Kind),
			CreatedAt: int64(d.CreatedAt), LastUsedAt: int64(d.LastUsedAt),
			LastAddress: d.LastAddress, Presented: d.Presented,
		})
		if err != nil {
			return wrapped(err, "adding a device")
		}
		return createToken(ctx, w.Queries, d.Token)
	})
}

// Devices implements account.Store.
func (s *Store) Devices(ctx context.Context, userID int64, usedSince timeline.Instant) (_ []account.Device, err error) {
	defer fault.Wrap(&err, "reading devices")
	rows, err := s.read.Devices(ctx, queries.DevicesParams{UserID: userID, UsedSince: int64(usedSince)})
	return each(rows, toDevice), err
}

// RefreshDevice implements account.Store.
func (s *Store) RefreshDevice(ctx context.Context, r account.DeviceRefresh) (account.Device, error) {
	var row queries.Device
	var verdict error // what the caller is told when the transaction is done
	err := s.writes(ctx, func(w writeTx) (err error) {
		// One statement finds the row and changes it. A second refresh waits for it, and
		// finds what the first one has written.
		row, err = w.RefreshDevice(ctx, queries.RefreshDeviceParams{
			Presented: r.Presented, Parent: r.Parent, At: int64(r.At), Address: r.Address,
			UserID: r.UserID, ID: r.DeviceID, UsedSince: int64(r.UsedSince),
		})
		if errors.Is(err, sql.ErrNoRows) {
			// A used token stays used, whatever happens between the two statements.
			row, err = deleteDevice(ctx, w.Queries, r.UserID, r.DeviceID, account.ErrDeviceCredential)
			verdict = account.ErrRefreshReused
			if row.LastUsedAt < int64(r.UsedSince) { // it had ended
				verdict = account.ErrDeviceCredential
			}
			return err
		}
		if err != nil {
			return wrapped(err, "refreshing a device")
		}
		return createToken(ctx, w.Queries, r.Token)
	})
	if err == nil {
		err = verdict
	}
	return toDevice(row), err
}

// DeleteDevice implements account.Store.
func (s *Store) DeleteDevice(ctx context.Context, userID int64, id string) (account.Device, error) {
	var row queries.Device
	err := s.writes(ctx, func(w writeTx) (err error) {
		row, err = deleteDevice(ctx, w.Queries, userID, id, account.ErrUnknownDevice)
		return err
	})
	return toDevice(row), err
}

// deleteDevice deletes the device before its tokens, as endLogins does.
func deleteDevice(ctx context.Context, q *queries.Queries, userID int64, id string, unknown error) (queries.Device, error) {
	row, err := q.DeleteDevice(ctx, queries.DeleteDeviceParams{UserID: userID, ID: id})
	if err != nil {
		return row, found(err, unknown, "deleting a device")
	}
	err = q.DeleteTokensOfDevice(ctx, queries.DeleteTokensOfDeviceParams{UserID: userID, DeviceID: id})
	return row, wrapped(err, "deleting a device's tokens")
}

// DeleteUnusedDevices implements account.Store.
func (s *Store) DeleteUnusedDevices(ctx context.Context, before timeline.Instant) (err error) {
	defer fault.Wrap(&err, "deleting unused devices")
	return s.write.DeleteUnusedDevices(ctx, int64(before))
}
