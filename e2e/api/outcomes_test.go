package api

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// The files say of each question what became of it and how many tasks it held; one file has
// only the questions of one outcome.
func TestOutcomesInFiles(t *testing.T) {
	t.Parallel()
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		user := program.NewUser(t, tracker.Start(t, databaseURL).URL)
		user.Must(t, http.StatusOK, http.MethodPost, "/events/batch", map[string]any{"events": []map[string]any{
			{"type": "NEXT", "timestamp": "2024-05-01T10:00:00Z", "task_count": 3},
			{"type": "NEXT", "timestamp": "2024-05-01T10:04:00Z", "outcome": "submitted"},
			{"type": "NEXT", "timestamp": "2024-05-01T10:08:00Z"},
			{"type": "EXIT", "timestamp": "2024-05-01T10:09:00Z", "outcome": "released"},
		}})
		for query, want := range map[string][]string{
			"":                  {"1 submitted 3", "2  1", "3 released 1"},
			"&outcome=released": {"3 released 1"},
			"&outcome=untold":   {"2  1"},
			"&outcome=skipped":  nil,
		} {
			path := "/reports/questions.csv?from=2024-05-01&to=2024-05-01" + query
			if got := columns(t, user, path, "index", "outcome", "task_count"); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
		}
		user.Must(t, http.StatusBadRequest, http.MethodGet, "/reports/questions.csv?from=2024-05-01&to=2024-05-01&outcome=done", nil)

		type told struct {
			Outcome string
			Count   int `json:"task_count"`
		}
		var everything struct {
			Sessions []struct{ Entries, Questions []told }
		}
		user.Must(t, http.StatusOK, http.MethodGet, "/me/export", nil).Decode(t, &everything)
		session := everything.Sessions[0]
		if want := []told{{"", 3}, {"submitted", 0}, {"", 0}, {"released", 0}}; !slices.Equal(session.Entries, want) {
			t.Errorf("the exported log tells %v, want %v", session.Entries, want)
		}
		if want := []told{{"submitted", 3}, {"", 0}, {"released", 0}}; !slices.Equal(session.Questions, want) {
			t.Errorf("the exported questions are %v, want %v", session.Questions, want)
		}
	})
}

// columns returns some columns of a CSV file, one line for each row.
func columns(t *testing.T, user *program.Client, path string, names ...string) []string {
	t.Helper()
	file := strings.NewReader(strings.TrimPrefix(string(user.Must(t, http.StatusOK, http.MethodGet, path, nil).Body), "\ufeff"))
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", path, len(rows), err)
	}
	var lines []string
	for _, row := range rows[1:] {
		var cells []string
		for _, name := range names {
			cells = append(cells, row[slices.Index(rows[0], name)])
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return lines
}
