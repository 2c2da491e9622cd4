package store

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// Each described table has just the columns of the schema of both databases, and each
// field is of the column's type.
func TestDescribedColumnsAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	described := map[string]map[string]string{
		"events": kinds(table.Events), "sessions": kinds(table.Sessions), "questions": kinds(table.Questions), "users": kinds(table.Users),
	}
	// table.Users leaves out the columns of a deletion.
	described["users"]["deleted_at"], described["users"]["deleted_by"] = "bigint", "bigint"
	for name, schema := range map[string]map[string]columnKind{"SQLite": sqliteColumns(t), "PostgreSQL": postgresColumns(t)} {
		for table, want := range described {
			got := make(map[string]string)
			for column, c := range schema {
				if column, ok := strings.CutPrefix(column, table+"."); ok {
					got[column] = c.Kind
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s (-described +in the schema):\n%s", name, table, diff)
			}
		}
	}
}

// kinds returns the types of a table's columns in PostgreSQL's words, by name.
func kinds[Row any](t table.Table[Row]) map[string]string {
	var row Row
	kinds := make(map[string]string)
	for _, c := range t.Columns {
		kinds[c.Name] = table.PostgresType(c.Field(&row))
	}
	return kinds
}

// No two columns of a table share a field.
func TestColumnsHaveFieldsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for table, repeated := range map[string][]string{
		"events": sharedFields(table.Events), "sessions": sharedFields(table.Sessions),
		"questions": sharedFields(table.Questions), "users": sharedFields(table.Users),
	} {
		if len(repeated) > 0 {
			t.Errorf("%s: a field of two columns: %q", table, repeated)
		}
	}
}

func sharedFields[Row any](t table.Table[Row]) []string {
	var row Row
	names := make(map[any][]string)
	for _, c := range t.Columns {
		field := c.Field(&row)
		names[field] = append(names[field], c.Name)
	}
	maps.DeleteFunc(names, func(_ any, names []string) bool { return len(names) == 1 })
	return slices.Concat(slices.Collect(maps.Values(names))...)
}
