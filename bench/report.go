package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// place says where a measurement was made.
type place struct {
	store       string
	connections int
	round       int
}

func (p place) String() string {
	return fmt.Sprintf("%s, connections: %d, round %d", p.store, p.connections, p.round)
}

// report collects the measurements of one scenario and prints them as Markdown. It does not
// judge them.
type report struct {
	rows    [][]string
	pairs   [][]string
	figures [][]string
	attacks [][]string
	notes   []string
}

// columns returns the head of the table. Columns from firstNumber on are right-aligned.
func columns() []string {
	return []string{"store", "what", "connections", "round", "per second", "p50 ms", "p99 ms", "max ms", "CPU µs", "database CPU µs", "bytes written", "errors"}
}

const firstNumber = 2

// add adds a row. The first of its errors becomes a note.
func (r *report) add(at place, what string, s summary) {
	r.rows = append(r.rows, []string{
		at.store, what, strconv.Itoa(at.connections), strconv.Itoa(at.round),
		strconv.FormatFloat(s.perSecond, 'f', 0, 64),
		milliseconds(s.p50), milliseconds(s.p99), milliseconds(s.max),
		microseconds(s.costs, func(c costs) time.Duration { return c.program }),
		microseconds(s.costs, func(c costs) time.Duration { return c.database }),
		bytesWritten(s.costs), strconv.Itoa(s.errors),
	})
	if s.errors > 0 {
		r.note("%s: %s: errors: %d, the first: %s", at, what, s.errors, s.firstError)
	}
}

// pair adds a row that compares the same measurement of two programs.
func (r *report) pair(at place, what string, before, after summary) {
	row := []string{
		at.store, what, strconv.Itoa(at.connections), strconv.Itoa(at.round),
		times(after.perSecond, before.perSecond), times(float64(after.p50), float64(before.p50)), times(float64(after.p99), float64(before.p99)),
	}
	if before.costs == nil || after.costs == nil {
		row = append(row, unknown, unknown)
	} else {
		row = append(row, times(float64(after.costs.program+after.costs.database), float64(before.costs.program+before.costs.database)),
			times(float64(after.costs.written), float64(before.costs.written)))
	}
	r.pairs = append(r.pairs, row)
}

// figure adds a single number, with the one that it should not exceed; "" for none.
func (r *report) figure(store, what, value, goal string) {
	if goal == "" {
		goal = unknown
	}
	r.figures = append(r.figures, []string{store, what, value, goal})
}

// unknown stands for a number that was not measured.
const unknown = "–"

// times says how many times as large a number is as before.
func times(after, before float64) string {
	if before == 0 {
		return unknown
	}
	return strconv.FormatFloat(after/before, 'f', 2, 64)
}

func microseconds(c *costs, of func(costs) time.Duration) string {
	if c == nil || of(*c) == 0 {
		return unknown
	}
	return strconv.FormatFloat(float64(of(*c))/float64(time.Microsecond), 'f', 0, 64)
}

func bytesWritten(c *costs) string {
	if c == nil {
		return unknown
	}
	return strconv.FormatInt(c.written, 10)
}

// note adds a line below the table.
func (r *report) note(format string, arguments ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, arguments...))
}

// empty reports whether there is nothing to print.
func (r *report) empty() bool {
	return len(r.rows) == 0 && len(r.figures) == 0 && len(r.attacks) == 0 && len(r.notes) == 0
}

// write prints the table and the notes.
func (r *report) write(w io.Writer) error {
	var out strings.Builder
	for _, table := range []struct {
		head []string
		rows [][]string
	}{
		{columns(), r.rows},
		{[]string{"store", "what, program ÷ before", "connections", "round", "per second", "p50", "p99", "CPU", "bytes written"}, r.pairs},
		{[]string{"store", "what", "measured", "goal"}, r.figures},
		{attackColumns(), r.attacks},
	} {
		if len(table.rows) == 0 {
			continue
		}
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		writeTable(&out, table.head, table.rows)
	}
	if len(r.notes) > 0 {
		out.WriteString("\n")
	}
	for _, note := range r.notes {
		out.WriteString("- " + strings.ReplaceAll(strings.TrimSpace(note), "\n", " ") + "\n")
	}
	if _, err := io.WriteString(w, out.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// writeTable writes a Markdown table whose columns also line up as plain text.
func writeTable(out *strings.Builder, head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	writeRow := func(row []string) {
		for i, cell := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= firstNumber {
				cell, padding = padding+cell, ""
			}
			out.WriteString("| " + cell + padding + " ")
		}
		out.WriteString("|\n")
	}
	writeRow(head)
	for i, width := range widths {
		rule := strings.Repeat("-", width+1)
		if i >= firstNumber {
			out.WriteString("|" + rule + ":")
		} else {
			out.WriteString("|" + rule + "-")
		}
	}
	out.WriteString("|\n")
	for _, row := range rows {
		writeRow(row)
	}
}

// milliseconds formats d in milliseconds with two decimals.
func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 2, 64)
}
