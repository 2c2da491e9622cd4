package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// chunkSizes is how many statements of different length a rowStatement has: for
// 1, 2, 4 … 64 rows.
const chunkSizes = 7

// rowStatement is a statement for any number of rows. The rows are parameters in VALUES,
// because SQLite parses JSON far more slowly (a third of the time of a group, measured).
// They are bound in chunks whose lengths are powers of two; each length is prepared once.
type rowStatement struct {
	chunks [chunkSizes]*sql.Stmt
}

// prepareRows prepares text; %s in it stands for the rows, which have this many columns.
func prepareRows(ctx context.Context, db *sql.DB, text string, columns int) (rowStatement, error) {
	var s rowStatement
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	for i := range s.chunks {
		rows := strings.TrimSuffix(strings.Repeat(row+", ", 1<<i), ", ")
		var err error
		if s.chunks[i], err = db.PrepareContext(ctx, fmt.Sprintf(text, rows)); err != nil {
			return s, fmt.Errorf("preparing %q: %w", fmt.Sprintf(text, row), err)
		}
	}
	return s, nil
}

// each calls do for each chunk, with its statement and the values of all its rows.
func (s *rowStatement) each(rows [][]any, do func(*sql.Stmt, []any) error) error {
	for len(rows) > 0 {
		size := min(bits.Len(uint(len(rows)))-1, chunkSizes-1)
		arguments := make([]any, 0, len(rows[0])<<size)
		for _, row := range rows[:1<<size] {
			arguments = append(arguments, row...)
		}
		if err := do(s.chunks[size], arguments); err != nil {
			return err
		}
		rows = rows[1<<size:]
	}
	return nil
}

// scan calls row for each row of a query.
func scan(ctx context.Context, statement *sql.Stmt, arguments []any, row func(*sql.Rows) error) error {
	rows, err := statement.QueryContext(ctx, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// preparedReads are sharedReads, prepared on a pool.
type preparedReads struct {
	statements map[string]*sql.Stmt
}

func prepareReads(ctx context.Context, db *sql.DB) (preparedReads, error) {
	statements := make(map[string]*sql.Stmt, len(sharedReads))
	for name, text := range sharedReads {
		var err error
		if statements[name], err = db.PrepareContext(ctx, text); err != nil {
			return preparedReads{}, fmt.Errorf("preparing %s: %w", name, err)
		}
	}
	return preparedReads{statements}, nil
}

func (p preparedReads) read(ctx context.Context, name string, arguments ...any) (*sql.Rows, error) {
	return p.statements[name].QueryContext(ctx, table.StoredIDs(arguments)...)
}

// in returns a reader that runs the statements in a transaction.
func (p preparedReads) in(tx *sql.Tx) reader {
	return func(ctx context.Context, name string, arguments ...any) (*sql.Rows, error) {
		return tx.StmtContext(ctx, p.statements[name]).QueryContext(ctx, table.StoredIDs(arguments)...)
	}
}
