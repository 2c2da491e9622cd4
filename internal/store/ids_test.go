package store

import (
	"bytes"
	"cmp"
	"database/sql"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// Every UUID is stored as 16 bytes, and comes back as the same text. The bytes have the order
// of the texts.
func TestIDsAreTheirUUIDs(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{1})
	previous := table.ID(uuid.Nil.String())
	for range 10_000 {
		var u uuid.UUID
		_, _ = random.Read(u[:])
		text := table.ID(u.String())
		raw, ok := text.Stored().([]byte)
		var back table.ID
		if err := back.Scan(raw); !ok || len(raw) != 16 || err != nil || back != text {
			t.Fatalf("%s is stored as %v and comes back as %s, %v", text, raw, back, err)
		}
		if bytes.Compare(raw, previous.Stored().([]byte)) != cmp.Compare(text, previous) {
			t.Fatalf("%s and %s have another order as bytes", previous, text)
		}
		previous = text
	}
}

var otherIDs = []table.ID{
	"", "s", "not a UUID", "0190A8F2-7B1C-7D3E-8F4A-5B6C7D8E9F01", "0190a8f27b1c7d3e8f4a5b6c7d8e9f01",
	"{0190a8f2-7b1c-7d3e-8f4a-5b6c7d8e9f01}", "0190a8f2-7b1c-7d3e-8f4a-5b6c7d8e9f0g", "0190a8f2-7b1c-7d3e-8f4a5-b6c7d8e9f01", "16 bytes of text",
}

// Any other text stays as it is.
func TestOtherTextsStayTexts(t *testing.T) {
	t.Parallel()
	for _, text := range otherIDs {
		stored := text.Stored()
		var back table.ID
		if err := back.Scan(stored); err != nil || stored != any(string(text)) || back != text {
			t.Errorf("%q is stored as %v and comes back as %q, %v", text, stored, back, err)
		}
	}
	var back table.ID
	for _, wrong := range []any{[]byte("short"), int64(1), nil} {
		if err := back.Scan(wrong); err == nil {
			t.Errorf("%v was read as the id %q", wrong, back)
		}
	}
}

// beforeBytes returns a file with the schema in which ids were texts.
func beforeBytes(t *testing.T) (url string, db *sql.DB) {
	t.Helper()
	url = freshFile(t)
	db, err := sql.Open("sqlite", sqliteDSN(strings.TrimPrefix(url, "sqlite:///")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 11); err != nil {
		t.Fatal(err)
	}
	return url, db
}

// The migration makes bytes of the UUIDs in every column, as a new row has them, keeps all rows
// and all other texts; and a process of the version before can write no session any more.
func TestMigrationToBytes(t *testing.T) {
	t.Parallel()
	url, old := beforeBytes(t)
	run := func(statement string, arguments ...any) error {
		_, err := old.ExecContext(t.Context(), statement, arguments...)
		return err
	}
	const insertSession = `INSERT INTO sessions (user_id, id, version, phase, deleted, started_at, ended_at, target_micros, closed, counted,
		current_started_at, current_paused, current_paused_at, aet_low, aet_high, aet_text, task_id, task_type, last_at)
		VALUES (1, $1, 1, 3, false, 10, 50, 7, 1, 1, 0, 0, 0, 0, 0, '', '', '', 50)`
	const insertEvent = `INSERT INTO events (user_id, session_id, seq, id, type, at, received_at, client_at, sent_at, wanted,
		aet_low, aet_high, aet_text, task_id, task_type, target_micros, question_id, press_id,
		answered_index, answered_closed, answered_raw, answered_active)
		VALUES (1, $1, 1, $2, 'EXIT', 50, 51, 0, 0, 0, 0, 0, '', '', '', 0, $3, $4, 1, true, 40, 25)`
	const insertQuestion = `INSERT INTO questions (user_id, started_at, id, session_id, seq, ended_at, paused, aet_low, aet_high, aet_text, task_id, task_type)
		VALUES (1, 10, $1, $2, 1, 50, 15, 0, 0, '', '', '')`
	if err := run(`INSERT INTO users (id, email, password_hash, is_active, role, first_name, last_name, timezone, target_micros,
		week_start, reporting_timezone, wants_report_emails, created_at, last_login_at)
		VALUES (1, 'ann@example.com', 'hash', true, 'user', '', '', 'UTC', 0, 1, '', false, 1, 2)`); err != nil {
		t.Fatal(err)
	}
	type entry struct{ session, event, question, press table.ID }
	newID := func() table.ID { return table.ID(uuid.NewString()) }
	entries := []entry{{"s", "not a UUID", "q", "0190A8F2-7B1C-7D3E-8F4A-5B6C7D8E9F01"}}
	for range 50 {
		entries = append(entries, entry{newID(), newID(), newID(), newID()}, entry{newID(), newID(), "", ""})
	}
	for _, e := range entries {
		for _, err := range []error{
			run(insertSession, string(e.session)), run(insertEvent, string(e.session), string(e.event), string(e.question), string(e.press)),
			run(insertQuestion, string(e.event), string(e.session)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}

	s := open(t, url)
	for _, e := range entries {
		key := tracker.SessionKey{UserID: 1, ID: string(e.session)}
		session, err := s.Session(t.Context(), key)
		if err != nil || session.SessionKey != key {
			t.Fatalf("session %s: %+v, %v", e.session, session, err)
		}
		log, err := s.Log(t.Context(), key)
		if err != nil || len(log) != 1 || (entry{table.ID(log[0].Session.ID), table.ID(log[0].ID), table.ID(log[0].QuestionID), table.ID(log[0].PressID)}) != e {
			t.Errorf("log of %+v: %+v, %v", e, log, err)
		}
		questions, err := s.SessionQuestions(t.Context(), session)
		if err != nil || len(questions) != 1 || table.ID(questions[0].ID) != e.event {
			t.Errorf("questions of %+v: %+v, %v", e, questions, err)
		}
	}
	for _, column := range []string{"sessions.id", "events.session_id", "events.id", "events.question_id", "events.press_id", "questions.id", "questions.session_id"} {
		table, _, _ := strings.Cut(column, ".")
		var left, rows int
		if err := old.QueryRowContext(t.Context(), `SELECT count(*) FILTER (WHERE typeof(`+column+`) = 'text' AND `+column+` <> ''), count(*) FROM `+table).Scan(&left, &rows); err != nil {
			t.Fatal(err)
		}
		if left != 1 || rows != len(entries) {
			t.Errorf("%s: %d of %d rows have a text, want 1 of %d", column, left, rows, len(entries))
		}
	}
	bytesAsText := string(entries[1].session.Stored().([]byte))
	for _, text := range []string{uuid.NewString(), string(entries[1].session), bytesAsText} {
		if err := run(insertSession, text); err == nil {
			t.Errorf("a process of the version before wrote the session %q", text)
		}
	}
}
