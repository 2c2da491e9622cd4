package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// columnKind is what both schemas must agree on.
type columnKind struct {
	Kind    string // in PostgreSQL's words
	NotNull bool
}

// kindOfSQLite are the types that the schemas use for the same thing.
var kindOfSQLite = map[string]string{"INTEGER": "bigint", "TEXT": "text", "BOOLEAN": "boolean"}

// The migrations are written once per database, and the queries once for both. Only
// counters are PostgreSQL's alone: on SQLite they are in memory.
func TestSchemasAgree(t *testing.T) {
	t.Parallel()
	diff := cmp.Diff(postgresColumns(t), sqliteColumns(t))
	if diff != "" {
		t.Errorf("schemas (-PostgreSQL +SQLite):\n%s", diff)
	}
}

func sqliteColumns(t *testing.T) map[string]columnKind {
	t.Helper()
	db := open(t, freshFile(t)).database.(*sqliteDB)
	rows, err := db.readers.QueryContext(t.Context(), `
		SELECT t.name, c.name, c.type, c."notnull" OR c.pk > 0
		FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := make(map[string]columnKind)
	for rows.Next() {
		var table, name string
		var c columnKind
		if err := rows.Scan(&table, &name, &c.Kind, &c.NotNull); err != nil {
			t.Fatal(err)
		}
		c.Kind = kindOfSQLite[c.Kind]
		columns[table+"."+name] = c
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(columns) == 0 {
		t.Fatal("no columns")
	}
	return columns
}

func postgresColumns(t *testing.T) map[string]columnKind {
	t.Helper()
	db := open(t, postgres.Database(t)).database.(*postgresDB)
	rows, err := db.pool.Query(t.Context(), `
		SELECT table_name, column_name, data_type, is_nullable = 'NO'
		FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT IN ('goose_db_version', 'counters')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := make(map[string]columnKind)
	for rows.Next() {
		var table, name string
		var c columnKind
		if err := rows.Scan(&table, &name, &c.Kind, &c.NotNull); err != nil {
			t.Fatal(err)
		}
		columns[table+"."+name] = c
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return columns
}
