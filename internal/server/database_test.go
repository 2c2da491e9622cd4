package server

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// database calls do with a separate connection to the program's database.
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

// dump returns every row of every table, as text to compare.
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

// column returns the rows of a query, each as one text.
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
