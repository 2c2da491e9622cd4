package httpapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

const missingID = "00000000-0000-4000-8000-000000000000"

// recorded is a server with a running session, whose questions took 60 and 3000 s.
type recorded struct {
	*server
	session   string   // path
	questions []string // paths
}

func newRecorded(t *testing.T) recorded {
	t.Helper()
	return recordOn(t, newServer(t))
}

// recordOn records the session of newRecorded on a server.
func recordOn(t testing.TB, s *server) recorded {
	t.Helper()
	r := recorded{server: s}
	r.must(t, http.StatusOK, "POST", "/events/batch", `{"events":[
		{"type":"NEXT","timestamp":"2026-01-31T11:00:00Z"},
		{"type":"NEXT","timestamp":"2026-01-31T11:01:00Z"},
		{"type":"PAUSE","timestamp":"2026-01-31T11:01:00Z"},
		{"type":"PAUSE","timestamp":"2026-01-31T11:01:10Z"},
		{"type":"NEXT","timestamp":"2026-01-31T11:51:10Z"}]}`)
	var recent []RecentSession
	decode(t, r.must(t, http.StatusOK, "GET", "/sessions/recent", ""), &recent)
	r.session = "/sessions/" + recent[0].SessionID
	for _, q := range r.summary(t).Questions {
		r.questions = append(r.questions, r.session+"/questions/"+q.ID)
	}
	if len(r.questions) != 2 {
		t.Fatalf("%d questions, want 2", len(r.questions))
	}
	return r
}

// must returns the body of the answer to the user's request, which must have a status.
func (r recorded) must(t testing.TB, want int, method, path, body string) string {
	t.Helper()
	w := r.answer(t, request{method: method, path: path, body: body, bearer: r.token})
	if w.Code != want {
		t.Fatalf("%s %s %s: %d %s, want %d", method, path, body, w.Code, w.Body, want)
	}
	if want >= http.StatusBadRequest {
		return problemIn(t, w).Detail
	}
	return w.Body.String()
}

func decode(t testing.TB, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func (r recorded) summary(t testing.TB) sessionBody {
	t.Helper()
	var body sessionBody
	decode(t, r.must(t, http.StatusOK, "GET", r.session+"/summary", ""), &body)
	return body
}

// everything returns what the user reads of the session and its day, as text to compare.
func (r recorded) everything(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{r.session + "/summary", "/sessions/today", "/sessions/recent", "/dashboard/week/json"} {
		all.WriteString(r.must(t, http.StatusOK, "GET", path, "") + "\n")
	}
	return all.String()
}

func TestRestore(t *testing.T) {
	r := newRecorded(t)
	before := r.everything(t)
	for name, path := range map[string]string{"question": r.questions[0], "session": r.session} {
		for _, want := range []string{`"` + name + ` restored"`, "nothing changed"} {
			if want != "nothing changed" {
				r.must(t, http.StatusOK, "DELETE", path, "")
				r.must(t, http.StatusNotFound, "DELETE", path, "")
			}
			if body := r.must(t, http.StatusOK, "POST", path+"/restore", ""); !strings.Contains(body, want) || !strings.Contains(body, `"ok"`) {
				t.Errorf("%s: answered %s, want %s", name, body, want)
			}
			if diff := cmp.Diff(before, r.everything(t)); diff != "" {
				t.Errorf("%s: (-never deleted +restored):\n%s", name, diff)
			}
		}
	}
}

// Corrections are in the security log, unless they changed nothing.
func TestRestorationsAreNoted(t *testing.T) {
	r := newRecorded(t)
	for _, path := range []string{r.questions[0], r.session} {
		r.must(t, http.StatusOK, "POST", path+"/restore", "")
		r.must(t, http.StatusOK, "DELETE", path, "")
		r.must(t, http.StatusOK, "POST", path+"/restore", "")
	}
	var me struct{ ID int64 }
	decode(t, r.must(t, http.StatusOK, "GET", "/me", ""), &me)
	events, err := r.accounts.SecurityEvents(t.Context(), me.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []account.SecurityKind
	for _, e := range events {
		if e.Kind != account.Registered && e.Kind != account.LoginSucceeded {
			kinds = append(kinds, e.Kind)
		}
	}
	slices.Sort(kinds) // they have the same time
	want := []account.SecurityKind{account.QuestionDeleted, account.QuestionRestored, account.SessionDeleted, account.SessionRestored}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("security log (-want +got):\n%s", diff)
	}
}

func TestRestoreWhereAnotherSessionIs(t *testing.T) {
	r := newRecorded(t)
	r.must(t, http.StatusOK, "DELETE", r.session, "")
	r.must(t, http.StatusOK, "POST", "/events/batch", `{"events":[
		{"type":"NEXT","timestamp":"2026-01-31T11:30:00Z"}, {"type":"EXIT","timestamp":"2026-01-31T11:40:00Z"}]}`)
	const want = "this would overlap the session from 2026-01-31T11:30:00Z to 2026-01-31T11:40:00Z"
	if detail := r.must(t, http.StatusConflict, "POST", r.session+"/restore", ""); !strings.Contains(detail, want) {
		t.Errorf("the conflict says %q", detail)
	}
	r.must(t, http.StatusNotFound, "GET", r.session+"/summary", "")
	var recent []RecentSession
	decode(t, r.must(t, http.StatusOK, "GET", "/sessions/recent", ""), &recent)
	r.must(t, http.StatusOK, "DELETE", "/sessions/"+recent[0].SessionID, "")
	r.must(t, http.StatusOK, "POST", r.session+"/restore", "")
	if !r.summary(t).IsActive {
		t.Error("the restored session does not run")
	}
}

func TestAdjust(t *testing.T) {
	r := newRecorded(t)
	type question struct {
		raw, active, original float64
		mmss                  string
		adjusted, improbable  bool
	}
	const adjusted, original = "active time adjusted", "the measured time counts again"
	for _, step := range []struct {
		body, message string
		want          question
	}{
		{`{"active_seconds":null}`, original, question{3010, 3000, 3000, "50:00", false, true}},
		{`{"active_seconds":312.5}`, adjusted, question{3010, 312.5, 3000, "05:13", true, false}},
		{`{"active_seconds":0}`, adjusted, question{3010, 0, 3000, "00:00", true, false}},
		{`{"active_seconds":3010}`, adjusted, question{3010, 3010, 3000, "50:10", true, false}},
		{`{"active_seconds":3e3,"note":"fields to come are ignored"}`, adjusted, question{3010, 3000, 3000, "50:00", true, false}},
		{`{"active_seconds":null}`, original, question{3010, 3000, 3000, "50:00", false, true}},
	} {
		if body := r.must(t, http.StatusOK, "PATCH", r.questions[1], step.body); !strings.Contains(body, step.message) {
			t.Errorf("%s: answered %s", step.body, body)
		}
		s := r.summary(t)
		q := s.Questions[1]
		got := question{q.RawSeconds, q.ActiveSeconds, q.Original, q.ActiveMMSS, q.IsAdjusted, q.IsImprobable}
		if got != step.want {
			t.Errorf("%s: %+v, want %+v", step.body, got, step.want)
		}
		if s.TotalRaw != 3070 || s.TotalActive != 60+step.want.active || q.OverUnder != step.want.active-330 {
			t.Errorf("%s: raw %v, active %v in all, the question over by %v", step.body, s.TotalRaw, s.TotalActive, q.OverUnder)
		}
	}
	var log []debugEvent
	decode(t, r.must(t, http.StatusOK, "GET", "/admin/debug/user-events/"+strings.TrimPrefix(r.session, "/sessions/"), ""), &log)
	var set []*float64
	for _, e := range log {
		if e.Type == "ADJUST_QUESTION" {
			set = append(set, e.ActiveSeconds)
		}
	}
	if diff := cmp.Diff([]*float64{new(312.5), new(0.0), new(3010.0), new(3000.0), nil}, set); diff != "" {
		t.Errorf("adjustments in the log (-want +got):\n%s", diff)
	}
}

func TestCorrectionsRefuse(t *testing.T) {
	r := newRecorded(t)
	before := r.everything(t)
	missing := "/sessions/" + missingID
	question := r.questions[0]
	const good = `{"active_seconds":1}`
	for _, c := range []struct {
		name, method, path, body string
		want                     int
		detail                   string
	}{
		{"no such session", "POST", missing + "/restore", "", 404, "no such session"},
		{"a session that cannot be", "POST", "/sessions/1/restore", "", 404, "no such session"},
		{"a question of no session", "POST", missing + "/questions/" + missingID + "/restore", "", 404, "no such session"},
		{"no such question", "POST", r.session + "/questions/" + missingID + "/restore", "", 404, "no such question"},
		{"a question that cannot be", "POST", r.session + "/questions/x/restore", "", 404, "no such question"},
		{"adjusting in no session", "PATCH", missing + "/questions/" + missingID, good, 404, "no such session"},
		{"adjusting no question", "PATCH", r.session + "/questions/" + missingID, good, 404, "no such question"},
		{"adjusting what cannot be", "PATCH", r.session + "/questions/x", good, 404, "no such question"},
		{"nothing said", "PATCH", question, `{}`, 422, "active_seconds"},
		{"below 0", "PATCH", question, `{"active_seconds":-0.000001}`, 422, "active_seconds must be from 0 to 60"},
		{"above the raw time", "PATCH", question, `{"active_seconds":60.000001}`, 422, "active_seconds must be from 0 to 60"},
		{"beyond all numbers", "PATCH", question, `{"active_seconds":1e300}`, 422, "active_seconds"},
		{"far below", "PATCH", question, `{"active_seconds":-1e300}`, 422, "active_seconds"},
		{"a text", "PATCH", question, `{"active_seconds":"60"}`, 422, "active_seconds"},
		{"a clock", "PATCH", question, `{"active_seconds":"01:00"}`, 422, "active_seconds"},
		{"a list", "PATCH", question, `{"active_seconds":[1]}`, 422, "active_seconds"},
		{"no number", "PATCH", question, `{"active_seconds":NaN}`, 400, ""},
		{"said twice", "PATCH", question, `{"active_seconds":1,"active_seconds":2}`, 400, ""},
		{"no body", "PATCH", question, "", 400, ""},
	} {
		if detail := r.must(t, c.want, c.method, c.path, c.body); !strings.Contains(detail, c.detail) {
			t.Errorf("%s: the problem says %q, want %q in it", c.name, detail, c.detail)
		}
	}
	if diff := cmp.Diff(before, r.everything(t)); diff != "" {
		t.Errorf("a refusal changed something (-before +after):\n%s", diff)
	}
}
