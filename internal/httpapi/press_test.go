package httpapi

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	tl "github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

const canonicalID = "0190a8f2-7b1c-7d3e-8f4a-5b6c7d8e9f00"

// at returns an instant on 2026-01-31 in UTC.
func at(hour, minute, second, micros int) tl.Instant {
	return tl.InstantOf(time.Date(2026, 1, 31, hour, minute, second, micros*1000, time.UTC))
}

// goodPresses are bodies that decodePress reads; they seed the fuzzer too.
var goodPresses = []struct {
	name, body string
	want       tracker.Press
}{
	{name: "NEXT", body: `{"type":"NEXT"}`, want: tracker.Press{Type: tl.Next}},
	{name: "PAUSE", body: `{"type":"PAUSE"}`, want: tracker.Press{Type: tl.Pause}},
	{name: "UNDO", body: `{"type":"UNDO"}`, want: tracker.Press{Type: tl.Undo}},
	{name: "EXIT", body: `{"type":"EXIT"}`, want: tracker.Press{Type: tl.Exit}},
	{
		name: "everything", want: tracker.Press{
			ID: canonicalID, Type: tl.Next, At: at(17, 5, 9, 123_000), SentAt: at(17, 5, 10, 0), WantPaused: new(false),
			Task: tl.Task{AETLow: 4 * tl.Minute, AETHigh: 330 * tl.Second, AETText: "4 - 5.5 min", ID: "T-1", Type: "Side by side"},
		},
		body: `{"id":"` + canonicalID + `","type":"NEXT","timestamp":"2026-01-31T17:05:09.123Z","sent_at":"2026-01-31T17:05:10Z",
			"paused":false,"aet_low_minutes":4,"aet_high_minutes":5.5,"aet_text":"4 - 5.5 min","task_id":"T-1","task_type":"Side by side"}`,
	},
	{name: "null is absent", want: tracker.Press{Type: tl.Next}, body: `{"type":"NEXT","id":null,"timestamp":null,"sent_at":null,
		"paused":null,"aet_low_minutes":null,"aet_high_minutes":null,"aet_text":null,"task_id":null,"task_type":null}`},
	{name: "empty text of the task is absent", want: tracker.Press{Type: tl.Next}, body: `{"type":"NEXT","aet_text":"","task_id":"","task_type":""}`},
	{name: "null outcome and count are absent", want: tracker.Press{Type: tl.Next}, body: `{"type":"NEXT","outcome":null,"task_count":null}`},
	{name: "an empty outcome is absent", want: tracker.Press{Type: tl.Exit}, body: `{"type":"EXIT","outcome":""}`},
	{name: "outcome of a NEXT", want: tracker.Press{Type: tl.Next, Outcome: tl.Released}, body: `{"type":"NEXT","outcome":"released"}`},
	{name: "outcome of an EXIT", want: tracker.Press{Type: tl.Exit, Outcome: tl.Expired}, body: `{"type":"EXIT","outcome":"expired"}`},
	{name: "a PAUSE closes nothing", want: tracker.Press{Type: tl.Pause}, body: `{"type":"PAUSE","outcome":"submitted"}`},
	{name: "an UNDO closes nothing", want: tracker.Press{Type: tl.Undo}, body: `{"type":"UNDO","outcome":"skipped"}`},
	{name: "one task", want: tracker.Press{Type: tl.Next, Task: tl.Task{Count: 1}}, body: `{"type":"NEXT","task_count":1}`},
	{name: "a hundred tasks", want: tracker.Press{Type: tl.Next, Task: tl.Task{Count: 100}}, body: `{"type":"NEXT","task_count":100}`},
	{name: "unknown fields", want: tracker.Press{Type: tl.Next}, body: `{"type":"NEXT","session_id":"x","current_question_index":3,"more":{"a":[1]}}`},
	{name: "spaces around", want: tracker.Press{Type: tl.Next}, body: " \n{ \"type\" : \"NEXT\" }\t\n"},

	{name: "id in upper case", body: `{"type":"NEXT","id":"` + strings.ToUpper(canonicalID) + `"}`, want: tracker.Press{ID: canonicalID, Type: tl.Next}},
	{name: "id of any version", body: `{"type":"NEXT","id":"00000000-0000-0000-0000-000000000000"}`, want: tracker.Press{ID: "00000000-0000-0000-0000-000000000000", Type: tl.Next}},

	{name: "time with a zone", body: `{"type":"NEXT","timestamp":"2026-01-31T22:50:09+05:45"}`, want: tracker.Press{Type: tl.Next, At: at(17, 5, 9, 0)}},
	{name: "time behind UTC", body: `{"type":"NEXT","timestamp":"2026-01-31T09:05:09-08:00"}`, want: tracker.Press{Type: tl.Next, At: at(17, 5, 9, 0)}},
	{name: "time without a zone is UTC", body: `{"type":"NEXT","timestamp":"2026-01-31T17:05:09.5"}`, want: tracker.Press{Type: tl.Next, At: at(17, 5, 9, 500_000)}},
	{name: "time with a space", body: `{"type":"NEXT","timestamp":"2026-01-31 17:05:09"}`, want: tracker.Press{Type: tl.Next, At: at(17, 5, 9, 0)}},
	{name: "time with a space and a zone", body: `{"type":"NEXT","timestamp":"2026-01-31 18:05:09.000001+01:00"}`, want: tracker.Press{Type: tl.Next, At: at(17, 5, 9, 1)}},
	{name: "nanoseconds are cut", body: `{"type":"NEXT","timestamp":"2026-01-31T17:05:09.123456999Z"}`, want: tracker.Press{Type: tl.Next, At: at(17, 5, 9, 123_456)}},
	{name: "a leap day", body: `{"type":"NEXT","timestamp":"2024-02-29T00:00:00Z"}`, want: tracker.Press{Type: tl.Next, At: tl.InstantOf(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC))}},
	{name: "1970 is not 'no time'", body: `{"type":"NEXT","timestamp":"1970-01-01T00:00:00Z"}`, want: tracker.Press{Type: tl.Next, At: -1}},
	{name: "the first year", body: `{"type":"NEXT","timestamp":"0001-01-01T00:00:00Z"}`, want: tracker.Press{Type: tl.Next, At: tl.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))}},
	{name: "the last second", body: `{"type":"NEXT","timestamp":"9999-12-31T23:59:59Z"}`, want: tracker.Press{Type: tl.Next, At: tl.InstantOf(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC))}},
	{name: "sent_at alone", body: `{"type":"UNDO","sent_at":"2026-01-31T17:05:09"}`, want: tracker.Press{Type: tl.Undo, SentAt: at(17, 5, 9, 0)}},

	{name: "paused", body: `{"type":"PAUSE","paused":true}`, want: tracker.Press{Type: tl.Pause, WantPaused: new(true)}},

	{name: "AET low alone is both ends", body: `{"type":"NEXT","aet_low_minutes":5}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{AETLow: 5 * tl.Minute, AETHigh: 5 * tl.Minute}}},
	{name: "AET high alone is both ends", body: `{"type":"NEXT","aet_high_minutes":5}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{AETLow: 5 * tl.Minute, AETHigh: 5 * tl.Minute}}},
	{name: "AET of a day", body: `{"type":"NEXT","aet_low_minutes":1440,"aet_high_minutes":1440}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{AETLow: 1440 * tl.Minute, AETHigh: 1440 * tl.Minute}}},
	{name: "AET is rounded to the microsecond", body: `{"type":"NEXT","aet_low_minutes":0.29}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{AETLow: 17_400_000, AETHigh: 17_400_000}}},
	{name: "the smallest AET is still one", body: `{"type":"NEXT","aet_high_minutes":1e-300}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{AETLow: 1, AETHigh: 1}}},

	{name: "text of full length", body: `{"type":"NEXT","aet_text":"` + strings.Repeat("ä", 60) + `","task_id":"` + strings.Repeat("語", 100) + `","task_type":"` + strings.Repeat("😴", 100) + `"}`, want: tracker.Press{
		Type: tl.Next, Task: tl.Task{AETText: strings.Repeat("ä", 60), ID: strings.Repeat("語", 100), Type: strings.Repeat("😴", 100)},
	}},
	{name: "a mark of right-to-left writing", body: `{"type":"NEXT","aet_text":"\u200f5 דקות"}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{AETText: "\u200f5 דקות"}}},
	{name: "half a surrogate pair", body: `{"type":"NEXT","task_id":"\ud83d"}`, want: tracker.Press{Type: tl.Next, Task: tl.Task{ID: "\ufffd"}}},
}

func TestDecodePress(t *testing.T) {
	for _, test := range goodPresses {
		t.Run(test.name, func(t *testing.T) {
			press, err := decodePress([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, press); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// badPresses are bodies that decodePress refuses; they seed the fuzzer too.
var badPresses = []struct {
	name, body string
	fields     []string // named, in order
}{
	{"no type", `{}`, []string{"type"}},
	{"no type: null", `{"type":null}`, []string{"type"}},
	{"a null body has no type", `null`, []string{"type"}},
	{"type in lower case", `{"type":"next"}`, []string{"type"}},
	{"type with a space", `{"type":"NEXT "}`, []string{"type"}},
	{"type of a correction", `{"type":"DELETE_SESSION"}`, []string{"type"}},
	{"type is a number", `{"type":1}`, []string{"type"}},
	{"type is a list", `{"type":["NEXT"]}`, []string{"type"}},

	{"outcome is another word", `{"type":"NEXT","outcome":"done"}`, []string{"outcome"}},
	{"outcome with a capital", `{"type":"EXIT","outcome":"Released"}`, []string{"outcome"}},
	{"outcome is a number", `{"type":"NEXT","outcome":1}`, []string{"outcome"}},
	{"outcome of a PAUSE is another word", `{"type":"PAUSE","outcome":"done"}`, []string{"outcome"}},
	{"no tasks", `{"type":"NEXT","task_count":0}`, []string{"task_count"}},
	{"too many tasks", `{"type":"NEXT","task_count":101}`, []string{"task_count"}},
	{"fewer than no tasks", `{"type":"NEXT","task_count":-1}`, []string{"task_count"}},
	{"half a task", `{"type":"NEXT","task_count":1.5}`, []string{"task_count"}},
	{"tasks as a text", `{"type":"NEXT","task_count":"2"}`, []string{"task_count"}},

	{"id is no UUID", `{"type":"NEXT","id":"42"}`, []string{"id"}},
	{"id in braces", `{"type":"NEXT","id":"{` + canonicalID + `}"}`, []string{"id"}},
	{"id as a URN", `{"type":"NEXT","id":"urn:uuid:` + canonicalID + `"}`, []string{"id"}},
	{"empty id and times", `{"type":"NEXT","id":"","timestamp":"","sent_at":""}`, []string{"id", "timestamp", "sent_at"}},
	{"id without dashes", `{"type":"NEXT","id":"` + strings.ReplaceAll(canonicalID, "-", "") + `"}`, []string{"id"}},
	{"id with a space", `{"type":"NEXT","id":" ` + canonicalID + `"}`, []string{"id"}},
	{"id with a wrong digit", `{"type":"NEXT","id":"g190a8f2-7b1c-7d3e-8f4a-5b6c7d8e9f00"}`, []string{"id"}},
	{"id with dashes elsewhere", `{"type":"NEXT","id":"0190a8f27-b1c-7d3e-8f4a-5b6c7d8e9f00"}`, []string{"id"}},
	{"id is a number", `{"type":"NEXT","id":7}`, []string{"id"}},

	{"timestamp is a word", `{"type":"NEXT","timestamp":"now"}`, []string{"timestamp"}},
	{"timestamp is a date", `{"type":"NEXT","timestamp":"2026-01-31"}`, []string{"timestamp"}},
	{"timestamp without seconds", `{"type":"NEXT","timestamp":"2026-01-31T17:05Z"}`, []string{"timestamp"}},
	{"timestamp is a number", `{"type":"NEXT","timestamp":1769879109}`, []string{"timestamp"}},
	{"timestamp with a zone by name", `{"type":"NEXT","timestamp":"2026-01-31T17:05:09 UTC"}`, []string{"timestamp"}},
	{"timestamp on a day that is not", `{"type":"NEXT","timestamp":"2026-02-29T00:00:00Z"}`, []string{"timestamp"}},
	{"timestamp at an hour that is not", `{"type":"NEXT","timestamp":"2026-01-31T24:00:00Z"}`, []string{"timestamp"}},
	{"timestamp in a leap second", `{"type":"NEXT","timestamp":"2016-12-31T23:59:60Z"}`, []string{"timestamp"}},
	{"timestamp in year 0", `{"type":"NEXT","timestamp":"0000-12-31T23:59:59Z"}`, []string{"timestamp"}},
	{"timestamp in year 0 by UTC", `{"type":"NEXT","timestamp":"0001-01-01T00:00:00+00:01"}`, []string{"timestamp"}},
	{"timestamp in year 10000", `{"type":"NEXT","timestamp":"10000-01-01T00:00:00Z"}`, []string{"timestamp"}},
	{"timestamp in year 10000 by UTC", `{"type":"NEXT","timestamp":"9999-12-31T23:59:59-00:01"}`, []string{"timestamp"}},
	{"timestamp of a negative year", `{"type":"NEXT","timestamp":"-001-01-01T00:00:00Z"}`, []string{"timestamp"}},
	{"sent_at is a word", `{"type":"NEXT","sent_at":"now"}`, []string{"sent_at"}},
	{"sent_at in year 10000 by UTC", `{"type":"NEXT","sent_at":"9999-12-31T23:59:59-00:01"}`, []string{"sent_at"}},
	{"sent_at is a number", `{"type":"NEXT","sent_at":1769879109}`, []string{"sent_at"}},

	{"paused is a text", `{"type":"PAUSE","paused":"true"}`, []string{"paused"}},
	{"paused is a number", `{"type":"PAUSE","paused":1}`, []string{"paused"}},

	{"AET of nothing", `{"type":"NEXT","aet_low_minutes":0}`, []string{"aet_low_minutes"}},
	{"AET below nothing", `{"type":"NEXT","aet_high_minutes":-1}`, []string{"aet_high_minutes"}},
	{"AET of over a day", `{"type":"NEXT","aet_high_minutes":1440.001}`, []string{"aet_high_minutes"}},
	{"AET beyond all numbers", `{"type":"NEXT","aet_high_minutes":1e999}`, []string{"aet_high_minutes"}},
	{"AET of huge length", `{"type":"NEXT","aet_low_minutes":1e300}`, []string{"aet_low_minutes"}},
	{"AET is a text", `{"type":"NEXT","aet_low_minutes":"5"}`, []string{"aet_low_minutes"}},
	{"AET low above high", `{"type":"NEXT","aet_low_minutes":6,"aet_high_minutes":5.9}`, []string{"aet_low_minutes"}},

	{"aet_text too long", `{"type":"NEXT","aet_text":"` + strings.Repeat("ä", 61) + `"}`, []string{"aet_text"}},
	{"task_id too long", `{"type":"NEXT","task_id":"` + strings.Repeat("x", 101) + `"}`, []string{"task_id"}},
	{"task_type too long", `{"type":"NEXT","task_type":"` + strings.Repeat("x", 101) + `"}`, []string{"task_type"}},
	{"a line break", `{"type":"NEXT","aet_text":"4\n5"}`, []string{"aet_text"}},
	{"NUL", `{"type":"NEXT","task_id":"\u0000"}`, []string{"task_id"}},
	{"DEL", `{"type":"NEXT","task_type":"\u007f"}`, []string{"task_type"}},
	{"a control character beyond ASCII", `{"type":"NEXT","task_type":"\u0085"}`, []string{"task_type"}},
	{"a line separator", `{"type":"NEXT","aet_text":"4\u20285"}`, []string{"aet_text"}},
	{"an override of the writing direction", `{"type":"NEXT","task_id":"\u202e1-T"}`, []string{"task_id"}},
	{"task_id is a number", `{"type":"NEXT","task_id":7}`, []string{"task_id"}},

	{"several", `{"type":"?","id":"?","timestamp":"?","sent_at":"?","aet_low_minutes":0,"aet_high_minutes":0,"aet_text":"\t","task_id":"\t","task_type":"\t"}`, []string{
		"id", "type", "timestamp", "aet_text", "task_id", "task_type", "aet_low_minutes", "aet_high_minutes", "sent_at",
	}},

	{"the body is a list", `[{"type":"NEXT"}]`, []string{"body"}},
	{"the body is a text", `"NEXT"`, []string{"body"}},
	{"the body is a number", `1`, []string{"body"}},
	{"the body is true", `true`, []string{"body"}},
}

func TestDecodePressNamesTheField(t *testing.T) {
	for _, test := range badPresses {
		t.Run(test.name, func(t *testing.T) {
			press, err := decodePress([]byte(test.body))
			var fields fault.FieldErrors
			if !errors.As(err, &fields) {
				t.Fatalf("got %+v, error %v", press, err)
			}
			var named []string
			for _, field := range fields {
				named = append(named, field.Field)
			}
			if diff := cmp.Diff(test.fields, named); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A refused event of a batch is named by its id, so that its client can drop it.
func TestDecodePressKeepsTheID(t *testing.T) {
	tests := map[string]string{ // body to ID
		`{"id":"` + canonicalID + `","type":"?"}`:                                     canonicalID,
		`{"type":"NEXT","timestamp":"?","id":"` + strings.ToUpper(canonicalID) + `"}`: canonicalID,
		`{"id":"?","type":"NEXT"}`:                                                    "",
		`{"id":"{` + canonicalID + `}","type":"?"}`:                                   "",
		`{"type":1,"id":"` + canonicalID + `"}`:                                       canonicalID,
		`{"paused":"","id":"` + canonicalID + `"}`:                                    canonicalID,
		`{"type":1,"id":7}`:                                                           "",
		`{"type":"?"}`:                                                                "",
	}
	for body, want := range tests {
		if press, err := decodePress([]byte(body)); err == nil || press.ID != want {
			t.Errorf("%s: id %q, error %v", body, press.ID, err)
		}
	}
}

// malformedPresses are not JSON.
var malformedPresses = []string{
	``, ` `, `{`, `{"type":"NEXT"`, `{"type":"NEXT",}`, `{type:"NEXT"}`, `{'type':'NEXT'}`, `NEXT`,
	`{"type":"NEXT"}x`, `{"type":"NEXT"}{"type":"EXIT"}`, `{"type":"NEXT"},`, "\xef\xbb\xbf" + `{"type":"NEXT"}`,
	`{"type":"NEXT","aet_low_minutes":NaN}`, `{"type":"NEXT","aet_low_minutes":05}`, `{"type":"NEXT","task_id":"` + "\n" + `"}`,
	"{\"type\":\"NEXT\",\"task_id\":\"\xff\"}", `{"type":"NEXT","type":"EXIT"}`, `{"type":"NEXT","more":{"a":1,"a":1}}`,
	`{"type":"NEXT","t\u0079pe":"EXIT"}`, `{"type":"NEXT","more":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`,
	strings.Repeat("[", 20_000),
}

func isMalformed(err error) bool {
	declared, ok := errors.AsType[*fault.Error](err)
	return ok && declared.Kind == fault.Malformed
}

func TestDecodePressMalformed(t *testing.T) {
	for _, body := range malformedPresses {
		if _, err := decodePress([]byte(body)); !isMalformed(err) {
			t.Errorf("%.40q: error %v", body, err)
		}
	}
}
