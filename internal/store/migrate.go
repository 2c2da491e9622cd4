package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// migrationsOf returns the migrations of a database.
func migrationsOf(folder string) (fs.FS, error) {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	return files, wrapped(err, "migrations of "+folder)
}

// migrate brings the schema up to date. Several replicas may do so at once: on
// PostgreSQL one waits for the other (locker). SQLite has no lock that outlives a
// transaction: there another process may apply a migration after this one has read the
// version. Applying it again fails, and the next try reads the new version.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string, locker lock.SessionLocker) error {
	files, err := migrationsOf(folder)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if locker != nil {
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	tries := 1
	if locker == nil {
		tries += len(provider.ListSources())
	}
	for range tries {
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("migrating the database: %w", err)
}
