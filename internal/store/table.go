package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// column describes a column once: its name, and the field of the model that it holds.
// Selecting, scanning, inserting and replacing follow from it, on both databases.
type column[Row any] struct {
	name string
	// field points to the field: a *int64, *int, *bool, *string or *id, or a wanted. A typed
	// number or text is converted, as in (*int64)(&e.At), which costs nothing.
	field func(*Row) any
}

// table describes the columns that a model holds, in the order in which they are selected
// and inserted. Every statement names its columns, so a column that a newer version adds
// does not break this one.
type table[Row any] struct {
	name    string
	key     []string // columns of the primary key; needed by upsert
	columns []column[Row]
}

// names returns the columns' names as a list for SQL.
func (t table[Row]) names() string { return t.namesOf("") }

// namesOf returns the names with a prefix before each, such as "s.".
func (t table[Row]) namesOf(prefix string) string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = prefix + c.name
	}
	return strings.Join(names, ", ")
}

// insert returns an INSERT of one row on either database.
func (t table[Row]) insert() string {
	parameters := make([]string, len(t.columns))
	for i := range t.columns {
		parameters[i] = fmt.Sprintf("$%d", i+1)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, t.names(), strings.Join(parameters, ", "))
}

// only returns the table with these columns alone.
func (t table[Row]) only(names ...string) table[Row] {
	t.columns = slices.DeleteFunc(slices.Clone(t.columns), func(c column[Row]) bool { return !slices.Contains(names, c.name) })
	return t
}

// without returns the table without these columns. An insert gives them their defaults.
func (t table[Row]) without(names ...string) table[Row] {
	t.columns = slices.DeleteFunc(slices.Clone(t.columns), func(c column[Row]) bool { return slices.Contains(names, c.name) })
	return t
}

// fields returns pointers to the fields of a row.
func (t table[Row]) fields(row *Row) []any {
	fields := make([]any, len(t.columns))
	for i, c := range t.columns {
		fields[i] = c.field(row)
	}
	return fields
}

// values returns the values of a row, for an insert on SQLite.
func (t table[Row]) values(row *Row) []any {
	return t.appendValues(make([]any, 0, len(t.columns)), row)
}

func (t table[Row]) appendValues(values []any, row *Row) []any {
	for _, c := range t.columns {
		values = append(values, valueOf(c.field(row)))
	}
	return values
}

// rows returns the values of each row. They share one array.
func (t table[Row]) rows(rows []Row) [][]any {
	values, all := make([][]any, len(rows)), make([]any, 0, len(rows)*len(t.columns))
	for i := range rows {
		start := len(all)
		all = t.appendValues(all, &rows[i])
		values[i] = all[start:len(all):len(all)]
	}
	return values
}

// scan reads the current row of rows. before are the targets of the columns that precede
// those of the table.
func (t table[Row]) scan(rows *sql.Rows, before ...any) (Row, error) {
	var row Row
	err := rows.Scan(append(before, t.targets(&row)...)...)
	return row, err
}

// targets returns what database/sql scans the fields of a row into.
func (t table[Row]) targets(row *Row) []any {
	targets := t.fields(row)
	for i, field := range targets {
		targets[i] = targetOf(field)
	}
	return targets
}

// upsert returns the end of an INSERT that replaces an existing row of the same key.
func (t table[Row]) upsert() string {
	var set []string
	for _, c := range t.columns {
		if !slices.Contains(t.key, c.name) {
			set = append(set, c.name+" = excluded."+c.name)
		}
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(t.key, ", "), strings.Join(set, ", "))
}

// valueOf returns what a field holds on SQLite: an int64, a bool, a string, or the bytes of an id.
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
	case *id:
		return p.stored()
	case wanted:
		return p.number()
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
