package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/store/table"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// A row of the journal holds the sessions, events and questions that a group of presses
// writes. Each kind of row comes after the names of its columns and their types, so a
// later version reads what this one wrote: a column that it adds gets its zero value, and
// one that it has no longer is skipped.

// The columns of each kind of row, as its rows are preceded by them.
var (
	sessionColumns  = typedNames(table.Sessions)
	eventColumns    = typedNames(table.Events)
	questionColumns = typedNames(table.Questions)
)

// ErrDamaged is returned for a row of the journal that Encode cannot have written.
var ErrDamaged = errors.New("a row of the journal is damaged")

// Encode returns the body of a journal's row.
func Encode(c tracker.Changes) []byte {
	body := make([]byte, 0, 1000+200*len(c.Sessions)+150*len(c.Events)+100*len(c.Put))
	body = appendRows(body, table.Sessions, sessionColumns, c.Sessions)
	body = appendRows(body, table.Events, eventColumns, c.Events)
	return appendRows(body, table.Questions, questionColumns, c.Put)
}

// Decode reads what Encode wrote, or an empty body.
func Decode(body []byte) (c tracker.Changes, err error) {
	if len(body) == 0 {
		return c, nil
	}
	from := &bodyReader{rest: body}
	c.Sessions = readRows(from, table.Sessions)
	c.Events = readRows(from, table.Events)
	c.Put = readRows(from, table.Questions)
	if from.isDamaged || len(from.rest) > 0 {
		return tracker.Changes{}, ErrDamaged
	}
	return c, nil
}

func appendRows[Row any](body []byte, t table.Table[Row], columns string, rows []Row) []byte {
	body = appendText(body, columns)
	body = binary.AppendUvarint(body, uint64(len(rows)))
	for i := range rows {
		for _, c := range t.Columns {
			body = appendField(body, c.Field(&rows[i]))
		}
	}
	return body
}

// typedNames lists the columns, each as its PostgreSQL type and its name.
func typedNames[Row any](t table.Table[Row]) string {
	var sample Row
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = table.PostgresType(c.Field(&sample)) + " " + c.Name
	}
	return strings.Join(names, ",")
}

func appendField(body []byte, field any) []byte {
	switch p := field.(type) {
	case *int64:
		return binary.AppendVarint(body, *p)
	case *int:
		return binary.AppendVarint(body, int64(*p))
	case *bool:
		if *p {
			return append(body, 1)
		}
		return append(body, 0)
	case *table.ID:
		return appendID(body, *p)
	case *string:
		return appendText(body, *p)
	case table.Wanted:
		return binary.AppendVarint(body, p.Number())
	}
	panic(fmt.Sprintf("a column's field is a %T", field))
}

// appendID writes a canonical UUID as a zero and its 16 bytes, and any other id as a text.
func appendID(body []byte, i table.ID) []byte {
	if stored, ok := i.Stored().([]byte); ok {
		return append(append(body, 0), stored...)
	}
	return appendText(body, string(i))
}

// appendText writes the length of a text plus one, and its bytes.
func appendText(body []byte, text string) []byte {
	return append(binary.AppendUvarint(body, uint64(len(text))+1), text...)
}

// readRows reads what appendRows wrote.
func readRows[Row any](from *bodyReader, t table.Table[Row]) []Row {
	names := strings.Split(from.text(), ",")
	rows := make([]Row, from.count())
	for i := range rows {
		fields := make(map[string]any, len(t.Columns))
		for _, c := range t.Columns {
			fields[c.Name] = c.Field(&rows[i])
		}
		for _, typed := range names {
			kind, name, _ := strings.Cut(typed, " ")
			from.field(kind, fields[name])
		}
	}
	return rows
}

// bodyReader reads the body of a journal's row from its beginning.
type bodyReader struct {
	rest      []byte
	isDamaged bool
}

// field reads a value into a field, or past it if the field is nil or of another type.
func (r *bodyReader) field(kind string, field any) {
	var value any
	switch kind {
	case "boolean":
		b := r.take(1)
		value = len(b) == 1 && b[0] == 1
	case "text":
		value = r.text()
	default:
		value = r.number()
	}
	if !setField(field, value) && field != nil {
		r.isDamaged = true
	}
}

// setField stores a value in a field. It reports whether it is of the field's type.
func setField(field, value any) bool {
	switch v := value.(type) {
	case bool:
		p, ok := field.(*bool)
		if ok {
			*p = v
		}
		return ok
	case string:
		switch p := field.(type) {
		case *string:
			*p = v
		case *table.ID:
			*p = table.ID(v)
		default:
			return false
		}
		return true
	case int64:
		switch p := field.(type) {
		case *int64:
			*p = v
		case *int:
			*p = int(v)
		case table.Wanted:
			return p.Scan(v) == nil
		default:
			return false
		}
		return true
	}
	return false
}

func (r *bodyReader) text() string {
	length := r.length()
	if length > 0 {
		return string(r.take(length - 1))
	}
	id, err := uuid.FromBytes(r.take(16))
	if err != nil {
		return ""
	}
	return id.String()
}

// count reads a number of rows. Each has a byte at least.
func (r *bodyReader) count() uint64 {
	n := r.length()
	if n > uint64(len(r.rest)) {
		r.isDamaged = true
		return 0
	}
	return n
}

func (r *bodyReader) number() int64 {
	n, size := binary.Varint(r.rest)
	r.take(uint64(max(size, 0)))
	r.isDamaged = r.isDamaged || size <= 0
	return n
}

func (r *bodyReader) length() uint64 {
	n, size := binary.Uvarint(r.rest)
	r.take(uint64(max(size, 0)))
	r.isDamaged = r.isDamaged || size <= 0
	return n
}

// take returns the next bytes, or nil if there are fewer.
func (r *bodyReader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.isDamaged, r.rest = true, nil
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}
