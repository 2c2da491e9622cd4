package store

import (
	"encoding/json"
	"strconv"
)

// jsonRows builds one JSON array of rows, each an array of columns: how SQLite
// is handed many rows as one parameter, for json_each.
type jsonRows struct {
	buf []byte
}

// row appends an array of columns: int64, bool or string.
func (j *jsonRows) row(columns ...any) {
	j.next()
	j.buf = append(j.buf, '[')
	for i, c := range columns {
		if i > 0 {
			j.buf = append(j.buf, ',')
		}
		j.buf = appendColumn(j.buf, c)
	}
	j.buf = append(j.buf, ']')
}

// value appends one bare value.
func (j *jsonRows) value(column any) {
	j.next()
	j.buf = appendColumn(j.buf, column)
}

func (j *jsonRows) next() {
	if j.buf == nil {
		j.buf = append(make([]byte, 0, 1<<12), '[')
	} else {
		j.buf = append(j.buf, ',')
	}
}

func (j *jsonRows) String() string {
	if j.buf == nil {
		return "[]"
	}
	return string(append(j.buf, ']'))
}

func appendColumn(buf []byte, column any) []byte {
	switch v := column.(type) {
	case int64:
		return strconv.AppendInt(buf, v, 10)
	case bool:
		if v {
			return append(buf, '1')
		}
		return append(buf, '0')
	case string:
		quoted, err := json.Marshal(v)
		if err != nil {
			panic("a string that is no JSON: " + err.Error()) // json.Marshal has no such case
		}
		return append(buf, quoted...)
	}
	panic("column of a type that no table has")
}
