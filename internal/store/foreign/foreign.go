// Package foreign finds out whose database it is before the program changes anything: one of
// another program, or one that a newer version of this program has migrated, stays as it is.
package foreign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// versionTable is goose's list of the migrations that were applied.
const versionTable = "goose_db_version"

// ErrForeign is returned when the database has the tables of another program.
var ErrForeign = errors.New("this is the database of another program")

// ErrNewer is returned when a later version of this program has migrated the database.
var ErrNewer = errors.New("a newer version of this program has migrated this database")

// foreignAdvice says what to do about ErrForeign; %s is what to set DATABASE_URL to.
const foreignAdvice = `Nothing was changed. Set DATABASE_URL to %s. ` +
	`A later release will take over what the earlier Python application recorded, by the command "raterhub-tracker import"`

// requireOurs returns ErrForeign if the tables are not this program's, and ErrNewer if
// they are those of a newer version. migrations are those of this version.
func requireOurs(ctx context.Context, db *sql.DB, migrations fs.FS, tables []string) error {
	if len(tables) == 0 {
		return nil
	}
	var version int64
	if slices.Contains(tables, versionTable) {
		row := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable+` WHERE is_applied`)
		if err := row.Scan(&version); err != nil {
			return fmt.Errorf("reading the version of the schema: %w", err)
		}
	}
	others := slices.DeleteFunc(slices.Clone(tables), func(name string) bool { return name == versionTable })
	if len(others) > 0 && !isOurs(tables, version) {
		return fmt.Errorf("%w: it has tables such as %s, but not those of this one", ErrForeign, strings.Join(others[:min(3, len(others))], ", "))
	}
	newest, err := newestMigration(migrations)
	if err == nil && version > newest {
		err = fmt.Errorf("%w: its schema is %d, and this version knows those up to %d; run the newer one. Nothing was changed", ErrNewer, version, newest)
	}
	return err
}

// isOurs reports whether the tables of the first migration are among tables.
func isOurs(tables []string, version int64) bool {
	if version == 0 {
		return false
	}
	for _, name := range []string{table.Users.Name, table.Sessions.Name, table.Events.Name, table.Questions.Name} {
		if !slices.Contains(tables, name) {
			return false
		}
	}
	return true
}

// newestMigration returns the number of this program's last migration.
func newestMigration(migrations fs.FS) (int64, error) {
	files, err := fs.ReadDir(migrations, ".")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("looking for migrations: %w", errors.Join(err, fs.ErrNotExist))
	}
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_") // they are sorted
	return strconv.ParseInt(number, 10, 64)
}

// RequireOurPostgres returns ErrForeign or ErrNewer unless the database is this program's, or
// empty. It looks at tables of these names, which this program uses: the database may have
// others too, such as those of an extension. migrations are those of this version.
func RequireOurPostgres(ctx context.Context, db *sql.DB, migrations fs.FS, names []string) error {
	found, err := textColumn(ctx, db, `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`)
	if err != nil {
		return fmt.Errorf("reading the names of tables: %w", err)
	}
	ours := append(slices.Clone(names), versionTable)
	err = requireOurs(ctx, db, migrations, slices.DeleteFunc(found, func(name string) bool { return !slices.Contains(ours, name) }))
	if errors.Is(err, ErrForeign) {
		err = fmt.Errorf("%w. "+foreignAdvice, err, "an empty database")
	}
	return err
}

// RequireOurSQLite returns ErrForeign or ErrNewer unless the file is this program's database,
// or empty. It reads the file without changing it, and leaves no other files beside it. uri is
// the path as SQLite takes it; migrations are those of this version.
func RequireOurSQLite(ctx context.Context, path, uri string, migrations fs.FS) (err error) {
	ways, err := waysToLook(path)
	for _, way := range ways {
		if err = lookInto(ctx, uri+"?"+way, migrations); err == nil || errors.Is(err, ErrForeign) || errors.Is(err, ErrNewer) {
			break
		}
	}
	if errors.Is(err, ErrForeign) {
		err = fmt.Errorf("%w. "+foreignAdvice, err, "a new file, such as sqlite:///./tracker.db")
	}
	return err
}

// waysToLook returns the parameters with which to open a file for reading, in the order in
// which to try them; none if the file is empty.
//
// Reading a file in WAL mode makes SQLite create the log beside it. With "immutable" it
// does not, which is safe while there is no log: then no other process has the file open.
// "immutable" also reads a file that a crash has left to be rolled back.
func waysToLook(path string) ([]string, error) {
	const reading, immutable = "mode=ro&_pragma=busy_timeout(10000)", "mode=ro&immutable=1"
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	header := make([]byte, 20)
	if _, err := io.ReadFull(file, header); err != nil {
		return nil, nil // it is shorter: empty, or SQLite will say what is wrong
	}
	const writeVersion, withLog = 18, 2 // of SQLite's file format
	if _, err := os.Stat(path + "-wal"); header[writeVersion] == withLog && errors.Is(err, fs.ErrNotExist) {
		return []string{immutable}, nil
	}
	return []string{reading, immutable}, nil
}

func lookInto(ctx context.Context, uri string, migrations fs.FS) (err error) {
	db, err := sql.Open("sqlite", uri)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := textColumn(ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	if err != nil {
		return fmt.Errorf("reading the names of tables: %w", err)
	}
	return requireOurs(ctx, db, migrations, tables)
}

// textColumn returns the column of a query that has one.
func textColumn(ctx context.Context, db *sql.DB, query string) ([]string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}
