package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/link"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
)

// insertUnnest returns an INSERT whose parameters are one array for each column.
func insertUnnest[Row any](t table.Table[Row]) string {
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM unnest(%s)", t.Name, t.Names(), arrayParameters(t))
}

func arrayParameters[Row any](t table.Table[Row]) string {
	var sample Row
	parameters := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		parameters[i] = fmt.Sprintf("$%d::%s[]", i+1, table.PostgresType(c.Field(&sample)))
	}
	return strings.Join(parameters, ", ")
}

// arrays turns rows into one array for each column.
func arrays[Row any](t table.Table[Row], rows []Row) []any {
	columns := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Field(&rows[0]).(type) {
		case *bool:
			columns[i] = array(c, rows, func(field any) bool { return *field.(*bool) })
		case *string:
			columns[i] = array(c, rows, func(field any) string { return *field.(*string) })
		case *table.ID:
			columns[i] = array(c, rows, func(field any) string { return string(*field.(*table.ID)) })
		case *int64:
			columns[i] = array(c, rows, func(field any) int64 { return *field.(*int64) })
		default:
			columns[i] = array(c, rows, func(field any) int64 { return table.ValueOf(field).(int64) })
		}
	}
	return columns
}

func array[Row, Value any](c table.Column[Row], rows []Row, value func(field any) Value) []Value {
	values := make([]Value, len(rows))
	for i := range rows {
		values[i] = value(c.Field(&rows[i]))
	}
	return values
}

// collect appends the rows of a query to a slice.
func collect[Row any](to *[]Row, t table.Table[Row]) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var row Row
		_, err := pgx.ForEachRow(rows, t.Fields(&row), func() error {
			*to = append(*to, row)
			return nil
		})
		return err
	}
}

func query[Row any](ctx context.Context, tx *postgresTx, t table.Table[Row], sql string, arguments ...any) ([]Row, error) {
	var found []Row
	var batch pgx.Batch
	tx.begin(&batch)
	batch.Queue(sql, arguments...).Query(collect(&found, t))
	err := link.Send(ctx, tx.conn.Conn(), &batch, link.SilentForHistory)
	return found, err
}
