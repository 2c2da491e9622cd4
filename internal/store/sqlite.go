package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/foreign"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/journal"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// sqliteReaders is how many connections read at once, beside the one that writes.
const sqliteReaders = 8

// sqliteDB is one file: one connection writes, others read and never wait for it.
type sqliteDB struct {
	writer, readers *sql.DB
	reads, writesTo *queries.Queries // prepared on readers and writer
	readRows        preparedReads    // on readers
	writerRows      preparedReads    // on the writer
	ingest          sqliteIngest
	usersOfTokens   rowStatement

	journaling   sync.Mutex // held by a transaction that may change what waits
	waiting      journal.Waiting
	dataVersion  int64     // PRAGMA data_version when waiting was right; 0: it is not known
	trimmed      int64     // the row before which the journal was trimmed last, if that was committed
	newestRow    *sql.Stmt // on the readers; the others are on the writer
	addToJournal *sql.Stmt
	trimJournal  *sql.Stmt
	// dataVersionOf returns another number when another process has committed.
	dataVersionOf *sql.Stmt

	logins       sqliteLogins
	loginChanges *sql.Stmt // on the writer
	counters     *limit.Memory
	countersOnce sync.Once
}

// sqliteIngest holds the statements of a group of presses, prepared on the writer.
type sqliteIngest struct {
	existing, newest, recorded, logins, versions   rowStatement
	insertPresses, insertEvents, putSessions       rowStatement
	dropQuestions, insertMeasured, insertQuestions rowStatement
}

// sqliteDSN puts every PRAGMA into the DSN, so that they hold on each connection of a pool.
func sqliteDSN(path string, extra ...string) string {
	pragmas := append([]string{
		"page_size(4096)", "journal_mode(WAL)",
		"synchronous(FULL)", // a commit is on disk when it returns
		"busy_timeout(10000)",
		"foreign_keys(1)",
		"mmap_size(1073741824)",
		"cache_size(-65536)",
		"temp_store(MEMORY)",
		// Few, large checkpoints: each copies a hot page back once, however often it has
		// changed.
		"wal_autocheckpoint(8000)",
	}, extra...)
	values := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	return sqliteURI(path) + "?" + values.Encode()
}

func sqliteURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

func openSQLite(ctx context.Context, path string) (_ *Store, err error) {
	db := &sqliteDB{}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("opening SQLite file %s: %w", path, err), db.Close())
		}
	}()
	files, err := migrationsOf("sqlite")
	if err != nil {
		return nil, err
	}
	if err = foreign.RequireOurSQLite(ctx, path, sqliteURI(path), files); err != nil {
		return nil, err
	}
	if err = createPrivate(path); err != nil {
		return nil, err
	}
	if db.writer, err = sql.Open("sqlite", sqliteDSN(path)); err != nil {
		return nil, err
	}
	db.writer.SetMaxOpenConns(1)
	if err = migrate(ctx, db.writer, goose.DialectSQLite3, "sqlite", nil); err != nil {
		return nil, err
	}
	if db.readers, err = sql.Open("sqlite", sqliteDSN(path, "query_only(1)")); err != nil {
		return nil, err
	}
	db.readers.SetMaxOpenConns(sqliteReaders)
	db.readers.SetMaxIdleConns(sqliteReaders)
	if err = db.prepare(ctx); err != nil {
		return nil, err
	}
	if err = db.settle(ctx, journal.Everybody); err != nil {
		return nil, err
	}
	return &Store{database: db, read: db.reads, rows: db.settledRead, write: db.writesTo}, nil
}

// createPrivate creates the file so that only its owner can read it, because it holds
// password hashes. An existing file keeps its mode.
func createPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	return file.Close()
}

func (db *sqliteDB) prepare(ctx context.Context) (err error) {
	if db.reads, err = queries.Prepare(ctx, db.readers); err != nil {
		return err
	}
	if db.writesTo, err = queries.Prepare(ctx, db.writer); err != nil {
		return err
	}
	if db.readRows, err = prepareReads(ctx, db.readers); err != nil {
		return err
	}
	if db.writerRows, err = prepareReads(ctx, db.writer); err != nil {
		return err
	}
	for _, one := range []struct {
		on   *sql.DB
		to   **sql.Stmt
		text string
	}{
		{db.writer, &db.loginChanges, `SELECT n FROM login_changes WHERE id = 1`},
		{db.writer, &db.dataVersionOf, `PRAGMA data_version`},
		{db.writer, &db.addToJournal, `INSERT INTO journal (n, body) VALUES (?, ?)`},
		{db.writer, &db.trimJournal, `DELETE FROM journal WHERE n < ?`},
		{db.readers, &db.newestRow, `SELECT coalesce(max(n), 0) FROM journal`},
	} {
		if *one.to, err = one.on.PrepareContext(ctx, one.text); err != nil {
			return err
		}
	}
	// CROSS JOIN makes SQLite take the few rows handed over as the outer loop.
	for _, many := range []struct {
		on      *sql.DB
		to      *rowStatement
		text    string
		columns int
	}{
		{db.writer, &db.ingest.existing, `WITH u (id) AS (VALUES %s) SELECT users.id FROM u CROSS JOIN users ON users.id = u.id`, 1},
		{db.writer, &db.ingest.newest, `WITH u (id) AS (VALUES %s) SELECT ` + table.Sessions.NamesOf("s.") + ` FROM u
			CROSS JOIN sessions AS s WHERE s.user_id = u.id AND s.id = (
				SELECT id FROM sessions INDEXED BY sessions_in_order WHERE user_id = u.id AND NOT deleted ` + newestFirst + ` LIMIT 1)`, 1},
		{db.writer, &db.ingest.recorded, `WITH k (user_id, id) AS (VALUES %s) SELECT ` + table.Events.NamesOf("e.") + ` FROM k
			CROSS JOIN events AS e WHERE e.user_id = k.user_id AND e.id = k.id`, 2},
		{db.writer, &db.ingest.versions, `WITH k (user_id, id) AS (VALUES %s) SELECT s.user_id, s.id, s.version FROM k
			CROSS JOIN sessions AS s WHERE s.user_id = k.user_id AND s.id = k.id`, 2},
		{db.writer, &db.ingest.logins, `WITH k (user_id, id) AS (VALUES %s) SELECT t.user_id, t.id, u.target_micros FROM k
			CROSS JOIN tokens AS t CROSS JOIN users AS u
			WHERE t.user_id = k.user_id AND t.id = k.id AND u.id = t.user_id AND u.is_active`, 2},
		{db.writer, &db.ingest.insertPresses, insertRows(table.Presses), len(table.Presses.Columns)},
		{db.writer, &db.ingest.insertEvents, insertRows(table.Events), len(table.Events.Columns)},
		{db.writer, &db.ingest.putSessions, insertRows(table.Sessions) + table.Sessions.Upsert(), len(table.Sessions.Columns)},
		{db.writer, &db.ingest.insertMeasured, insertRows(table.Measured), len(table.Measured.Columns)},
		{db.writer, &db.ingest.insertQuestions, insertRows(table.Questions), len(table.Questions.Columns)},
		{db.writer, &db.ingest.dropQuestions, `DELETE FROM questions WHERE (` + table.QuestionKeys.Names() + `) IN (VALUES %s)`, len(table.QuestionKeys.Columns)},
		{db.readers, &db.usersOfTokens, `WITH k (user_id, id) AS (VALUES %s) SELECT t.id, ` + table.Users.NamesOf("u.") + ` FROM k
			CROSS JOIN tokens AS t CROSS JOIN users AS u
			WHERE t.user_id = k.user_id AND t.id = k.id AND u.id = t.user_id`, 2},
	} {
		if *many.to, err = prepareRows(ctx, many.on, many.text, many.columns); err != nil {
			return err
		}
	}
	return nil
}

// insertRows uses OR FAIL: if a row fails, the rows before it stay, and the transaction is
// rolled back anyway. By default SQLite copies every page first, to undo the statement alone.
func insertRows[Row any](t table.Table[Row]) string {
	return "INSERT OR FAIL INTO " + t.Name + " (" + t.Names() + ") VALUES %s"
}

func (db *sqliteDB) begin(ctx context.Context) (writeTx, error) {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return writeTx{}, err
	}
	return writeTx{db.writesTo.WithTx(tx), tx, db.writerRows.in(tx)}, nil
}

// holdAdmins has nothing to do: one transaction writes at a time.
func (db *sqliteDB) holdAdmins(context.Context, *sql.Tx) error { return nil }

func (db *sqliteDB) isTaken(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// isDataError reports whether the data caused err.
func isDataError(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff { // the primary code of an extended one
	case sqlitelib.SQLITE_CONSTRAINT, sqlitelib.SQLITE_MISMATCH, sqlitelib.SQLITE_TOOBIG:
		return true
	}
	return false
}

// UsersOfTokens implements account.Store.
func (db *sqliteDB) UsersOfTokens(ctx context.Context, refs []account.TokenRef) (_ map[account.TokenRef]account.User, err error) {
	defer fault.Wrap(&err, "reading the users of tokens")
	users := make(map[account.TokenRef]account.User, len(refs))
	keys := each(refs, func(r account.TokenRef) []any { return []any{r.UserID, r.ID} })
	err = db.usersOfTokens.each(keys, func(statement *sql.Stmt, arguments []any) error {
		return scan(ctx, statement, arguments, func(rows *sql.Rows) error {
			var id string
			u, err := table.Users.Scan(rows, &id)
			users[account.TokenRef{UserID: u.ID, ID: id}] = u
			return err
		})
	})
	return users, err
}

// DeleteExpiredCounters has nothing to do: the memory forgets by itself.
func (db *sqliteDB) DeleteExpiredCounters(context.Context, int64) error { return nil }

// Ping reports whether the database answers.
func (db *sqliteDB) Ping(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "asking the database")
	var one int
	return db.readers.QueryRowContext(ctx, "SELECT 1 FROM (SELECT count(*) FROM users WHERE id = 0)").Scan(&one)
}

// Close settles everything and closes all connections; the last one writes the WAL back into
// the file.
func (db *sqliteDB) Close() error {
	var errs []error
	if db.newestRow != nil {
		errs = append(errs, db.settle(context.Background(), journal.Everybody))
		db.newestRow = nil
	}
	for _, pool := range []*sql.DB{db.readers, db.writer} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}
