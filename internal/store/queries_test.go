package store

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notPortable is the syntax that the shared queries must not use.
var notPortable = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{
		regexp.MustCompile(`[-+*/<>=~!#%^&|]@`),
		"sqlc reads an operator such as =@ or <@ and drops the parameter without a word: put a space before @",
	},
	{
		regexp.MustCompile(`::`),
		"SQLite has no :: casts, and sqlc takes @x::type for something else: write CAST(x AS type)",
	},
}

func TestQueriesArePortable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d query files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range portabilityProblems(string(text)) {
			t.Errorf("%s: %s", file, problem)
		}
	}
	for name, text := range sharedReads {
		for _, problem := range portabilityProblems(text) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

func portabilityProblems(text string) []string {
	var problems []string
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		for _, rule := range notPortable {
			if rule.pattern.MatchString(code) {
				problems = append(problems, strings.TrimSpace(line)+": "+rule.reason)
			}
		}
	}
	return problems
}

func TestPortabilityProblemsBite(t *testing.T) {
	t.Parallel()
	for line, bad := range map[string]bool{
		"WHERE user_id=@user_id":                 true,
		"WHERE ts<@to_ts":                        true,
		"WHERE ts >=@from_ts":                    true,
		"LIMIT @max_rows::bigint":                true,
		"SELECT at::text":                        true,
		"WHERE user_id = @user_id AND t < @to_t": false,
		"WHERE (a, b) > (@a, @b)":                false,
		"LIMIT sqlc.arg(max_rows) -- not =@x":    false,
		"-- name: Session :one":                  false,
	} {
		if problems := portabilityProblems(line); (len(problems) > 0) != bad {
			t.Errorf("%q: %q", line, problems)
		}
	}
}
