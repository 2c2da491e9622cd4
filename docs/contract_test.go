package docs_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/invitation"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const contract = "contract.md"

// Each row of the table of paces begins where the row before ends, to the microsecond.
func TestPaces(t *testing.T) {
	const target = 1_000_000 * timeline.Second
	below := rows(t, section(t, contract, "## Pace"))
	from := 0.0
	for _, row := range below {
		to := math.Inf(1)
		if row[0] != "∞" {
			var err error
			if to, err = strconv.ParseFloat(row[0], 64); err != nil {
				t.Fatal(err)
			}
		}
		first := timeline.Micros(math.Round(from * float64(target)))
		last := timeline.Micros(math.Round(math.Min(to, 10)*float64(target))) - 1
		for _, active := range []timeline.Micros{first, last} {
			if pace := report.PaceOf(active, target); pace.Label != row[1] || pace.Emoji != row[2] {
				t.Errorf("ratio %v is %q %s, the contract says %q %s", float64(active)/float64(target), pace.Label, pace.Emoji, row[1], row[2])
			}
		}
		from = to
	}
}

func TestSettingsOfLimits(t *testing.T) {
	defaults := defaultsOfSettings()
	for _, row := range rows(t, section(t, contract, "## Limits"))[:6] {
		if got, ok := defaults[row[1]]; !ok || got != row[2] {
			t.Errorf("%s is %q by default, the contract says %q", row[1], got, row[2])
		}
	}
}

// defaultsOfSettings are the defaults by the name of the setting.
func defaultsOfSettings() map[string]string {
	defaults := map[string]string{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		defaults[field.Tag.Get("env")] = field.Tag.Get("default")
	}
	return defaults
}

// The waits of the contract are those of a throttle that fails again as soon as it may.
func TestWaitsAfterFailures(t *testing.T) {
	waits := rows(t, section(t, contract, "## Limits"))[6:]
	step := time.Duration(number(t, find(t, waits, "3rd and 4th")[1], " s × (failures − 2)")) * time.Second
	lockout := time.Duration(number(t, find(t, waits, "5th")[1], " minutes")) * time.Minute
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	throttle := limit.NewThrottle("test", limit.NewMemory(clock), clock)
	for i, want := range []time.Duration{0, 0, step, 2 * step, lockout} {
		if try, err := throttle.Begin(t.Context(), "somebody"); err != nil || !try.Allowed {
			t.Fatalf("try %d is not let through: %+v, %v", i+1, try, err)
		}
		if want == 0 {
			now = now.Add(time.Microsecond) // the next one goes through at once
			continue
		}
		try, err := throttle.Begin(t.Context(), "somebody")
		if err != nil || try.Allowed || try.RetryAfter != want {
			t.Fatalf("after failure %d the wait is %v (allowed: %t, %v), the contract says %v", i+1, try.RetryAfter, try.Allowed, err, want)
		}
		now = now.Add(want)
	}
}

// The shortest and the longest password, by the policy that the program uses.
func TestLengthsOfPasswords(t *testing.T) {
	accounts := rows(t, section(t, contract, "## Accounts"))
	for setting, composition := range map[string]bool{"length of a password, with": true, "length of a password with PASSWORD_COMPOSITION=false": false} {
		want := number(t, find(t, accounts, setting)[1], " characters")
		policy := password.NewPolicy(composition)
		for length, refused := range map[int]bool{want - 1: true, want: false} {
			text := "Q7!v" + strings.Repeat("kx", length)[:length-4]
			if problem := policy.Problem(password.Person{}, text); (problem != "") != refused {
				t.Errorf("%d characters, composition %t: %q", length, composition, problem)
			}
		}
	}
	if want := number(t, find(t, accounts, "longest password")[1], " bytes"); want != password.MaxSize {
		t.Errorf("the longest password has %d bytes, the contract says %d", password.MaxSize, want)
	}
}

func TestBoundsOfInvitations(t *testing.T) {
	bounds := rows(t, section(t, contract, "### Registration"))
	if want := number(t, find(t, bounds, "longest life of an invitation")[1], " days"); want != invitation.MaxDays {
		t.Errorf("an invitation is valid for %d days at most, the contract says %d", invitation.MaxDays, want)
	}
	if want := number(t, find(t, bounds, "invitations that wait to be used")[1], ""); want != invitation.MaxOpen {
		t.Errorf("%d invitations wait at most, the contract says %d", invitation.MaxOpen, want)
	}
}

func TestLengthsOfNames(t *testing.T) {
	row := find(t, rows(t, section(t, contract, "## Accounts")), "first or last name")
	for _, field := range []string{"first_name", "last_name"} {
		if want, got := number(t, row[1], " characters"), longest(t, field); got != want {
			t.Errorf("%s may have %d characters, the contract says %d", field, got, want)
		}
	}
}

// Every status that a fault can become is in the table.
func TestStatusesOfFaults(t *testing.T) {
	var documented []string
	for _, row := range rows(t, section(t, contract, "## API")) {
		for status := range strings.SplitSeq(row[0], ", ") {
			documented = append(documented, status)
		}
	}
	for kind := fault.Invalid; kind <= fault.Unavailable; kind++ {
		status := strconv.Itoa(httpx.ProblemOf(fault.New(kind, "")).Status)
		if !slices.Contains(documented, status) {
			t.Errorf("kind %d is answered with %s, which the contract does not name", kind, status)
		}
	}
}

// openAPI is what the tests read of the document.
type openAPI struct {
	Paths      map[string]map[string]any `json:"paths"`
	Components struct {
		Schemas map[string]struct {
			Properties map[string]struct {
				MaxLength *int     `json:"maxLength"`
				Minimum   *float64 `json:"minimum"`
				Maximum   *float64 `json:"maximum"`
			} `json:"properties"`
		} `json:"schemas"`
	} `json:"components"`
}

func readOpenAPI(t *testing.T) openAPI {
	t.Helper()
	content, err := os.ReadFile("../internal/httpapi/testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document openAPI
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestLengthsOfTexts(t *testing.T) {
	for _, row := range rows(t, section(t, contract, "## Events")) {
		want, ok := strings.CutSuffix(row[len(row)-1], " characters")
		if !ok {
			continue
		}
		if got := longest(t, row[0]); fmt.Sprint(got) != want {
			t.Errorf("%s may have %d characters, the contract says %s", row[0], got, want)
		}
	}
}

// A question holds as many tasks as the contract says.
func TestNumberOfTasks(t *testing.T) {
	for _, row := range rows(t, section(t, contract, "## Events")) {
		if !strings.HasPrefix(row[0], "task_count") {
			continue
		}
		press := readOpenAPI(t).Components.Schemas["PressBody"].Properties["task_count"]
		if got := fmt.Sprintf("from %v to %v", *press.Minimum, *press.Maximum); got != row[len(row)-1] {
			t.Errorf("a question holds %s tasks, the contract says %s", got, row[len(row)-1])
		}
		return
	}
	t.Error("the contract does not say how many tasks a question holds")
}

// longest is the one maxLength that the document has for a property of this name.
func longest(t *testing.T, property string) int {
	t.Helper()
	found := 0
	for name, schema := range readOpenAPI(t).Components.Schemas {
		length := schema.Properties[property].MaxLength
		switch {
		case length == nil:
		case found != 0 && found != *length:
			t.Errorf("%s has another length in %s", property, name)
		default:
			found = *length
		}
	}
	return found
}

// Every route of a table exists in the document, except those of the HTML face.
func TestRoutesOfJSON(t *testing.T) {
	paths := readOpenAPI(t).Paths
	for _, heading := range []string{"## Corrections", "## Summaries"} {
		for _, row := range rows(t, section(t, contract, heading)) {
			for route := range strings.SplitSeq(row[1], ", ") {
				method, path, _ := strings.Cut(route, " ")
				path, _, _ = strings.Cut(path, "?")
				if _, ok := paths[path][strings.ToLower(method)]; !ok {
					t.Errorf("%s: no operation %s %s", heading, method, path)
				}
			}
		}
	}
}
