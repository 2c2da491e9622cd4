package store

import (
	"context"
	"database/sql"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/queries"
)

// mayScan are the statements that read a whole table, with the reason.
var mayScan = map[string]string{}

// Every statement of the hot path and of the pages finds its rows by an index,
// so that it takes as long in the tenth year as on the first day.
func TestSQLitePlansUseIndexes(t *testing.T) {
	t.Parallel()
	db := open(t, freshFile(t)).database.(*sqliteDB)
	texts := ingestTexts(db)
	for name, text := range sharedTexts(t, db.readers) {
		texts[name] = text
	}
	for name, text := range texts {
		plan := explain(t, db.readers, text)
		scanned := tableScans(plan)
		if len(scanned) > 0 && mayScan[name] == "" {
			t.Errorf("%s scans: %q\nin the plan:\n%s", name, scanned, strings.Join(plan, "\n"))
		}
		if len(scanned) == 0 && mayScan[name] != "" {
			t.Errorf("%s scans nothing: take it off the list", name)
		}
	}
}

// ingestTexts are the statements that only SQLite has, those that take rows for
// one row and for the most. database/sql keeps the text of a prepared statement
// to itself, so reflection reads it: a copy here would not be what runs.
func ingestTexts(db *sqliteDB) map[string]string {
	texts := map[string]string{
		"active":        textOf(db.ingest.active),
		"usersOfTokens": textOf(db.usersOfTokens),
	}
	for name, statement := range map[string]rowStatement{
		"recorded":     db.ingest.recorded,
		"insertEvents": db.ingest.insertEvents, "putSessions": db.ingest.putSessions,
		"dropQuestions": db.ingest.dropQuestions, "insertQuestions": db.ingest.insertQuestions,
	} {
		texts[name+" of one row"] = textOf(statement.chunks[0])
		texts[name+" of most rows"] = textOf(statement.chunks[chunkSizes-1])
	}
	return texts
}

func textOf(statement *sql.Stmt) string {
	return reflect.ValueOf(statement).Elem().FieldByName("query").String()
}

// preparing notes what is prepared on a database.
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

// explain is the plan's steps; NULL stands for every parameter.
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

// handedOver are the steps that read the rows of a parameter: few, and reading
// all of them is the point. The statements call them k.
var handedOver = regexp.MustCompile(`VIRTUAL TABLE|VALUES CLAUSE$|CONSTANT ROWS?$|^SCAN k$`)

// tableScans are the steps that read a whole table.
func tableScans(plan []string) []string {
	var scans []string
	for _, step := range plan {
		if strings.HasPrefix(step, "SCAN ") && !handedOver.MatchString(step) {
			scans = append(scans, step)
		}
	}
	return scans
}

// A plan without an index is told apart from one with it.
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
