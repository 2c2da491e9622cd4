package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// scenario is one hand-written case; testdata/cases/README.md describes its form.
type scenario struct {
	Name     string `json:"name"`
	Why      string `json:"why"`
	Timezone string `json:"timezone"`
	Steps    []step `json:"steps"`
}

// step is one request, or several events, and the answer that must come back.
type step struct {
	Note string `json:"note"`
	As   string `json:"as"`

	Play   []string        `json:"play"`
	Event  json.RawMessage `json:"event"`
	Batch  json.RawMessage `json:"batch"`
	Get    string          `json:"get"`
	Delete string          `json:"delete"`
	Post   string          `json:"post"`
	Patch  string          `json:"patch"`
	Body   json.RawMessage `json:"body"`

	Status int               `json:"status"`
	Want   json.RawMessage   `json:"want"`
	Save   map[string]string `json:"save"`
}

func TestCases(t *testing.T) {
	t.Parallel()
	scenarios := readCases(t)
	tracker.EachStore(t, func(t *testing.T, databaseURL string) { playCases(t, databaseURL, scenarios) })
}

// The same on PostgreSQL whose big tables are divided by user, as docs/scaling.md says.
func TestCasesOnPartitions(t *testing.T) {
	t.Parallel()
	databaseURL := tracker.Postgres(t)
	t.Cleanup(func() { tracker.Verify(t, databaseURL) }) // when the server has stopped
	tracker.Start(t, databaseURL).Stop(t)                // it makes the tables
	document, err := os.ReadFile("../../docs/scaling.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(document), "```sql\n")
	script, _, _ := strings.Cut(after, "```")
	db := openDatabase(t, databaseURL)
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if parts := rowsOf(t, db, "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'events'::regclass"); len(parts) != 16 {
		t.Fatalf("the partitions of events: %q, want 16", parts)
	}
	playCases(t, databaseURL, readCases(t))
}

// readCases returns the scenarios of each theme.
func readCases(t *testing.T) map[string][]scenario {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files (%v)", err)
	}
	scenarios := map[string][]scenario{}
	for _, file := range files {
		scenarios[strings.TrimSuffix(filepath.Base(file), ".json")] = readScenarios(t, file)
	}
	return scenarios
}

func playCases(t *testing.T, databaseURL string, scenarios map[string][]scenario) {
	t.Helper()
	s := tracker.Start(t, databaseURL)
	for theme, scenarios := range scenarios {
		for _, scenario := range scenarios {
			t.Run(theme+"/"+scenario.Name, func(t *testing.T) {
				t.Parallel()
				newPlayer(s.URL, scenario).play(t)
			})
		}
	}
}

func readScenarios(t *testing.T, file string) []scenario {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields() // a misspelt "want" would check nothing
	var scenarios []scenario
	if err := decoder.Decode(&scenarios); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return scenarios
}

// player plays one scenario.
type player struct {
	url      string
	scenario scenario
	users    map[string]*program.Client
	words    vocabulary
}

func newPlayer(url string, s scenario) *player {
	return &player{
		url: url, scenario: s, users: map[string]*program.Client{},
		words: vocabulary{start: time.Now(), now: time.Now, saved: map[string]string{}},
	}
}

func (p *player) play(t *testing.T) {
	for i, step := range p.scenario.Steps {
		if problems := p.playStep(t, step); len(problems) > 0 {
			t.Fatalf("%s\nstep %d %s:\n  %s", p.scenario.Why, i+1, step.title(), strings.Join(problems, "\n  "))
		}
	}
}

// playStep sends a step's requests and lists what is wrong with the answers.
func (p *player) playStep(t *testing.T, s step) []string {
	user := p.user(t, s.As)
	var problems []string
	for _, event := range s.Play {
		kind, at, _ := strings.Cut(event, " ")
		body := program.Encode(t, map[string]string{"type": kind, "timestamp": p.words.fill(at)})
		answer, err := user.Do(t.Context(), http.MethodPost, "/events", body)
		if err != nil || answer.Status != http.StatusOK {
			problems = append(problems, fmt.Sprintf("%s: got %v %v, want 200", event, answer, err))
		}
	}
	method, path, body := s.request()
	if method == "" {
		return problems
	}
	answer, err := user.Do(t.Context(), method, p.words.fill(path), p.words.fillJSON(body))
	if err != nil {
		return append(problems, err.Error())
	}
	return append(problems, p.check(s, answer)...)
}

func (p *player) user(t *testing.T, name string) *program.Client {
	if p.users[name] == nil {
		p.users[name] = program.NewUser(t, p.url)
		if p.scenario.Timezone != "" {
			p.users[name].SetZone(t, p.scenario.Timezone)
		}
	}
	return p.users[name]
}

// request returns what the step sends besides Play. method is "" when it sends nothing else.
func (s step) request() (method, path string, body json.RawMessage) {
	switch {
	case s.Event != nil:
		return http.MethodPost, "/events", s.Event
	case s.Batch != nil:
		return http.MethodPost, "/events/batch", s.Batch
	case s.Get != "":
		return http.MethodGet, s.Get, nil
	case s.Delete != "":
		return http.MethodDelete, s.Delete, nil
	case s.Post != "":
		return http.MethodPost, s.Post, s.Body
	case s.Patch != "":
		return http.MethodPatch, s.Patch, s.Body
	}
	return "", "", nil
}

func (s step) title() string {
	method, path, body := s.request()
	return strings.TrimSpace(fmt.Sprintf("(%s) %s %s %s %s", s.Note, strings.Join(s.Play, ", "), method, path, body))
}

// check compares an answer with the step, and saves what the step names.
func (p *player) check(s step, answer program.Reply) []string {
	if want := max(s.Status, http.StatusOK); answer.Status != want {
		return []string{fmt.Sprintf("status: got %v, want %d", answer, want)}
	}
	if err := checkProblem(answer); err != nil {
		return []string{err.Error()}
	}
	var got any
	if err := json.Unmarshal(answer.Body, &got); err != nil {
		return []string{fmt.Sprintf("answer %v: %v", answer, err)}
	}
	for name, path := range s.Save {
		value, err := lookUp(got, path)
		if err != nil {
			return []string{fmt.Sprintf("save %s: %v in %v", name, err, answer)}
		}
		p.words.saved[name] = fmt.Sprint(value)
	}
	if s.Want == nil {
		return nil
	}
	var want any
	if err := json.Unmarshal(s.Want, &want); err != nil {
		return []string{err.Error()}
	}
	return p.words.mismatches("", want, got)
}

// checkProblem checks that an error is answered in the form that all errors have.
func checkProblem(answer program.Reply) error {
	if answer.Status < http.StatusBadRequest {
		return nil
	}
	if got, want := answer.Header.Get("Content-Type"), "application/problem+json"; got != want {
		return fmt.Errorf("media type of %v: got %q, want %q", answer, got, want)
	}
	var problem struct {
		Detail any `json:"detail"`
	}
	if err := json.Unmarshal(answer.Body, &problem); err != nil {
		return fmt.Errorf("error answer %v: %w", answer, err)
	}
	if text, ok := problem.Detail.(string); !ok || text == "" {
		return fmt.Errorf("detail of %v: got %#v, want a text", answer, problem.Detail)
	}
	return nil
}

// vocabulary is what {{…}} may mean in a scenario.
type vocabulary struct {
	start time.Time         // when the scenario started: "now" in it
	now   func() time.Time  // "clock" in it
	saved map[string]string // values of earlier answers
}

var placeholder = regexp.MustCompile(`\{\{([^}]*)\}\}`)

func (v vocabulary) fillJSON(body json.RawMessage) any {
	if body == nil {
		return nil
	}
	return []byte(v.fill(string(body)))
}

// fill replaces {{…}} with times and saved values. An unknown word stays as it is, and the
// server or the comparison refuses it.
func (v vocabulary) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		word := placeholder.FindStringSubmatch(found)[1]
		if saved, ok := v.saved[word]; ok {
			return saved
		}
		if at, err := v.time(word); err == nil {
			return at.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
		}
		return found
	})
}

// time parses "now" and "now-90s", which count from the start of the scenario, and
// "clock+1s", which counts from the moment of sending.
func (v vocabulary) time(word string) (time.Time, error) {
	from := v.start
	offset, ok := strings.CutPrefix(word, "now")
	if !ok {
		if offset, ok = strings.CutPrefix(word, "clock"); !ok {
			return time.Time{}, errors.New("neither now nor clock")
		}
		from = v.now()
	}
	if offset == "" {
		return from, nil
	}
	distance, err := time.ParseDuration(offset)
	return from.Add(distance), err
}
