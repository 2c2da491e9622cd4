package table

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Column describes a column once: its name, and the field of the model that it holds.
// Selecting, scanning, inserting and replacing follow from it, on both databases.
type Column[Row any] struct {
	Name string
	// field points to the field: a *int64, *int, *bool, *string or *ID, or a Wanted. A typed
	// number or text is converted, as in (*int64)(&e.At), which costs nothing.
	Field func(*Row) any
}

// Table describes the columns that a model holds, in the order in which they are selected
// and inserted. Every statement names its columns, so a column that a newer version adds
// does not break this one.
type Table[Row any] struct {
	Name    string
	Key     []string // columns of the primary key; needed by upsert
	Columns []Column[Row]
}

// Names returns the columns' names as a list for SQL.
func (t Table[Row]) Names() string { return t.NamesOf("") }

// NamesOf returns the names with a prefix before each, such as "s.".
func (t Table[Row]) NamesOf(prefix string) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = prefix + c.Name
	}
	return strings.Join(names, ", ")
}

// Selected returns a SELECT of the columns, with what follows FROM and the name.
func (t Table[Row]) Selected(rest string) string {
	return "SELECT " + t.Names() + " FROM " + t.Name + " " + rest
}

// Insert returns an INSERT of one row on either database.
func (t Table[Row]) Insert() string {
	parameters := make([]string, len(t.Columns))
	for i := range t.Columns {
		parameters[i] = fmt.Sprintf("$%d", i+1)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.Name, t.Names(), strings.Join(parameters, ", "))
}

// Only returns the table with these columns alone.
func (t Table[Row]) Only(names ...string) Table[Row] {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c Column[Row]) bool { return !slices.Contains(names, c.Name) })
	return t
}

// Without returns the table without these columns. An insert gives them their defaults.
func (t Table[Row]) Without(names ...string) Table[Row] {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c Column[Row]) bool { return slices.Contains(names, c.Name) })
	return t
}

// Fields returns pointers to the fields of a row.
func (t Table[Row]) Fields(row *Row) []any {
	fields := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = c.Field(row)
	}
	return fields
}

// Values returns the values of a row, for an insert on SQLite.
func (t Table[Row]) Values(row *Row) []any {
	return t.appendValues(make([]any, 0, len(t.Columns)), row)
}

func (t Table[Row]) appendValues(values []any, row *Row) []any {
	for _, c := range t.Columns {
		values = append(values, ValueOf(c.Field(row)))
	}
	return values
}

// Rows returns the values of each row. They share one array.
func (t Table[Row]) Rows(rows []Row) [][]any {
	values, all := make([][]any, len(rows)), make([]any, 0, len(rows)*len(t.Columns))
	for i := range rows {
		start := len(all)
		all = t.appendValues(all, &rows[i])
		values[i] = all[start:len(all):len(all)]
	}
	return values
}

// Scan reads the current row of rows. before are the targets of the columns that precede
// those of the table.
func (t Table[Row]) Scan(rows *sql.Rows, before ...any) (Row, error) {
	var row Row
	err := rows.Scan(append(before, t.targets(&row)...)...)
	return row, err
}

// targets returns what database/sql scans the fields of a row into.
func (t Table[Row]) targets(row *Row) []any {
	targets := t.Fields(row)
	for i, field := range targets {
		targets[i] = targetOf(field)
	}
	return targets
}

// Upsert returns the end of an INSERT that replaces an existing row of the same key.
func (t Table[Row]) Upsert() string {
	var set []string
	for _, c := range t.Columns {
		if !slices.Contains(t.Key, c.Name) {
			set = append(set, c.Name+" = excluded."+c.Name)
		}
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(t.Key, ", "), strings.Join(set, ", "))
}

// ValueOf returns what a field holds on SQLite: an int64, a bool, a string, or the bytes of an id.
func ValueOf(field any) any {
	switch p := field.(type) {
	case *int64:
		return *p
	case *int:
		return int64(*p)
	case *bool:
		return *p
	case *string:
		return *p
	case *ID:
		return p.Stored()
	case Wanted:
		return p.Number()
	}
	panic(fmt.Sprintf("a column's field is a %T", field))
}

// number is a target that database/sql scans a number into without reflection.
type number[T int | int64] struct{ to *T }

// Scan implements sql.Scanner.
func (n number[T]) Scan(from any) error {
	v, ok := from.(int64)
	if !ok {
		return fmt.Errorf("a number is a %T", from)
	}
	*n.to = T(v)
	return nil
}

// targetOf returns what database/sql scans a field into.
func targetOf(field any) any {
	switch p := field.(type) {
	case *int64:
		return number[int64]{p}
	case *int:
		return number[int]{p}
	}
	return field
}

// Wanted is what a PAUSE asked for, which a column holds as a number.
type Wanted struct{ paused **bool }

// What a PAUSE asked for, in events.wanted.
const (
	wantToggle = iota
	wantRunning
	wantPaused
)

// Number returns it as the column holds it.
func (w Wanted) Number() int64 {
	switch paused := *w.paused; {
	case paused == nil:
		return wantToggle
	case *paused:
		return wantPaused
	}
	return wantRunning
}

// Scan implements sql.Scanner.
func (w Wanted) Scan(from any) error {
	var n int64
	err := number[int64]{&n}.Scan(from)
	*w.paused = nil
	if n != wantToggle {
		paused := n == wantPaused
		*w.paused = &paused
	}
	return err
}

// PostgresType returns the type of a field's column on PostgreSQL.
func PostgresType(field any) string {
	switch field.(type) {
	case *bool:
		return "boolean"
	case *string, *ID:
		return "text"
	}
	return "bigint"
}
