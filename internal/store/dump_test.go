package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// eachDatabase runs a test on both databases.
func eachDatabase(t *testing.T, run func(t *testing.T, s *Store)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		run(t, open(t, freshFile(t)))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		run(t, open(t, postgres.Database(t)))
	})
}

// sqlOf returns the database of a store, and a query for the names of its tables.
func sqlOf(s *Store) (db *sql.DB, tables string) {
	switch db := s.database.(type) {
	case *sqliteDB:
		return db.readers, `SELECT name FROM sqlite_schema WHERE type = 'table'`
	case *postgresDB:
		return db.sqlDB, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	panic("a database of another kind")
}

// traces returns the rows of all tables that contain one of the texts.
func traces(t *testing.T, s *Store, texts ...string) []string {
	t.Helper()
	db, query := sqlOf(s)
	var found []string
	tables := texted(t, db, query)
	if len(tables) < 10 {
		t.Fatalf("only the tables %q", tables)
	}
	for _, table := range tables {
		for _, row := range texted(t, db, `SELECT * FROM `+table) {
			if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(row, text) }) {
				found = append(found, table+": "+row)
			}
		}
	}
	return found
}

// texted returns the rows of a query, each as one text.
func texted(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Trim(fmt.Sprint(values), "[]"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// fillTables gives the user a row in every one of userTables.
func fillTables(t *testing.T, s *Store, u account.User) {
	t.Helper()
	ctx := t.Context()
	key := tracker.SessionKey{UserID: u.ID, ID: "session"}
	c := tracker.Changes{Sessions: []tracker.StoredSession{{SessionKey: key, Version: 1, State: timeline.State{Phase: timeline.Running, StartedAt: 1}}}}
	for i := range int64(2*deletedAtOnce + 1) { // more than one step deletes
		id := fmt.Sprintf("id %d", i)
		c.Events = append(c.Events, tracker.StoredEvent{Session: key, Event: timeline.Event{ID: id, Seq: i + 1, Type: timeline.Next, At: 1}})
		c.Put = append(c.Put, tracker.StoredQuestion{SessionKey: key, Question: timeline.Question{ID: id, Seq: i + 1, StartedAt: timeline.Instant(i + 1)}})
	}
	err := errors.Join(
		s.CreateUser(ctx, u),
		s.InTx(ctx, func(tx tracker.Tx) error { return tx.Write(ctx, c) }),
		s.ReplacePassword(ctx, account.PasswordReplacement{UserID: u.ID, From: u.PasswordHash, To: "another", At: 2, Remember: 4}),
		s.RecordLogin(ctx, account.Token{TokenRef: account.TokenRef{UserID: u.ID, ID: "token"}, ExpiresAt: 1}, 2, 3),
		s.AddCeremony(ctx, account.Ceremony{ID: "ceremony", Kind: "login", UserID: u.ID}),
		s.AddIdentity(ctx, u.ID, 2, account.Identity{Issuer: "issuer", Subject: "subject"}),
		s.PutTOTP(ctx, u.ID, "secret"),
		s.AddDevice(ctx, account.NewDevice{
			Device:            account.Device{UserID: u.ID, ID: "device", Kind: account.Extension, Presented: "root"},
			PasswordChangedAt: 2, Most: 1,
			Token: account.Token{TokenRef: account.TokenRef{UserID: u.ID, ID: "token of the device", DeviceID: "device"}, ExpiresAt: 1},
		}),
		s.AddPasskey(ctx, account.Passkey{UserID: u.ID, ID: "passkey", Credential: []byte("{}")}, []string{"hash"}),
		s.AddSecurityEvent(ctx, account.SecurityEvent{ID: "of the user", UserID: u.ID, ActorID: u.ID, Kind: account.LoginSucceeded, Address: addressOfLeaver}),
	)
	if err != nil {
		t.Fatal(err)
	}
	rows := traces(t, s, fmt.Sprint(u.ID))
	for _, table := range append(userTables(), "users") {
		if !slices.ContainsFunc(rows, func(row string) bool { return strings.HasPrefix(row, table+": ") }) {
			t.Errorf("the user has no row in %s", table)
		}
	}
}
