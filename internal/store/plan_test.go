package store

import (
	"context"
	"database/sql"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
)

// searches says how statements must find their rows. Statements that are not listed must
// use a whole primary key.
var searches = map[string]string{
	"newest of one row":        "sessions USING INDEX sessions_in_order (user_id=?)",
	"newest of most rows":      "sessions USING INDEX sessions_in_order (user_id=?)",
	"recorded of one row":      "e USING INDEX events_once (user_id=? AND id=?)",
	"recorded of most rows":    "e USING INDEX events_once (user_id=? AND id=?)",
	"RecentSessions":           "sessions USING INDEX sessions_in_order (user_id=?)",
	"SessionsBefore":           "sessions USING INDEX sessions_in_order (user_id=? AND started_at<?)",
	"SessionsFrom":             "sessions USING INDEX sessions_in_order (user_id=? AND started_at>?)",
	"NextSessions":             "sessions USING PRIMARY KEY ((user_id,id)>(?,?))",
	"NextSessionsOf":           "sessions USING PRIMARY KEY (user_id=? AND id>?)",
	"SessionsIn":               "sessions USING INDEX sessions_in_order (user_id=? AND started_at>? AND started_at<?)",
	"QuestionsIn":              "questions USING PRIMARY KEY (user_id=? AND started_at>? AND started_at<?)",
	"TimingsIn":                "questions USING PRIMARY KEY (user_id=? AND started_at>? AND started_at<?)",
	"SessionQuestions":         "questions USING PRIMARY KEY (user_id=? AND started_at>? AND started_at<?)",
	"QuestionsBefore":          "questions USING PRIMARY KEY (user_id=? AND started_at>? AND started_at<?)",
	"LogAfter":                 "events USING PRIMARY KEY (user_id=? AND session_id=? AND seq>?)",
	"Event":                    "events USING INDEX events_once (user_id=? AND id=?)",
	"SessionLog":               "events USING PRIMARY KEY (user_id=? AND session_id=?)",
	"DeleteExpiredTokens":      "tokens USING INDEX tokens_expiry (expires_at<?)",
	"DeleteTokensOf":           "tokens USING PRIMARY KEY (user_id=?)",
	"Logins":                   "tokens USING PRIMARY KEY (user_id=?)",
	"DeleteOtherTokens":        "tokens USING PRIMARY KEY (user_id=?)",
	"OldPasswords":             "password_history USING PRIMARY KEY (user_id=?)",
	"ForgetOldPasswords":       "password_history USING PRIMARY KEY (user_id=? AND replaced_at<?)",
	"SecurityEvents":           "security_log USING PRIMARY KEY (user_id=?)",
	"DeleteSecurityEvents":     "security_log USING INDEX security_log_newest (at<?)",
	"SecurityLog":              "security_log USING INDEX security_log_newest (at<?)",
	"SecurityLogOf":            "security_log USING PRIMARY KEY (user_id=? AND at<?)",
	"SecurityLogOfKind":        "security_log USING INDEX security_log_by_kind (kind=? AND at<?)",
	"UsersAfter":               "users USING INDEX sqlite_autoindex_users_1 (email>?)",
	"UsersBefore":              "users USING INDEX sqlite_autoindex_users_1 (email<?)",
	"CountUsers":               "users USING INDEX sqlite_autoindex_users_1 (email>?)", // every user, when all are counted
	"DeletedUsers":             "users USING INDEX users_deleted (deleted_at>?)",
	"DeleteUser":               "users USING INTEGER PRIMARY KEY (rowid=?)",
	"OwnersWithoutKey":         "users USING INDEX users_without_email_key (id>?)",
	"NextTOTP":                 "totp USING INTEGER PRIMARY KEY (rowid>?)",
	"CountRecoveryCodes":       "recovery_codes USING PRIMARY KEY (user_id=?)",
	"DeleteRecoveryCodes":      "recovery_codes USING PRIMARY KEY (user_id=?)",
	"Passkeys":                 "passkeys USING PRIMARY KEY (user_id=?)",
	"DeletePasskeys":           "passkeys USING PRIMARY KEY (user_id=?)",
	"DeleteCeremonies":         "ceremonies USING INDEX ceremonies_expiry (expires_at<?)",
	"DeleteCeremoniesOf":       "ceremonies USING INDEX ceremonies_by_user (user_id=?)",
	"Identities":               "identities USING COVERING INDEX identities_by_user (user_id=?)",
	"DeleteIdentities":         "identities USING COVERING INDEX identities_by_user (user_id=?)",
	"Devices":                  "devices USING PRIMARY KEY (user_id=?)",
	"CountDevices":             "devices USING PRIMARY KEY (user_id=?)",
	"DeleteDevicesOf":          "devices USING PRIMARY KEY (user_id=?)",
	"DeleteUnusedDevices":      "devices USING INDEX devices_age (last_used_at<?)",
	"DeleteTokensOfDevice":     "tokens USING PRIMARY KEY (user_id=?)",
	"trimJournal":              "journal USING INTEGER PRIMARY KEY (rowid<?)",
	"DeleteStrangersEvents":    "security_log USING PRIMARY KEY (user_id=? AND at<?)",
	"Invitations":              "invitations USING INDEX invitations_expiry (expires_at>?)",
	"CountInvitations":         "invitations USING INDEX invitations_expiry (expires_at>?)",
	"DeleteInvitationsBy":      "invitations USING INDEX invitations_by_maker (made_by=?)",
	"DeleteInvitationsOf":      "invitations USING INDEX invitations_by_email (email=?)",
	"DeleteExpiredInvitations": "invitations USING INDEX invitations_expiry (expires_at<?)",
	"DeleteAdminInvitations":   "invitations USING INDEX invitations_by_maker (made_by=?)",
	"TrimAdminInvitations":     "invitations USING INDEX invitations_by_maker (made_by=? AND expires_at<?)",
}

// partialKey matches a search by a range, or by the user alone.
var partialKey = regexp.MustCompile(`[<>]\?|\(user_id=\?\)`)

// Every statement finds its rows by an index, so that it takes as long in the
// tenth year as on the first day.
func TestSQLitePlansUseIndexes(t *testing.T) {
	t.Parallel()
	db := open(t, freshFile(t)).database.(*sqliteDB)
	texts := ownTexts(db)
	maps.Copy(texts, sharedTexts(t, db.readers))
	maps.Copy(texts, sharedReads)
	for name, text := range texts {
		plan := explain(t, db.readers, text)
		if scanned := tableScans(plan); len(scanned) > 0 {
			t.Errorf("%s scans: %q", name, plan)
		}
		switch want := searches[name]; {
		case want == "" && slices.ContainsFunc(plan, partialKey.MatchString):
			t.Errorf("%s names a part of a key, so searches must have it: %q", name, plan)
		case want != "" && !slices.Contains(plan, "SEARCH "+want):
			t.Errorf("%s does not search %s: %q", name, want, plan)
		}
	}
	for name := range searches {
		if texts[name] == "" {
			t.Errorf("there is no statement %s", name)
		}
	}
	// The first rows are read from an end of the index, not sorted.
	for _, name := range []string{
		"RecentSessions", "NextSessions", "NextSessionsOf", "SecurityEvents", "NextTOTP", "OwnersWithoutKey",
		"SecurityLog", "SecurityLogOf", "SecurityLogOfKind", "UsersAfter", "UsersBefore",
	} {
		if plan := explain(t, db.readers, texts[name]); len(plan) != 1 {
			t.Errorf("%s does more than search: %q", name, plan)
		}
	}
}

// ownTexts returns the statements that only SQLite has, by field. Of those that take rows,
// it returns the shortest and the longest. It reads the texts by reflection, because
// database/sql does not export them, and a copy here might differ from what runs.
func ownTexts(db *sqliteDB) map[string]string {
	texts := make(map[string]string)
	for _, holder := range []any{db, &db.ingest} {
		fields := reflect.ValueOf(holder).Elem()
		for i := range fields.NumField() {
			name, field := fields.Type().Field(i).Name, fields.Field(i)
			switch field.Type() {
			case reflect.TypeFor[*sql.Stmt]():
				texts[name] = textOf(field)
			case reflect.TypeFor[rowStatement]():
				chunks := field.FieldByName("chunks")
				texts[name+" of one row"] = textOf(chunks.Index(0))
				texts[name+" of most rows"] = textOf(chunks.Index(chunks.Len() - 1))
			}
		}
	}
	return texts
}

func textOf(statement reflect.Value) string {
	return statement.Elem().FieldByName("query").String()
}

// preparing collects what is prepared on a database.
type preparing struct {
	*sql.DB
	texts map[string]string // by name
}

var queryName = regexp.MustCompile(`^-- name: (\w+)`)

func (p preparing) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	p.texts[queryName.FindStringSubmatch(text)[1]] = text
	return p.DB.PrepareContext(ctx, text)
}

func sharedTexts(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	p := preparing{DB: db, texts: make(map[string]string)}
	prepared, err := queries.Prepare(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepared.Close(); err != nil {
		t.Fatal(err)
	}
	return p.texts
}

var parameter = regexp.MustCompile(`\$\d+|\?`)

// explain returns the steps of the plan, with NULL for every parameter.
func explain(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+parameter.ReplaceAllString(text, "?"),
		make([]any, len(parameter.FindAllString(text, -1)))...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}

// handedOver matches the steps that read all rows of a parameter, which is right: they are
// few. The statements call them k or u.
var handedOver = regexp.MustCompile(`VIRTUAL TABLE|VALUES CLAUSE$|CONSTANT ROWS?$|^SCAN [ku]$`)

// tableScans returns the steps that read a whole table.
func tableScans(plan []string) []string {
	var scans []string
	for _, step := range plan {
		if strings.HasPrefix(step, "SCAN ") && !handedOver.MatchString(step) {
			scans = append(scans, step)
		}
	}
	return scans
}

// tableScans finds the scan in a plan without an index.
func TestTableScansBite(t *testing.T) {
	t.Parallel()
	db := open(t, freshFile(t)).database.(*sqliteDB)
	for text, want := range map[string]int{
		`SELECT * FROM events WHERE at = $1`:                                             1,
		`SELECT * FROM events WHERE user_id = $1 AND id = $2`:                            0,
		`SELECT e.* FROM json_each($1) AS k JOIN events AS e ON e.at = k.value`:          1,
		`SELECT * FROM questions WHERE user_id = $1 AND id IN (SELECT id FROM sessions)`: 1,
	} {
		if plan := explain(t, db.readers, text); len(tableScans(plan)) != want {
			t.Errorf("%s: %q, want %d scans", text, plan, want)
		}
	}
}
