package httpapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is the OpenAPI document as a client reads it.
type document struct {
	root     map[string]any
	compiler *jsonschema.Compiler
}

func documentOf(t *testing.T, s *server) *document {
	t.Helper()
	w := s.answer(t, request{method: "GET", path: "/openapi.json"})
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	d := &document{root: root.(map[string]any), compiler: jsonschema.NewCompiler()}
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource("openapi.json", root); err != nil {
		t.Fatal(err)
	}
	return d
}

// at returns the value at a place of the document, and the place as a JSON pointer. It
// follows $ref on the way.
func (d *document) at(place ...string) (value any, pointer string) {
	value, pointer = d.root, "#"
	for _, name := range place {
		switch node := value.(type) {
		case map[string]any:
			value = node[name]
		case []any:
			i, _ := strconv.Atoi(name)
			value = node[i]
		}
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		if object, ok := value.(map[string]any); ok {
			if ref, ok := object["$ref"].(string); ok {
				value, pointer = d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
		}
	}
	return value, pointer
}

// object returns the object at a place of the document, nil without one.
func (d *document) object(place ...string) map[string]any {
	value, _ := d.at(place...)
	object, _ := value.(map[string]any)
	return object
}

// check reports where a JSON value does not match the schema at a place of the document.
func (d *document) check(t *testing.T, what string, body []byte, place ...string) {
	t.Helper()
	_, pointer := d.at(place...)
	schema, err := d.compiler.Compile("openapi.json" + pointer)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		t.Errorf("%s does not match the document: %v\n%.500s", what, err, body)
	}
}

// documentedOperation is an operation of the document.
type documentedOperation struct {
	*document
	method, path string // the path with its wildcards
}

// operations returns all operations of the document, by path and method.
func (d *document) operations() []documentedOperation {
	var all []documentedOperation
	for _, path := range slices.Sorted(maps.Keys(d.object("paths"))) {
		for _, method := range slices.Sorted(maps.Keys(d.object("paths", path))) {
			all = append(all, documentedOperation{d, strings.ToUpper(method), path})
		}
	}
	return all
}

func (o documentedOperation) name() string { return o.method + " " + o.path }

// place returns the place of a part of the operation.
func (o documentedOperation) place(parts ...string) []string {
	return append([]string{"paths", o.path, strings.ToLower(o.method)}, parts...)
}

func (o documentedOperation) needsLogin() bool {
	value, _ := o.at(o.place("security")...)
	return len(value.([]any)) > 0
}

// mayAnswer reports whether the document has an answer of this status.
func (o documentedOperation) mayAnswer(status string) bool {
	return o.object(o.place("responses", status)...) != nil
}

// body returns the place of the schema of the operation's body, nil without a body.
func (o documentedOperation) body() []string {
	place := o.place("requestBody", "content", "application/json", "schema")
	if o.object(place...) == nil {
		return nil
	}
	return place
}

// examples returns the examples of a media type at a place, as JSON, by name.
func (d *document) examples(t *testing.T, place ...string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for name, example := range d.object(append(place, "examples")...) {
		value, err := json.Marshal(example.(map[string]any)["value"])
		if err != nil {
			t.Fatal(err)
		}
		found[name] = value
	}
	return found
}

// checkAnswer reports where an answer is not what the document says of it.
func (o documentedOperation) checkAnswer(t *testing.T, status string, header http.Header, body []byte) {
	t.Helper()
	what := o.name() + " " + status
	answer := o.object(o.place("responses", status)...)
	if answer == nil {
		t.Errorf("%s is not in the document: %.300s", what, body)
		return
	}
	for name, h := range o.object(o.place("responses", status, "headers")...) {
		if h.(map[string]any)["required"] == true && header.Get(name) == "" {
			t.Errorf("%s: the header %s is missing", what, name)
		}
	}
	if answer["content"] == nil {
		if len(body) > 0 {
			t.Errorf("%s has a body: %s", what, body)
		}
		return
	}
	media := header.Get("Content-Type")
	place := o.place("responses", status, "content", media, "schema")
	if o.object(place...) == nil {
		t.Errorf("%s: the document has no Content-Type %q", what, media)
		return
	}
	o.check(t, what, body, place...)
}
