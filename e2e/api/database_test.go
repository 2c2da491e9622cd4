package api

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the databases, read beside the program
	_ "modernc.org/sqlite"
)

// openDatabase opens the database of a running program, to read and change it without the
// program.
func openDatabase(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	driver, source := "pgx", databaseURL
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:///"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// ageCounters moves everything that the program has counted into the past, as if time had
// passed.
func ageCounters(t *testing.T, databaseURL string, by time.Duration) {
	t.Helper()
	const statement = "UPDATE counters SET times = ARRAY(SELECT at - $1 FROM unnest(times) AS at)"
	if _, err := openDatabase(t, databaseURL).ExecContext(t.Context(), statement, by.Microseconds()); err != nil {
		t.Fatal(err)
	}
}

// everyRow returns every row of every table, as a text to search.
func everyRow(t *testing.T, databaseURL string) string {
	t.Helper()
	db := openDatabase(t, databaseURL)
	tables := "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	if strings.HasPrefix(databaseURL, "sqlite:") {
		tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
	}
	names := rowsOf(t, db, tables)
	if !slices.Contains(names, "users") {
		t.Fatalf("the tables are %q", names)
	}
	var all strings.Builder
	for _, table := range names {
		fmt.Fprintf(&all, "%s\n%s\n", table, strings.Join(rowsOf(t, db, `SELECT * FROM "`+table+`"`), "\n"))
	}
	return all.String()
}

// rowsOf returns the rows of a query, each as one text.
func rowsOf(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var cells []string
		for _, v := range values {
			cells = append(cells, v.String)
		}
		texts = append(texts, strings.Join(cells, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}
