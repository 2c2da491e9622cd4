package account_test

import (
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
)

const (
	goodPassword = "Tracker-2026-ü"
	annsEmail    = "ann@example.com"
	address      = "192.0.2.1"
	origin       = "https://tracker.example.com"
	domain       = "tracker.example.com"
	secret       = "secret"
)

// cheap is the cost of hashes in tests that are about something else.
var cheap = password.Cost{Memory: 64, Passes: 1, Threads: 1}

// home is somebody who is not logged in.
var home = account.By{Address: address}

// laptop is what people log in with.
func laptop() account.Client { return account.Client{Address: address, Browser: "Firefox on Linux"} }

// house has the use cases on a real database, with a clock that the test moves.
type house struct {
	*account.Service
	store    *heldStore
	file     string // of the database
	now      time.Time
	pool     *password.Pool
	provider *fakeProvider

	user  account.User // Ann
	token string       // of her first login
	by    account.By
}

// newHouse returns a house in which Ann is registered.
func newHouse(t testing.TB) *house {
	t.Helper()
	h := newEmptyHouse(t)
	h.token, h.user = h.register(t, annsEmail)
	h.by = account.By{UserID: h.user.ID, Address: address}
	return h
}

// newEmptyHouse returns a house without users.
func newEmptyHouse(t testing.TB) *house {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.db")
	db, err := store.Open(t.Context(), "sqlite:///"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{
		store: newHeldStore(db), file: file, pool: password.NewPool(2),
		now:      time.Date(2026, 11, 25, 12, 0, 0, 123_456_000, time.UTC),
		provider: &fakeProvider{identities: map[string]account.Identity{}},
	}
	h.Service = h.replica(t)
	return h
}

// replica returns another server on the same database, which counts failures for
// itself, with its options changed.
func (h *house) replica(t testing.TB, changes ...func(*account.Options)) *account.Service {
	t.Helper()
	now := func() time.Time { return h.now }
	o := account.Options{
		Store: h.store, Counters: limit.NewMemory(now), Keys: keys(t, secret, ""), Now: now, Composition: true,
		Log: slog.New(slog.DiscardHandler), Provider: h.provider, Pool: h.pool, Cost: cheap,
		Passkeys: account.PasskeyOptions{RPID: domain, RPName: "test", Origins: []string{origin}},
	}
	for _, change := range changes {
		change(&o)
	}
	service, err := account.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// withKeys signs with the keys of current, and also accepts those of previous.
func withKeys(t testing.TB, current, previous string) func(*account.Options) {
	return func(o *account.Options) { o.Keys = keys(t, current, previous) }
}

func keys(t testing.TB, current, previous string) *token.Keys {
	t.Helper()
	made, err := token.NewKeys(current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (h *house) advance(d time.Duration) { h.now = h.now.Add(d) }

func (h *house) register(t testing.TB, email string) (token string, user account.User) {
	t.Helper()
	login, err := h.Register(t.Context(), account.Registration{Email: email, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	return login.Token, login.User
}

// login attempts to log in from one address.
func (h *house) login(t testing.TB, email, password string) (account.LoggedIn, error) {
	t.Helper()
	return h.Login(t.Context(), account.Attempt{Email: email, Password: password, Address: address})
}

// stored returns a user from the database.
func (h *house) stored(t testing.TB, id int64) account.User {
	t.Helper()
	user, err := h.store.UserByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// tokens returns the access tokens in the database.
func (h *house) tokens(t testing.TB) []account.Token {
	t.Helper()
	var tokens []account.Token
	h.query(t, "SELECT user_id, id, expires_at FROM tokens", func(rows *sql.Rows) error {
		var token account.Token
		err := rows.Scan(&token.UserID, &token.ID, &token.ExpiresAt)
		tokens = append(tokens, token)
		return err
	})
	return tokens
}

// count returns how many rows a table has.
func (h *house) count(t testing.TB, table string) int {
	t.Helper()
	var count int
	h.query(t, "SELECT count(*) FROM "+table, func(rows *sql.Rows) error { return rows.Scan(&count) })
	return count
}

func (h *house) query(t testing.TB, query string, each func(*sql.Rows) error) {
	t.Helper()
	h.onFile(t, func(db *sql.DB) error {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			return err
		}
		for rows.Next() {
			if err := each(rows); err != nil {
				return err
			}
		}
		return errors.Join(rows.Err(), rows.Close())
	})
}

// exec makes a state that no use case makes.
func (h *house) exec(t testing.TB, statement string, arguments ...any) {
	t.Helper()
	h.onFile(t, func(db *sql.DB) error {
		_, err := db.ExecContext(t.Context(), statement, arguments...)
		return err
	})
}

func (h *house) onFile(t testing.TB, do func(*sql.DB) error) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(do(db), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func expectError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func expectWait(t testing.TB, what string, err error, want time.Duration) {
	t.Helper()
	if throttled, ok := errors.AsType[*fault.Throttled](err); !ok || throttled.RetryAfter != want {
		t.Errorf("%s: got %v, want a wait of %s", what, err, want)
	}
}
