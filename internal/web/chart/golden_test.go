package chart_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/web/chart"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares every drawing and its text, for a full and an empty model, with
// files that a person has checked.
func TestGolden(t *testing.T) {
	models := map[string]model{"full": full(t), "empty": empty(t)}
	for name, m := range models {
		for _, kind := range kinds {
			for _, l := range layouts {
				file := kind.name + "_" + l.name + "_" + name
				t.Run(file, func(t *testing.T) {
					c := kind.draw(kind.name, l.layout, m)
					if c.Empty != (name == "empty") {
						t.Errorf("Empty = %v", c.Empty)
					}
					golden(t, file+".svg", strings.ReplaceAll(c.SVG, "><", ">\n<")+"\n")
					golden(t, file+".txt", text(c))
				})
			}
		}
	}
}

// text returns all words of a chart.
func text(c chart.Chart) string {
	lines := []string{c.Title, c.Summary, "", c.Table.Caption, strings.Join(c.Table.Header, " | ")}
	for _, row := range c.Table.Rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	lines = append(lines, strings.Join(c.Table.Total, " | "))
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
