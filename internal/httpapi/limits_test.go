package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// probe is a value of one field, at the edge of what the document allows or beyond it.
type probe struct {
	name  string
	value any // absent: the field is left out
	good  bool
}

type absentValue struct{}

var absent = absentValue{}

var isAboutLength = regexp.MustCompile("length|longer|at most")

// The server accepts what the document allows: each limit of a field is tried with a value
// at its edge, which is accepted, and with one beyond, which is refused with the name of
// the field.
func TestDocumentedLimits(t *testing.T) {
	r := newUnlimited(t)
	d := documentOf(t, r.server)
	tried := 0
	for _, o := range d.operations() {
		if o.body() == nil {
			continue
		}
		base, schema := o.firstBody(t), d.object(o.body()...)
		for _, name := range slices.Sorted(maps.Keys(d.object(append(o.body(), "properties")...))) {
			field := d.object(append(o.body(), "properties", name)...)
			required := slices.Contains(listOf(schema["required"]), any(name))
			for _, p := range probesOf(field, base[name], required) {
				tried++
				body := maps.Clone(base)
				if body[name] = p.value; p.value == absent {
					delete(body, name)
				}
				refusal := o.refusal(t, &r, body, name)
				if p.name == "of most length" && !isAboutLength.MatchString(refusal) {
					refusal = "" // such as a password that is weak
				}
				if refusal == "or credential must be given, and not both" && (p.value == nil || p.value == absent) {
					continue // the description of the body says so: generated clients cannot handle oneOf
				}
				if p.good != (refusal == "") {
					t.Errorf("%s: %s %s is refused with %q: %.100v", o.name(), name, p.name, refusal, p.value)
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d values were tried", tried)
	}
}

// firstBody returns the operation's first example of a body.
func (o documentedOperation) firstBody(t *testing.T) map[string]any {
	t.Helper()
	bodies := o.examples(t, o.place("requestBody", "content", "application/json")...)
	var base map[string]any
	if err := json.Unmarshal(bodies[exampleOrder(bodies)[0]], &base); err != nil {
		t.Fatal(err)
	}
	return base
}

// refusal returns what the server says of a field in a body that it refuses with 422, ""
// when it finds nothing wrong with the field.
func (o documentedOperation) refusal(t *testing.T, r *recorded, body map[string]any, field string) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	w := o.send(t, *r, string(text))
	if w.Code == http.StatusTooManyRequests { // too many wrong passwords
		*r = newUnlimited(t)
		w = o.send(t, *r, string(text))
	}
	if w.Code == http.StatusTooManyRequests || w.Code >= http.StatusInternalServerError {
		t.Fatalf("%s: %d %s", o.name(), w.Code, w.Body)
	}
	if w.Code != http.StatusUnprocessableEntity {
		return ""
	}
	var p httpx.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	for _, e := range p.Errors {
		if e.Location == field || e.Location == "body" && strings.Contains(e.Message, "property "+field+" ") {
			return e.Message
		}
	}
	return ""
}

// probesOf returns values at the edges of a field's schema. Its items are those of an example.
func probesOf(field map[string]any, example any, required bool) []probe {
	types := listOf(field["type"])
	probes := []probe{
		{"left out", absent, !required},
		{"of another type", otherType(types), len(types) == 0},
	}
	if len(types) > 0 {
		probes = append(probes, probe{"null", nil, slices.Contains(types, any("null"))})
	}
	for keyword, limit := range field {
		probes = append(probes, edgesOf(keyword, limit, example)...)
	}
	return probes
}

// edgesOf returns the values at one limit of a schema and beyond it.
func edgesOf(keyword string, limit, example any) []probe {
	const step = 0.001
	number := numberOf(limit)
	switch keyword {
	case "minimum":
		return []probe{{"at its minimum", number, true}, {"below its minimum", number - step, false}}
	case "maximum":
		return []probe{{"at its maximum", number, true}, {"above its maximum", number + step, false}}
	case "exclusiveMinimum":
		return []probe{{"above its exclusive minimum", number + step, true}, {"at its exclusive minimum", number, false}}
	case "not":
		gap := limit.(map[string]any)
		from, to := numberOf(gap["exclusiveMinimum"]), numberOf(gap["exclusiveMaximum"])
		return []probe{{"at the end of a gap", to, true}, {"at the start of a gap", from, true}, {"in a gap", (from + to) / 2, false}}
	case "minLength":
		return []probe{{"of least length", letters(number), true}, {"too short", letters(number - 1), false}}
	case "maxLength":
		return []probe{{"of most length", letters(number), true}, {"too long", letters(number + 1), false}}
	case "minItems":
		return []probe{{"with the least items", items(example, number), true}, {"with too few items", items(example, number-1), false}}
	case "maxItems":
		return []probe{{"with the most items", items(example, number), true}, {"with too many items", items(example, number+1), false}}
	case "format":
		if limit == "uuid" || limit == "date-time" {
			return []probe{{"of no " + limit.(string), "x", false}}
		}
	case "enum":
		probes := []probe{{"that is not listed", "x", false}}
		for _, value := range limit.([]any) {
			probes = append(probes, probe{"that is listed", value, true})
		}
		return probes
	}
	return nil
}

// otherType returns a value of none of these types.
func otherType(types []any) any {
	if slices.Contains(types, any("object")) {
		return "x"
	}
	return map[string]any{}
}

func letters(n float64) string { return strings.Repeat("a", int(n)) }

func items(example any, n float64) []any {
	list, ok := example.([]any)
	if !ok {
		list = []any{"2026-01-31T08:30:00Z"} // the only list that no first example has is of times
	}
	return slices.Repeat(list[:1], int(n))
}

// listOf returns a list as it is, and another value as a list of one.
func listOf(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

func numberOf(limit any) float64 {
	n, _ := limit.(json.Number)
	f, _ := n.Float64()
	return f
}

// A batch describes its events by the schema of POST /events, which is tried above.
func TestEventsOfABatch(t *testing.T) {
	d := documentOf(t, newServer(t))
	_, single := d.at("paths", "/events", "post", "requestBody", "content", "application/json", "schema")
	_, batched := d.at("paths", "/events/batch", "post", "requestBody", "content", "application/json", "schema", "properties", "events", "items")
	if single != batched {
		t.Errorf("an event is %s, and one of a batch %s", single, batched)
	}
}

// The server accepts the parameters that the document allows, and answers others with the
// status that the contract has for each.
func TestDocumentedParameters(t *testing.T) {
	r := newUnlimited(t)
	d := documentOf(t, r.server)
	beyond := func(schema map[string]any) (value string, status int) {
		switch {
		case schema["minimum"] != nil:
			return fmt.Sprint(numberOf(schema["minimum"]) - 1), http.StatusUnprocessableEntity
		case schema["type"] == "integer", schema["type"] == "boolean":
			return "x", http.StatusUnprocessableEntity
		case schema["maxLength"] != nil:
			return letters(numberOf(schema["maxLength"]) + 1), http.StatusUnprocessableEntity
		case schema["enum"] != nil:
			return "x", http.StatusUnprocessableEntity
		case schema["format"] == "date", schema["pattern"] != nil:
			return "2026-13", http.StatusBadRequest
		}
		return "", 0
	}
	tried := map[string]int{}
	for _, o := range d.operations() {
		value, _ := d.at(o.place("parameters")...)
		for _, p := range listOf(value) {
			parameter := p.(map[string]any)
			name, in := fmt.Sprint(parameter["name"]), fmt.Sprint(parameter["in"])
			switch in {
			case "query":
				bad, want := beyond(parameter["schema"].(map[string]any))
				tried[in]++
				asked := documentedOperation{d, o.method, o.path + "?" + name + "=" + bad}
				body := ""
				if o.body() != nil {
					body = string(mustJSON(t, o.firstBody(t)))
				}
				if w := asked.send(t, r, body); bad == "" || w.Code != want || !bytes.Contains(w.Body.Bytes(), []byte("detail")) {
					t.Errorf("%s?%s=%.20s: %d %s, want %d", o.name(), name, bad, w.Code, w.Body, want)
				}
			case "header":
				tried[name]++
				w := r.answer(t, request{method: o.method, path: o.path, body: string(mustJSON(t, o.firstBody(t)))})
				if parameter["required"] != true || w.Code != http.StatusBadRequest {
					t.Errorf("%s without %s: %d %s", o.name(), name, w.Code, w.Body)
				}
			}
		}
	}
	if tried["query"] < 10 || tried["x-csrf-token"] != 4 {
		t.Errorf("tried %v", tried)
	}
}

func mustJSON(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
