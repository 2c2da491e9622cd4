package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestMatching checks the checker: a case that cannot fail proves nothing.
func TestMatching(t *testing.T) {
	t.Parallel()
	start := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	words := vocabulary{
		start: start, now: func() time.Time { return start.Add(5 * time.Second) },
		saved: map[string]string{"session": "abc"},
	}
	for _, test := range []struct{ name, want, got, problem string }{
		{"more keys than wanted", `{"a": 1}`, `{"a": 1, "b": 2}`, ""},
		{"a missing key", `{"a": null}`, `{}`, "a: got no such key"},
		{"null", `{"a": null}`, `{"a": null}`, ""},
		{"not null", `{"a": null}`, `{"a": 0}`, "a: got 0"},
		{"no object", `{"a": 1}`, `[1]`, "want an object"},
		{"a number within the tolerance", `1.5`, `1.5004`, ""},
		{"a number outside the tolerance", `1.5`, `1.5006`, "got 1.5006, want 1.5"},
		{"a number as a text", `1`, `"1"`, "want 1"},
		{"a deep difference", `{"a": [{}, {"b": true}]}`, `{"a": [{}, {"b": false}]}`, "a[1].b: got false, want true"},
		{"a short list", `[1, 2]`, `[1]`, "want a list of 2"},
		{"a long list", `[1]`, `[1, 2]`, "want a list of 1"},
		{"a text", `"one"`, `"two"`, "got two, want one"},
		{"a saved value", `"{{session}}"`, `"abc"`, ""},
		{"another than the saved value", `"{{session}}"`, `"abd"`, "want abc"},
		{"any", `"{{any}}"`, `"x"`, ""},
		{"any of an empty text", `"{{any}}"`, `""`, "want {{any}}"},
		{"any of null", `"{{any}}"`, `null`, "want {{any}}"},
		{"has", `"{{has imes}}"`, `"timestamp"`, ""},
		{"has not", `"{{has imes}}"`, `"type"`, "want {{has imes}}"},
		{"near", `"{{near now-1h}}"`, `"2024-05-01T09:00:20Z"`, ""},
		{"near, but for the time that the scenario took", `"{{near now-1h}}"`, `"2024-05-01T09:00:34Z"`, ""},
		{"not near", `"{{near now-1h}}"`, `"2024-05-01T09:00:40Z"`, "want {{near now-1h}}"},
		{"not near before", `"{{near now-1h}}"`, `"2024-05-01T08:59:29Z"`, "want {{near now-1h}}"},
		{"the same instant", `"2024-05-01T10:00:00.5Z"`, `"2024-05-01T10:00:00.500000Z"`, ""},
		{"another instant", `"2024-05-01T10:00:00Z"`, `"2024-05-01T10:00:00.000001Z"`, "want 2024-05-01T10:00:00Z"},
		{"the same instant in another zone", `"2024-05-01T10:00:00Z"`, `"2024-05-01T12:00:00+02:00"`, "want 2024-05-01T10:00:00Z"},
		{"hours", `{"$hours": {"1": [2, 60]}}`, hours(`{"hour": 1, "total_questions": 2, "active_seconds": 60}`), ""},
		{"wrong hours", `{"$hours": {"1": [2, 60]}}`, hours(`{"hour": 1, "total_questions": 2, "active_seconds": 61}`), "$hours[1][1]: got 61, want 60"},
		{"hours that should be empty", `{"$hours": {}}`, hours(`{"hour": 1, "total_questions": 2, "active_seconds": 60}`), "$hours[1][0]: got 2, want 0"},
		{"an hour out of its place", `{"$hours": {"1": [0, 0]}}`, hours(`{"hour": 3, "total_questions": 0, "active_seconds": 0}`), "got hour 3 in place 1"},
		{"too few hours", `{"$hours": {}}`, `{"hourly_activity": []}`, "want a list of 24"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var want, got any
			if err := errors.Join(json.Unmarshal([]byte(test.want), &want), json.Unmarshal([]byte(test.got), &got)); err != nil {
				t.Fatal(err)
			}
			problems := strings.Join(words.mismatches("", want, got), "; ")
			if (problems == "") != (test.problem == "") || !strings.Contains(problems, test.problem) {
				t.Errorf("want %s, got %s: problems %q, want %q", test.want, test.got, problems, test.problem)
			}
		})
	}
}

// hours returns a day with the given second hour; all other hours are empty.
func hours(second string) string {
	all := make([]string, 24)
	for i := range all {
		encoded, _ := json.Marshal(program.DayHour{Hour: i}) // three numbers always encode
		all[i] = string(encoded)
	}
	all[1] = second
	return `{"hourly_activity": [` + strings.Join(all, ",") + `]}`
}
