package store

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever their number, all rows arrive once and in order.
func TestRowStatementTakesAnyNumber(t *testing.T) {
	t.Parallel()
	db := open(t, freshFile(t)).database.(*sqliteDB).writer
	if _, err := db.ExecContext(t.Context(), `CREATE TEMP TABLE arrived (number INTEGER, name TEXT, place INTEGER PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	insert, err := prepareRows(t.Context(), db, `INSERT INTO temp.arrived (number, name) VALUES %s`, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, count := range []int{0, 1, 2, 3, 4, 7, 31, 63, 64, 65, 127, 128, 200} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			var rows [][]any
			var want []string
			for i := range count {
				rows = append(rows, []any{int64(i), fmt.Sprint("row ", i)})
				want = append(want, fmt.Sprintf("%d row %d", i, i))
			}
			if _, err := db.ExecContext(t.Context(), "DELETE FROM temp.arrived"); err != nil {
				t.Fatal(err)
			}
			err := insert.each(rows, func(statement *sql.Stmt, arguments []any) error {
				_, err := statement.ExecContext(t.Context(), arguments...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, arrived(t, db)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func arrived(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT number || ' ' || name FROM temp.arrived ORDER BY place")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
