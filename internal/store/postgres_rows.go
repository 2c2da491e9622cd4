package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// insertUnnest returns an INSERT whose parameters are one array for each column.
func insertUnnest[Row any](t table[Row]) string {
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM unnest(%s)", t.name, t.names(), arrayParameters(t))
}

func arrayParameters[Row any](t table[Row]) string {
	var sample Row
	parameters := make([]string, len(t.columns))
	for i, c := range t.columns {
		parameters[i] = fmt.Sprintf("$%d::%s[]", i+1, postgresType(c.field(&sample)))
	}
	return strings.Join(parameters, ", ")
}

func postgresType(field any) string {
	switch field.(type) {
	case *bool:
		return "boolean"
	case *string, *id:
		return "text"
	}
	return "bigint"
}

// arrays turns rows into one array for each column.
func arrays[Row any](t table[Row], rows []Row) []any {
	columns := make([]any, len(t.columns))
	for i, c := range t.columns {
		switch c.field(&rows[0]).(type) {
		case *bool:
			columns[i] = array(c, rows, func(field any) bool { return *field.(*bool) })
		case *string:
			columns[i] = array(c, rows, func(field any) string { return *field.(*string) })
		case *id:
			columns[i] = array(c, rows, func(field any) string { return string(*field.(*id)) })
		case *int64:
			columns[i] = array(c, rows, func(field any) int64 { return *field.(*int64) })
		default:
			columns[i] = array(c, rows, func(field any) int64 { return valueOf(field).(int64) })
		}
	}
	return columns
}

func array[Row, Value any](c column[Row], rows []Row, value func(field any) Value) []Value {
	values := make([]Value, len(rows))
	for i := range rows {
		values[i] = value(c.field(&rows[i]))
	}
	return values
}

// collect appends the rows of a query to a slice.
func collect[Row any](to *[]Row, t table[Row]) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var row Row
		_, err := pgx.ForEachRow(rows, t.fields(&row), func() error {
			*to = append(*to, row)
			return nil
		})
		return err
	}
}

func query[Row any](ctx context.Context, tx *postgresTx, t table[Row], sql string, arguments ...any) ([]Row, error) {
	var found []Row
	var batch pgx.Batch
	tx.begin(&batch)
	batch.Queue(sql, arguments...).Query(collect(&found, t))
	err := send(ctx, tx.conn.Conn(), &batch, silentForHistory)
	return found, err
}
