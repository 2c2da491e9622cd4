// Package store keeps everything in a database: one SQLite file, or PostgreSQL.
// It implements what tracker, account, limit and live declare.
//
// What both databases share: columns.go describes the columns of the tables that ingest
// writes, and of users; reads.go has the queries of their rows, and the package queries
// has all other statements. What differs is in the files sqlite*.go and postgres*.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Store is a database with the newest schema. It is safe for concurrent use.
type Store struct {
	database
	read  *queries.Queries // on connections that a writer never keeps waiting
	rows  reader           // on the same connections
	write *queries.Queries
}

// database is what differs between the two.
type database interface {
	// InTx, Settle and UsersOfTokens are as tracker.Store and account.Store declare them.
	InTx(ctx context.Context, do func(tracker.Tx) error) error
	Settle(ctx context.Context) (more bool, err error)
	UsersOfTokens(ctx context.Context, refs []account.TokenRef) (map[account.TokenRef]account.User, error)

	// Counters are shared by all replicas. On SQLite, which one process uses, they are in
	// memory.
	Counters(now func() time.Time) limit.Counters
	// DeleteExpiredCounters removes the counters that may be forgotten before an
	// instant, in microseconds since 1970 UTC.
	DeleteExpiredCounters(ctx context.Context, before int64) error

	// Signals reach the other replicas on the database; nil when there can be none.
	Signals() live.Signals

	// begin starts a transaction for the shared statements.
	begin(ctx context.Context) (writeTx, error)
	// holdAdmins makes other callers of holdAdmins wait until the transaction ends.
	holdAdmins(ctx context.Context, tx *sql.Tx) error
	// isTaken reports whether err means that a unique key is in use.
	isTaken(err error) bool

	Ping(ctx context.Context) error
	Close() error
}

var (
	_ tracker.Store = (*Store)(nil)
	_ account.Store = (*Store)(nil)
	_ live.Versions = (*Store)(nil)
)

// Open connects to the database that databaseURL names and brings its schema up to
// date. It understands sqlite:///relative/path, sqlite:////absolute/path,
// postgres:// and postgresql://, and the latter with a driver's name, such
// as postgresql+psycopg2://.
func Open(ctx context.Context, databaseURL string) (*Store, error) {
	return OpenPooled(ctx, databaseURL, "")
}

// OpenPooled is Open for a PostgreSQL database behind a pooler in transaction mode.
// What needs a session of its own, which is migrations and LISTEN, uses sessionURL. If
// that is "", there is no pooler.
func OpenPooled(ctx context.Context, databaseURL, sessionURL string) (*Store, error) {
	scheme, rest, ok := strings.Cut(databaseURL, "://")
	if !ok {
		return nil, fmt.Errorf("database URL %q: want sqlite:///path or postgres://…", Redacted(databaseURL))
	}
	name, _, _ := strings.Cut(scheme, "+")
	switch name {
	case "sqlite":
		path, ok := strings.CutPrefix(rest, "/")
		if !ok || path == "" {
			return nil, fmt.Errorf("database URL %q: want sqlite:///relative/path or sqlite:////absolute/path", databaseURL)
		}
		return openSQLite(ctx, path)
	case "postgres", "postgresql":
		if sessionURL != "" {
			_, sessionRest, _ := strings.Cut(sessionURL, "://")
			sessionURL = "postgres://" + sessionRest
		}
		return openPostgres(ctx, "postgres://"+rest, sessionURL)
	}
	return nil, fmt.Errorf("database URL: unknown scheme %q, want sqlite or postgres", scheme)
}

// Redacted returns a database URL for a log: without its password, and without its
// parameters, which may contain one.
func Redacted(databaseURL string) string {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Scheme == "" || u.Opaque != "" {
		return "(not a URL)"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	return u.String()
}

// found turns sql.ErrNoRows into unknown, which is the error that the use case declares.
func found(err, unknown error, operation string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return unknown
	}
	return wrapped(err, operation)
}

func wrapped(err error, operation string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// changed returns unknown if an update changed no row.
func changed(rows int64, err, unknown error, operation string) error {
	if err == nil && rows == 0 {
		return unknown
	}
	return wrapped(err, operation)
}
