package docs_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// section returns the text of a document under a heading, up to the next heading of the same
// or a higher level.
func section(t *testing.T, document, heading string) string {
	t.Helper()
	content, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(content), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", document, heading)
	}
	level := strings.Count(strings.Fields(heading)[0], "#")
	for line := range strings.Lines(rest) {
		words := strings.Fields(line)
		if len(words) > 0 && strings.Trim(words[0], "#") == "" && len(words[0]) <= level {
			before, _, _ := strings.Cut(rest, line)
			return before
		}
	}
	return rest
}

// rows returns the rows of all tables in a text, without their headings; code marks are taken
// out of the cells.
func rows(t *testing.T, text string) [][]string {
	t.Helper()
	var found [][]string
	inTable := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case isRule.MatchString(line):
			inTable = true
		case inTable:
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "`", "")
			}
			found = append(found, cells)
		}
	}
	if len(found) == 0 {
		t.Fatal("no table")
	}
	return found
}

// isRule matches the line between the head of a table and its rows.
var isRule = regexp.MustCompile(`^\|[-:| ]+\|$`)

// find returns the row whose first cell begins with a text.
func find(t *testing.T, in [][]string, first string) []string {
	t.Helper()
	for _, row := range in {
		if strings.HasPrefix(row[0], first) {
			return row
		}
	}
	t.Fatalf("no row %q", first)
	return nil
}

// number reads the number before a unit.
func number(t *testing.T, text, unit string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSuffix(text, unit))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
