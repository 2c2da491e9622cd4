package httpapi

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// jumps are how wrong a clock is: by the hour that people change by hand twice a year, by ten years
// because it was never set, and by what is usual.
var jumps = []time.Duration{
	0, time.Second, 10 * time.Minute, time.Hour, -time.Hour, tenYears, -tenYears,
}

const tenYears = 3653 * 24 * time.Hour

// moments are instants at which calendars are special: a leap day, and the hours that clocks skip or
// show twice in Lisbon.
var moments = []string{
	"2028-02-28T23:59:59.999999Z", "2028-02-29T12:00:00Z", "2100-02-28T23:59:59Z",
	"2026-03-29T00:59:59.5Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2025-12-31T23:59:59.999999Z",
}

// Whatever the clocks of the server and of a client do, no answer has a time that is negative, not a
// number or out of range, and none is a failure of the server.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	s := newServerWith(t, httpx.Rates{})
	outer, users := t, 0
	rapid.Check(t, func(t *rapid.T) {
		users++
		j := &jumping{server: s, outer: outer, email: fmt.Sprintf("jumps-%d@example.org", users)}
		j.truth = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
		s.now = j.truth
		j.register(t)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			j.jump(t)
			j.press(t)
			if rapid.Bool().Draw(t, "reads") {
				j.read(t)
			}
		}
		j.read(t)
	})
}

// jumping is a user while the clocks jump.
type jumping struct {
	*server
	outer     *testing.T // of all checks
	email     string
	sessionID string    // "" before the first press
	truth     time.Time // without the errors of the clocks
	skew      time.Duration
}

func (j *jumping) register(t *rapid.T) {
	login, err := j.accounts.Register(j.outer.Context(), account.Registration{Email: j.email, Password: testPassword, Timezone: "Europe/Lisbon"})
	if err != nil {
		t.Fatal(err)
	}
	j.token = login.Token
}

// jump lets time pass, or be one at which calendars are special, and then changes the clock of the
// server, that of the client, both or none. The user logs in again, because a login may have ended
// meanwhile.
func (j *jumping) jump(t *rapid.T) {
	j.truth = j.truth.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "seconds later")) * time.Second)
	if rapid.IntRange(0, 3).Draw(t, "to a moment") == 0 {
		moment, err := time.Parse(time.RFC3339Nano, rapid.SampledFrom(moments).Draw(t, "moment"))
		if err != nil {
			t.Fatal(err)
		}
		j.truth = moment
	}
	j.now = j.truth.Add(rapid.SampledFrom(jumps).Draw(t, "error of the server"))
	j.skew = rapid.SampledFrom(jumps).Draw(t, "error of the client")
	login, err := j.accounts.Login(j.outer.Context(), account.Attempt{Email: j.email, Password: testPassword})
	if err != nil {
		t.Fatalf("log in at %v: %v", j.now, err)
	}
	j.token = login.Token
}

// press presses by the clock of the server or of the client, which may say when it sent the press.
func (j *jumping) press(t *rapid.T) {
	body := map[string]any{"type": rapid.SampledFrom([]string{"NEXT", "NEXT", "NEXT", "PAUSE", "UNDO", "EXIT"}).Draw(t, "type")}
	client := j.truth.Add(j.skew)
	if rapid.Bool().Draw(t, "has a time") {
		ago := time.Duration(rapid.IntRange(0, 7200).Draw(t, "seconds ago")) * time.Second
		body["timestamp"] = client.Add(-ago).Format(time.RFC3339Nano)
	}
	if rapid.Bool().Draw(t, "says when it was sent") {
		body["sent_at"] = client.Format(time.RFC3339Nano)
	}
	answer := j.ask(t, "POST", "/events", body)
	if id, ok := answer["session_id"].(string); ok {
		j.sessionID = id
	}
}

// read reads everything that has times: of today, of the day of the newest session, and of all.
func (j *jumping) read(t *rapid.T) {
	paths := []string{
		"/dashboard/today/json", "/dashboard/week/json", "/dashboard/month/json", "/sessions/recent", "/me",
		"/dashboard/today/json?date=" + j.now.Format(time.DateOnly), "/admin/debug/user-sessions",
	}
	if j.sessionID != "" {
		paths = append(paths, "/summary/"+j.sessionID, "/admin/debug/user-events/"+j.sessionID)
	}
	for _, path := range paths {
		j.ask(t, "GET", path, nil)
	}
}

// ask checks the answer to a request, and returns it if it is an object.
func (j *jumping) ask(t *rapid.T, method, path string, body any) map[string]any {
	r := request{method: method, path: path, bearer: j.token}
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r.body = string(encoded)
	}
	w := j.answer(j.outer, r)
	refused := method == "POST" && (w.Code == http.StatusBadRequest || w.Code == http.StatusUnprocessableEntity || w.Code == http.StatusConflict)
	if w.Code != http.StatusOK && !refused {
		t.Fatalf("%s %s %s at %v: %d %s", method, path, r.body, j.now, w.Code, w.Body)
	}
	var answer any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
	}
	if problem := outOfRange("", answer); problem != "" {
		t.Fatalf("%s %s %s at %v: %s in %s", method, path, r.body, j.now, problem, w.Body)
	}
	object, _ := answer.(map[string]any)
	return object
}

// mostSeconds is more than all jumps together can give.
const mostSeconds = 500 * 365 * 24 * 3600

// outOfRange names the first number or time in an answer that cannot be; "" if there is none. Only
// how far a question is from its target may be negative.
func outOfRange(name string, value any) string {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if problem := outOfRange(key, inner); problem != "" {
				return problem
			}
		}
	case []any:
		for _, inner := range v {
			if problem := outOfRange(name, inner); problem != "" {
				return problem
			}
		}
	case float64:
		isDistance := strings.HasPrefix(name, "over_under")
		if v < 0 && !isDistance || math.Abs(v) > mostSeconds && !strings.HasSuffix(name, "id") {
			return fmt.Sprintf("%s is %v", name, v)
		}
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil && (at.Year() < 1900 || at.Year() > 2400) {
			return fmt.Sprintf("%s is %s", name, v)
		}
		if strings.Contains(v, "NaN") || strings.Contains(v, "Inf") || strings.HasSuffix(name, "mmss") && strings.Contains(v, "-") && !strings.HasPrefix(name, "over_under") {
			return fmt.Sprintf("%s is %s", name, v)
		}
	}
	return ""
}

// TestOutOfRange checks that the test above finds what it is looking for.
func TestOutOfRange(t *testing.T) {
	t.Parallel()
	for answer, isWrong := range map[string]bool{
		`{"a":[{"raw_seconds":1.5,"id":9007199254740000}]}`: false,
		`{"over_under_target_seconds":-3}`:                  false,
		`{"a":[{"raw_seconds":-0.5}]}`:                      true,
		`{"raw_seconds":9223372036854.775}`:                 true,
		`{"started_at":"0001-01-01T00:00:00Z"}`:             true,
		`{"avg_active_mmss":"-1:20"}`:                       true,
		`{"average":"NaN"}`:                                 true,
	} {
		var decoded any
		if err := json.Unmarshal([]byte(answer), &decoded); err != nil {
			t.Fatal(err)
		}
		if got := outOfRange("", decoded); (got != "") != isWrong {
			t.Errorf("%s: %q", answer, got)
		}
	}
}
