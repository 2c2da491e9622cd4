package store

import (
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// columnKind is what both schemas must agree on.
type columnKind struct {
	Kind    string // in PostgreSQL's words
	NotNull bool
}

// kindOfSQLite translates the types of the SQLite schema into PostgreSQL's.
var kindOfSQLite = map[string]string{"INTEGER": "bigint", "TEXT": "text", "BOOLEAN": "boolean", "BLOB": "text"} // an id

// The migrations are written once per database, and the queries once for both. Only
// counters and timelines are PostgreSQL's alone: SQLite has one writer, and counts in memory.
// Only login_changes and journal are SQLite's alone: PostgreSQL keeps no logins in memory, and
// writes presses into the tables at once.
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
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('goose_db_version', 'login_changes', 'journal')`)
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
		WHERE table_schema = 'public' AND table_name NOT IN ('goose_db_version', 'counters', 'timelines')`)
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

// rule is what a schema says about some columns of a table.
type rule struct {
	Table, Kind, Columns string
}

const (
	sqliteRules = `
		WITH t (name) AS (
			SELECT name FROM sqlite_schema
			WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('goose_db_version', 'login_changes', 'journal')
		)
		SELECT t.name, 'primary key', (
			SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk)
		) FROM t
		UNION ALL
		SELECT t.name, iif(l."unique", 'unique', 'index') || iif(l.partial, ' of some rows', ''), (
			SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)
		) FROM t JOIN pragma_index_list(t.name) AS l WHERE l.origin <> 'pk'
		UNION ALL
		SELECT t.name, 'of ' || f."table" || ' (' || f."to" || '), deleted with it: ' || (f.on_delete = 'CASCADE'), f."from"
		FROM t JOIN pragma_foreign_key_list(t.name) AS f`
	postgresRules = `
		WITH t (oid, name) AS (
			SELECT oid, relname::text FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN ('goose_db_version', 'counters', 'timelines')
		)
		SELECT t.name,
			CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique' ELSE 'index' END
				|| CASE WHEN i.indpred IS NULL THEN '' ELSE ' of some rows' END,
			(SELECT string_agg(a.attname, ', ' ORDER BY k.position)
			FROM unnest(i.indkey) WITH ORDINALITY AS k (number, position)
			JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number)
		FROM t JOIN pg_index AS i ON i.indrelid = t.oid
		UNION ALL
		SELECT t.name, 'of ' || c.confrelid::regclass || ' (' || target.attname || '), deleted with it: ' || (c.confdeltype = 'c')::int,
			source.attname
		FROM t JOIN pg_constraint AS c ON c.conrelid = t.oid AND c.contype = 'f'
		JOIN pg_attribute AS source ON source.attrelid = t.oid AND source.attnum = c.conkey[1]
		JOIN pg_attribute AS target ON target.attrelid = c.confrelid AND target.attnum = c.confkey[1]`
)

// The plans of the shared queries are tested on SQLite. On PostgreSQL they find the same
// keys and indexes, and deleting a user deletes the same rows.
func TestRulesAgree(t *testing.T) {
	t.Parallel()
	onPostgres := rules(t, open(t, postgres.Database(t)).database.(*postgresDB).sqlDB, postgresRules)
	onSQLite := rules(t, open(t, freshFile(t)).database.(*sqliteDB).readers, sqliteRules)
	if diff := cmp.Diff(onPostgres, onSQLite); diff != "" {
		t.Errorf("keys and indexes (-PostgreSQL +SQLite):\n%s", diff)
	}
	for _, want := range []rule{
		{"users", "unique", "email"},
		{"sessions", "index of some rows", "user_id, started_at"},
		{"identities", "primary key", "issuer, subject"},
		{"passkeys", "of users (id), deleted with it: 1", "user_id"},
		{"security_log", "index", "at, id"},
	} {
		if !onSQLite[want] {
			t.Errorf("there is no %+v in %v", want, onSQLite)
		}
	}
}

func rules(t *testing.T, db *sql.DB, query string) map[rule]bool {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := make(map[rule]bool)
	for rows.Next() {
		var r rule
		if err := rows.Scan(&r.Table, &r.Kind, &r.Columns); err != nil {
			t.Fatal(err)
		}
		found[r] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
