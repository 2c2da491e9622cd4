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
	rows  [][]string
	notes []string
}

// columns returns the head of the table. Columns from firstNumber on are right-aligned.
func columns() []string {
	return []string{"store", "what", "connections", "round", "per second", "p50 ms", "p99 ms", "max ms", "errors"}
}

const firstNumber = 2

// add adds a row. The first of its errors becomes a note.
func (r *report) add(at place, what string, s summary) {
	r.rows = append(r.rows, []string{
		at.store, what, strconv.Itoa(at.connections), strconv.Itoa(at.round),
		strconv.FormatFloat(s.perSecond, 'f', 0, 64),
		milliseconds(s.p50), milliseconds(s.p99), milliseconds(s.max),
		strconv.Itoa(s.errors),
	})
	if s.errors > 0 {
		r.note("%s: %s: errors: %d, the first: %s", at, what, s.errors, s.firstError)
	}
}

// note adds a line below the table.
func (r *report) note(format string, arguments ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, arguments...))
}

// empty reports whether there is nothing to print.
func (r *report) empty() bool { return len(r.rows) == 0 && len(r.notes) == 0 }

// write prints the table and the notes.
func (r *report) write(w io.Writer) error {
	var out strings.Builder
	writeTable(&out, columns(), r.rows)
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
