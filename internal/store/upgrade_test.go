package store

import (
	"database/sql"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A database of an earlier version is brought up to date without losing anything, and
// a replica of that version may still write to it meanwhile.
func TestUpgradeFromFirstVersion(t *testing.T) {
	t.Parallel()
	const insert = `INSERT INTO users (id, email, password_hash, is_active, role, first_name, last_name, timezone, target_micros,
		week_start, reporting_timezone, wants_report_emails, created_at, last_login_at)
		VALUES ($1, $2, 'hash', true, 'user', '', '', 'UTC', 0, 1, '', false, 1, 2)`
	for name, c := range map[string]struct {
		dialect goose.Dialect
		url     string
		connect func(t *testing.T, url string) *sql.DB
	}{
		"sqlite": {goose.DialectSQLite3, freshFile(t), func(t *testing.T, url string) *sql.DB {
			db, err := sql.Open("sqlite", sqliteDSN(strings.TrimPrefix(url, "sqlite:///")))
			if err != nil {
				t.Fatal(err)
			}
			return db
		}},
		"postgres": {goose.DialectPostgres, postgres.Database(t), func(t *testing.T, url string) *sql.DB {
			config, err := pgx.ParseConfig(url)
			if err != nil {
				t.Fatal(err)
			}
			return stdlib.OpenDB(*config)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			old := c.connect(t, c.url)
			defer old.Close()
			files, err := fs.Sub(migrations, "migrations/"+name)
			if err != nil {
				t.Fatal(err)
			}
			provider, err := goose.NewProvider(c.dialect, old, files, goose.WithDisableGlobalRegistry(true))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			write := func(userID int64, email string) {
				t.Helper()
				if _, err := old.ExecContext(t.Context(), insert, userID, email); err != nil {
					t.Fatal(err)
				}
				for _, rows := range rowsOfFirstVersion {
					if _, err := old.ExecContext(t.Context(), rows, userID); err != nil {
						t.Fatal(err)
					}
				}
			}
			write(1, "before@example.com")
			s := open(t, c.url)
			write(2, "meanwhile@example.com")
			for userID := range int64(2) {
				requireRowsOfFirstVersion(t, s, userID+1)
			}
			running, err := s.Session(t.Context(), tracker.SessionKey{UserID: 1, ID: "runs"})
			if got := running.State.Current.PressedAt; err != nil || got != 60 { // its NEXT; the correction is no press
				t.Errorf("the session that runs was pressed at %d, %v; want 60", got, err)
			}
			if taken, err := emailkey.Fill(t.Context(), s); err != nil || len(taken) > 0 {
				t.Errorf("keys of e-mail addresses: taken %v, %v", taken, err)
			}
			for _, email := range []string{"before@example.com", "meanwhile@example.com"} {
				u, err := s.UserByEmail(t.Context(), "spelled otherwise", email)
				if err != nil || u.EmailKey != email || u.PasswordHash != "hash" || u.PasswordChangedAt != 0 || u.LastLoginAt != 2 {
					t.Errorf("%s: %+v, %v", email, u, err)
				}
			}
		})
	}
}

// rowsOfFirstVersion are an ended session of a user with one event and one question, and one
// that runs, as the first version writes them: it knows no other columns.
var rowsOfFirstVersion = []string{
	`INSERT INTO sessions (user_id, id, version, phase, deleted, started_at, ended_at, target_micros, closed, counted,
		current_started_at, current_paused, current_paused_at, aet_low, aet_high, aet_text, task_id, task_type, last_at)
		VALUES ($1, 's', 1, 3, false, 10, 50, 7, 1, 1, 0, 0, 0, 0, 0, '', '', '', 50)`,
	`INSERT INTO events (user_id, session_id, seq, id, type, at, received_at, client_at, sent_at, wanted,
		aet_low, aet_high, aet_text, task_id, task_type, target_micros, question_id,
		answered_index, answered_closed, answered_raw, answered_active)
		VALUES ($1, 's', 1, 'e', 'EXIT', 50, 51, 0, 0, 0, 0, 0, '', '', '', 0, '', 1, true, 40, 25)`,
	`INSERT INTO questions (user_id, started_at, id, session_id, seq, ended_at, paused, aet_low, aet_high, aet_text, task_id, task_type)
		VALUES ($1, 10, 'e', 's', 1, 50, 15, 0, 0, '', '', '')`,
	`INSERT INTO sessions (user_id, id, version, phase, deleted, started_at, ended_at, target_micros, closed, counted,
		current_started_at, current_paused, current_paused_at, aet_low, aet_high, aet_text, task_id, task_type, last_at)
		VALUES ($1, 'runs', 2, 1, false, 60, 0, 7, 1, 0, 60, 0, 0, 0, 0, '', '', '', 90)`,
	`INSERT INTO events (user_id, session_id, seq, id, type, at, received_at, client_at, sent_at, wanted,
		aet_low, aet_high, aet_text, task_id, task_type, target_micros, question_id,
		answered_index, answered_closed, answered_raw, answered_active)
		VALUES ($1, 'runs', 1, 'n', 'NEXT', 60, 61, 0, 0, 0, 0, 0, '', '', '', 7, '', 1, true, 0, 0),
			($1, 'runs', 2, 't', 'SET_TARGET', 90, 91, 0, 0, 0, 0, 0, '', '', '', 7, '', 1, false, 0, 0)`,
}

// requireRowsOfFirstVersion fails the test unless the rows are read, with zero in the fields
// that were added later.
func requireRowsOfFirstVersion(t *testing.T, s *Store, userID int64) {
	t.Helper()
	key := tracker.SessionKey{UserID: userID, ID: "s"}
	session, err := s.Session(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	log, err := s.Log(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	questions, err := s.SessionQuestions(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	wantLog := []tracker.StoredEvent{{
		Session: key, Event: timeline.Event{ID: "e", Seq: 1, Type: timeline.Exit, At: 50}, ReceivedAt: 51,
		Answered: tracker.Answered{Index: 1, Closed: true, Raw: 40, Active: 25},
	}}
	wantQuestions := []timeline.Question{{ID: "e", Seq: 1, StartedAt: 10, EndedAt: 50, Paused: 15}}
	if diff := cmp.Diff(wantLog, log); diff != "" {
		t.Errorf("log of user %d (-written +read):\n%s", userID, diff)
	}
	if diff := cmp.Diff(wantQuestions, questions); diff != "" {
		t.Errorf("questions of user %d (-written +read):\n%s", userID, diff)
	}
}
