package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
)

// writeTx is a transaction for the shared statements.
type writeTx struct {
	*queries.Queries
	tx   *sql.Tx
	rows reader
}

// writes runs do in a transaction, which is on disk when writes returns nil.
func (s *Store) writes(ctx context.Context, do func(writeTx) error) error {
	w, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	if err := do(w); err != nil {
		return errors.Join(err, rolledBack(w.tx))
	}
	return wrapped(w.tx.Commit(), "committing")
}

// exec runs one statement in a transaction of its own.
func (s *Store) exec(ctx context.Context, statement string, arguments ...any) (rows int64, err error) {
	err = s.writes(ctx, func(w writeTx) error {
		result, err := w.tx.ExecContext(ctx, statement, arguments...)
		if err != nil {
			return err
		}
		rows, err = result.RowsAffected()
		return err
	})
	return rows, err
}

func rolledBack(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("rolling back: %w", err)
	}
	return nil
}

// split returns the rows for which is holds, and the others, each in their order.
func split[Row any](rows []Row, is func(Row) bool) (those, others []Row) {
	if !slices.ContainsFunc(rows, func(r Row) bool { return !is(r) }) {
		return rows, nil
	}
	for _, r := range rows {
		if is(r) {
			those = append(those, r)
		} else {
			others = append(others, r)
		}
	}
	return those, others
}
