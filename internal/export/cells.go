// Package export writes report models as files that other programs read: CSV for
// spreadsheets, and the JSON of everything that a person has here.
//
// The rules are:
//   - Text of people and pages can never run as a formula; our own numbers stay
//     numbers, negative ones too.
//   - Lengths are decimal seconds, exact to the microsecond; times are RFC 3339 in UTC.
//   - What may be long is written piece by piece, so a file of any length takes the
//     memory of its longest session.
package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// table writes a CSV file (RFC 4180) row by row.
type table struct {
	out *csv.Writer
}

func newTable(w io.Writer, columns ...string) (*table, error) {
	t := &table{out: csv.NewWriter(w)}
	t.out.UseCRLF = true
	return t, t.row(columns...)
}

// row writes cells as they are. Text of people and pages must go through inert first.
func (t *table) row(cells ...string) error {
	if err := t.out.Write(cells); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

// end sends what is still in the buffer.
func (t *table) end() error {
	t.out.Flush()
	if err := t.out.Error(); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	return nil
}

// inert returns a text that no spreadsheet runs as a formula (CWE-1236). It puts an
// apostrophe before each character that could begin one: at the start, where spaces and
// quotes do not count, and after each character that another program may read as the end of
// a cell.
func inert(text string) string {
	const (
		begins = "=+-@\t\r＝＋－＠"
		ends   = ",;|\t\r\n"
	)
	var safe strings.Builder
	atStart := true
	for _, c := range text {
		if atStart && strings.ContainsRune(begins, c) {
			safe.WriteByte('\'')
			atStart = false
		}
		safe.WriteRune(c)
		atStart = strings.ContainsRune(ends, c) || atStart && (c == ' ' || c == '\u00a0' || c == '"')
	}
	return safe.String()
}

// seconds writes a length without an exponent and without zeros at its end: "330.5".
func seconds(m timeline.Micros) string {
	sign, magnitude := "", uint64(m)
	if m < 0 {
		sign, magnitude = "-", -magnitude
	}
	text := fmt.Sprintf("%s%d.%06d", sign, magnitude/uint64(timeline.Second), magnitude%uint64(timeline.Second))
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// secondsIf writes a length, or an empty cell if it was not given.
func secondsIf(m timeline.Micros, given bool) string {
	if !given {
		return ""
	}
	return seconds(m)
}

// instant writes a moment, or an empty cell for 0.
func instant(at timeline.Instant) string {
	if at == 0 {
		return ""
	}
	return at.Time().Format(time.RFC3339Nano)
}

func number(n int) string { return strconv.Itoa(n) }
