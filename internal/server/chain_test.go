package server

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

const (
	chainHost     = "tracker.example.org"
	chainOrigin   = "https://" + chainHost
	chainSecret   = "a test key of more than 32 characters"
	chainPassword = "Kestrel-orbit-7-Lumen!"
)

// chain is every route of the program behind everything that guards it, in this
// process, on a database and a clock of its own.
type chain struct {
	*Server
	handler http.Handler
	clock   *stoppedClock
	file    string // of the database
	routes  []route
	people  int
}

// chainStart is the time on a new chain's clock.
func chainStart() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) }

// newChain is the program with its default settings, reached at chainOrigin, but
// for what change does to them.
func newChain(t *testing.T, change func(*config.Settings)) *chain {
	t.Helper()
	c := &chain{
		clock: &stoppedClock{at: chainStart()},
		file:  filepath.Join(t.TempDir(), "chain.db"),
	}
	settings := defaultSettings(t)
	settings.DatabaseURL = "sqlite:///" + c.file
	change(&settings)
	var err error
	if c.Server, err = Open(t.Context(), Options{Settings: settings, Now: c.clock.now, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.store.Close(); err != nil {
			t.Error(err)
		}
	})
	c.record(t)
	if c.handler, err = c.Server.handler(); err != nil {
		t.Fatal(err)
	}
	c.routes = routesOf(t, c.Server)
	return c
}

// withoutLimits is for tests that ask more often than a person does.
func withoutLimits(s *config.Settings) {
	s.Login, s.Register, s.Events = limit.Rate{}, limit.Rate{}, limit.Rate{}
}

// defaultSettings are those of a program that was told nothing but its key and
// where people reach it.
func defaultSettings(t *testing.T) config.Settings {
	t.Helper()
	for _, name := range config.Names() {
		t.Setenv(name, "") // so that it is set back after the test
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	var c config.Config
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"--secret-key", chainSecret, "--public-url", chainOrigin}); err != nil {
		t.Fatal(err)
	}
	settings, err := c.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// record lets the tracker write until the test is over.
func (c *chain) record(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- c.Tracker.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// stoppedClock is a time that only the test moves.
type stoppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *stoppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stoppedClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// ask is one request; what is "" is left out.
type ask struct {
	method, path, body string
	form               string      // in the place of a body: the fields of a form of ours, without its CSRF token
	bearer, cookie     string      // tokens
	origin, site       string      // Origin and Sec-Fetch-Site
	header             http.Header // besides
	client             string      // address
}

// answer sends a request through the whole chain. Each brings a good CSRF token:
// what the tests look at must hold without its help.
func (c *chain) answer(t *testing.T, a ask) *httptest.ResponseRecorder {
	t.Helper()
	csrf, body := c.csrf.Token(), a.body
	header := map[string]string{"X-CSRF-Token": csrf, "Origin": a.origin, "Sec-Fetch-Site": a.site}
	switch {
	case a.form != "":
		body = a.form + "&csrf_token=" + csrf
		header["Content-Type"] = "application/x-www-form-urlencoded"
		header["Cookie"] = "csrf_token=" + csrf
	case a.body != "":
		header["Content-Type"] = "application/json"
	}
	r := httptest.NewRequestWithContext(t.Context(), a.method, a.path, strings.NewReader(body))
	r.Host = chainHost
	if a.bearer != "" {
		header["Authorization"] = "Bearer " + a.bearer
	}
	if a.cookie != "" {
		header["Cookie"] = strings.TrimPrefix(header["Cookie"]+"; access_token="+a.cookie, "; ")
	}
	for name, value := range header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.client != "" {
		r.RemoteAddr = net.JoinHostPort(a.client, "40000")
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// must is answer that fails the test on another status.
func (c *chain) must(t *testing.T, want int, a ask) *httptest.ResponseRecorder {
	t.Helper()
	w := c.answer(t, a)
	if w.Code != want {
		t.Fatalf("%s %s: %d %s, want %d", a.method, a.path, w.Code, w.Body, want)
	}
	return w
}

// decoded reads the body of an answer.
func decoded[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var body T
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return body
}

// person is a user with a session of two questions.
type person struct {
	email, token string
	device       account.Granted   // what a widget of theirs holds
	ids          map[string]string // examples of what names something in a route, all this person's
}

// missingIDs are ids of the same kinds that nothing has.
func missingIDs() map[string]string {
	const nothing = "00000000-0000-4000-8000-000000000000"
	return map[string]string{"session_id": nothing, "question_id": nothing, "user_id": "1", "passkey_id": "nothing", "device_id": nothing}
}

// guest has nothing but a password, which logs them in.
const guest = "guest@example.org"

func (c *chain) newPerson(t *testing.T) person {
	t.Helper()
	if c.people++; c.people == 1 {
		c.logIn(t, "/auth/register", guest)
	}
	p := person{email: "person-" + strconv.Itoa(c.people) + "@example.org"}
	p.token = c.logIn(t, "/auth/register", p.email)
	c.must(t, http.StatusOK, ask{
		method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[{"type":"NEXT"},{"type":"NEXT"},{"type":"NEXT"}]}`,
	})
	me := decoded[struct{ ID int64 }](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: p.token}))
	recent := decoded[[]struct {
		ID string `json:"session_id"`
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/sessions/recent", bearer: p.token}))
	summary := decoded[struct {
		Questions []struct{ ID string }
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/summary/" + recent[0].ID, bearer: p.token}))
	p.ids = map[string]string{
		"user_id": strconv.FormatInt(me.ID, 10), "session_id": recent[0].ID, "question_id": summary.Questions[0].ID,
		"passkey_id": fmt.Sprintf("passkey-of-%d", c.people),
	}
	passkey := account.Passkey{UserID: me.ID, ID: p.ids["passkey_id"], Name: "phone", Credential: []byte(`{}`)}
	if err := c.store.AddPasskey(t.Context(), passkey, nil); err != nil {
		t.Fatal(err)
	}
	p.device = c.connectDevice(t, me.ID)
	p.ids["device_id"] = p.device.DeviceID
	return p
}

// newAdmin is a person whom the operator made an admin.
func (c *chain) newAdmin(t *testing.T) person {
	t.Helper()
	p := c.newPerson(t)
	if err := c.Accounts.SetRole(t.Context(), p.email, account.RoleAdmin, account.By{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// logIn is the token that /auth/login or /auth/register answers with.
func (c *chain) logIn(t *testing.T, path, email string) string {
	t.Helper()
	w := c.must(t, http.StatusOK, ask{method: "POST", path: path, body: `{"email":"` + email + `","password":"` + chainPassword + `"}`})
	return decoded[struct {
		Token string `json:"access_token"`
	}](t, w).Token
}

// everything is all that a person can read of what is theirs, as text to compare.
func (c *chain) everything(t *testing.T, p person) string {
	t.Helper()
	var all strings.Builder
	for _, r := range c.routes {
		if !r.secured || r.changes() {
			continue
		}
		w := c.answer(t, ask{method: r.method, path: r.fill(t, p.ids), bearer: p.token})
		if w.Code != http.StatusOK {
			t.Errorf("%s of one's own: %d %s", r.name, w.Code, w.Body)
		}
		all.WriteString(r.name + "\n" + w.Body.String() + "\n")
	}
	for kind, id := range p.ids {
		if !strings.Contains(all.String(), id) {
			t.Errorf("a person's own %s is nowhere to be read", kind)
		}
	}
	return all.String()
}

// database runs a statement beside the program.
func (c *chain) database(t *testing.T, do func(*sql.DB) error) {
	t.Helper()
	db, err := sql.Open("sqlite", c.file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := do(db); err != nil {
		t.Fatal(err)
	}
}

// dump is every row of every table, as text to compare.
func (c *chain) dump(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	c.database(t, func(db *sql.DB) error {
		tables, err := column(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
		if err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := column(db, `SELECT * FROM "`+table+`"`)
			if err != nil {
				return err
			}
			slices.Sort(rows)
			fmt.Fprintf(&all, "%s\n%s\n", table, strings.Join(rows, "\n"))
		}
		return nil
	})
	return all.String()
}

// column is a query's rows, each as one text.
func column(db *sql.DB, query string) ([]string, error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var texts []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		texts = append(texts, strings.Trim(fmt.Sprint(values), "[]"))
	}
	return texts, rows.Err()
}
