package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// column describes a column once: its name, and the field of the model that it holds.
// What is selected, scanned, inserted and replaced follows from it, on both databases.
type column[Row any] struct {
	name string
	// field points to the field: a *int64, *int, *bool or *string, or a wanted. A typed
	// number or text is converted, as in (*int64)(&e.At), which costs nothing.
	field func(*Row) any
}

// table describes the columns that the models hold, in the order in which they are
// selected and inserted. A column that a newer version adds must not break this one, so
// every statement names them.
type table[Row any] struct {
	name    string
	key     []string // of the primary key, when rows are replaced
	columns []column[Row]
}

// names are the columns' names, as a list for SQL.
func (t table[Row]) names() string { return t.namesOf("") }

// namesOf are the names with the table's alias and a dot before each.
func (t table[Row]) namesOf(prefix string) string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = prefix + c.name
	}
	return strings.Join(names, ", ")
}

// parameters are as many as there are columns.
func (t table[Row]) parameters() string {
	parameters := make([]string, len(t.columns))
	for i := range t.columns {
		parameters[i] = fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(parameters, ", ")
}

// only is the table with these columns alone.
func (t table[Row]) only(names ...string) table[Row] {
	t.columns = slices.DeleteFunc(slices.Clone(t.columns), func(c column[Row]) bool { return !slices.Contains(names, c.name) })
	return t
}

// fields are pointers to what a row of the table holds, for a scan.
func (t table[Row]) fields(row *Row) []any {
	fields := make([]any, len(t.columns))
	for i, c := range t.columns {
		fields[i] = c.field(row)
	}
	return fields
}

// values are what a row of the table holds, for an insert.
func (t table[Row]) values(row *Row) []any {
	values := make([]any, len(t.columns))
	for i, c := range t.columns {
		values[i] = valueOf(c.field(row))
	}
	return values
}

// rows are the values of each row.
func (t table[Row]) rows(rows []Row) [][]any {
	values := make([][]any, len(rows))
	for i := range rows {
		values[i] = t.values(&rows[i])
	}
	return values
}

// scan reads the row that rows stands on; before are the targets of what precedes its
// columns.
func (t table[Row]) scan(rows *sql.Rows, before ...any) (Row, error) {
	var row Row
	err := rows.Scan(append(before, t.targets(&row)...)...)
	return row, err
}

// targets are where database/sql scans a row of the table to.
func (t table[Row]) targets(row *Row) []any {
	targets := t.fields(row)
	for i, field := range targets {
		targets[i] = targetOf(field)
	}
	return targets
}

// upsert is what an insert ends with that replaces the row which is there already.
func (t table[Row]) upsert() string {
	var set []string
	for _, c := range t.columns {
		if !slices.Contains(t.key, c.name) {
			set = append(set, c.name+" = excluded."+c.name)
		}
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(t.key, ", "), strings.Join(set, ", "))
}

// valueOf is what a field holds, in a type that a database takes.
func valueOf(field any) any {
	switch p := field.(type) {
	case *int64:
		return *p
	case *int:
		return int64(*p)
	case *bool:
		return *p
	case *string:
		return *p
	case wanted:
		return p.number()
	}
	panic(fmt.Sprintf("a column's field is a %T", field))
}

// number is an int64 or int that database/sql scans without reflection.
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

// targetOf is where database/sql scans a field to.
func targetOf(field any) any {
	switch p := field.(type) {
	case *int64:
		return number[int64]{p}
	case *int:
		return number[int]{p}
	}
	return field
}

// wanted is what a PAUSE asked for, which a column holds as a number.
type wanted struct{ paused **bool }

// What a PAUSE asked for, in events.wanted.
const (
	wantToggle = iota
	wantRunning
	wantPaused
)

func (w wanted) number() int64 {
	switch paused := *w.paused; {
	case paused == nil:
		return wantToggle
	case *paused:
		return wantPaused
	}
	return wantRunning
}

// Scan implements sql.Scanner.
func (w wanted) Scan(from any) error {
	var n int64
	err := number[int64]{&n}.Scan(from)
	*w.paused = nil
	if n != wantToggle {
		paused := n == wantPaused
		*w.paused = &paused
	}
	return err
}
