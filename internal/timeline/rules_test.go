package timeline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// ruleCase is one sentence of testdata/rules with the log that shows it.
type ruleCase struct {
	sentence string
	log      []tl.Event
	want     string // as describe writes it
}

func TestRules(t *testing.T) {
	for file, cases := range ruleFiles(t) {
		t.Run(file, func(t *testing.T) {
			for _, c := range cases {
				t.Run(c.sentence, func(t *testing.T) {
					folded := tl.Fold(c.log)
					if diff := cmp.Diff(parts(c.want), parts(describe(folded))); diff != "" {
						t.Errorf("Fold (-want +got):\n%s", diff)
					}
					if diff := cmp.Diff(folded, ingest(c.log).session); diff != "" {
						t.Errorf("one event at a time (-folded +ingested):\n%s", diff)
					}
					checkInvariants(t, c.log)
				})
			}
		})
	}
}

// parts splits a description into one question per line, so that differences are readable.
func parts(description string) []string { return strings.Split(description, ", ") }

// ruleFiles reads testdata/rules and returns the cases of each file. A case is a sentence,
// its log indented under it, and after an arrow the session that the log makes.
func ruleFiles(tb testing.TB) map[string][]ruleCase {
	tb.Helper()
	paths, err := filepath.Glob("testdata/rules/*.txt")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no cases in testdata/rules: %v", err)
	}
	files := make(map[string][]ruleCase, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		files[name] = parseCases(tb, path, string(text))
	}
	return files
}

func parseCases(tb testing.TB, path, text string) []ruleCase {
	tb.Helper()
	var cases []ruleCase
	for block := range strings.SplitSeq(text, "\n\n") {
		sentence, body, _ := strings.Cut(withoutComments(block), "\n")
		if sentence == "" {
			continue
		}
		before, after, found := strings.Cut(body, "→")
		if !found {
			tb.Fatalf("%s: %q: no arrow", path, sentence)
		}
		log, err := parseLog(before)
		if err != nil {
			tb.Fatalf("%s: %q: %v", path, sentence, err)
		}
		cases = append(cases, ruleCase{sentence, log, strings.Join(strings.Fields(after), " ")})
	}
	return cases
}

func withoutComments(block string) string {
	var kept []string
	for line := range strings.Lines(block) {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}
