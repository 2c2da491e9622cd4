package httpx

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// person is a body with a field of every kind.
type person struct {
	Name    string   `json:"name"`
	Age     *float64 `json:"age"`
	Active  bool     `json:"active"`
	Words   []string `json:"words"`
	Address struct {
		City string `json:"city"`
	} `json:"address"`
}

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

func TestUnmarshalJSON(t *testing.T) {
	lives := person{Name: "Ada"}
	lives.Address.City = "London"
	tests := []struct {
		name, body string
		want       person
	}{
		{"nothing", `{}`, person{}},
		{"null", `null`, person{}},
		{"all", `{"name":"Ada","age":36,"active":true,"words":["a","b"]}`, person{Name: "Ada", Age: new(36.0), Active: true, Words: []string{"a", "b"}}},
		{"spaces around", " \n\t{ \"name\" : \"Ada\" }\r\n", person{Name: "Ada"}},
		{"null fields", `{"name":null,"age":null}`, person{}},
		{"unknown fields", `{"name":"Ada","more":{"name":"x"},"most":[1,{"name":"y"}]}`, person{Name: "Ada"}},
		{"another spelling is unknown", `{"Name":"x","NAME":"y","name":"Ada"}`, person{Name: "Ada"}},
		{"an escaped name", `{"n\u0061me":"Ada"}`, person{Name: "Ada"}},
		{"the same name in two objects", `{"name":"Ada","address":{"name":"x","city":"London"}}`, lives},
		{"braces in a text", `{"name":"` + strings.Repeat("[{", 100) + `"}`, person{Name: strings.Repeat("[{", 100)}},
		{"quotes in a text", `{"name":"\"\\","more":"\\\"[[["}`, person{Name: `"\`}},
		{"half a surrogate pair", `{"name":"\ud83d"}`, person{Name: "\ufffd"}},
		{"as deep as may be", `{"more":` + nested(maxDepth-1) + `}`, person{}},
		{"wide", `{"more":[` + strings.Repeat("[],", 1000) + `[]]}`, person{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got person
			if err := UnmarshalJSON([]byte(test.body), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An error names a place and never a value; hunter2 is the value in all of these.
func TestUnmarshalJSONRefuses(t *testing.T) {
	long := strings.Repeat("n", 200)
	tests := []struct{ name, body, want string }{
		{"nothing", ``, "the body is not valid JSON at byte 0"},
		{"spaces", `  `, "the body is not valid JSON at byte 2"},
		{"a word", `hunter2`, "the body is not valid JSON at byte 0"},
		{"cut", `{"name":"hunter2`, "the body is not valid JSON at byte 16"},
		{"a form", `name=hunter2`, "the body is not valid JSON at byte 1"},
		{"a comma too many", `{"name":"hunter2",}`, "the body is not valid JSON at byte 17"},
		{"a comment", `{"name":"hunter2"/**/}`, "the body is not valid JSON at byte 17"},
		{"a line break in a text", "{\"name\":\"hunter2\n\"}", "the body is not valid JSON at byte 16"},
		{"an unknown escape", `{"name":"hunter2\x"}`, "the body is not valid JSON at byte 16"},
		{"a number that is none", `{"age":01}`, "the body is not valid JSON at byte 8"},
		{"a second value", `{"name":"x"} "hunter2"`, "the body is not valid JSON at byte 13"},
		{"a second value that is none", `{"name":"x"}hunter2`, "the body is not valid JSON at byte 12"},
		{"NUL at the end", "{\"name\":\"hunter2\"}\x00", "the body is not valid JSON at byte 18"},
		{"a mark of the byte order", "\ufeff{}", "the body is not valid JSON at byte 0"},

		{"broken UTF-8", "{\"name\":\"hunter2\xff\"}", "the body is not valid UTF-8"},
		{"half a surrogate pair in bytes", "{\"name\":\"\xed\xa0\xbd\"}", "the body is not valid UTF-8"},
		{"UTF-8 that is too long", "{\"name\":\"\xc0\xaf\"}", "the body is not valid UTF-8"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "the body is not valid UTF-8"},

		{"a name twice", `{"name":"x","name":"hunter2"}`, "the body has two values for /name"},
		{"a name twice, the same value", `{"name":"hunter2","name":"hunter2"}`, "the body has two values for /name"},
		{"a name twice, once escaped", `{"name":"x","n\u0061me":"hunter2"}`, "the body has two values for /name"},
		{"an unknown name twice", `{"more":1,"more":"hunter2"}`, "the body has two values for /more"},
		{"a name twice, far inside", `{"address":{"more":[0,{"a":1,"a":"hunter2"}]}}`, "the body has two values for /address/more/1/a"},
		{"two names that mean one", `{"\ud800":1,"\ud801":"hunter2"}`, "the body has two values for /\ufffd"},
		{"a long name twice", `{"` + long + `":1,"` + long + `":"hunter2"}`, "the body has two values for the name at byte 206"},

		{"too deep", `{"more":` + nested(maxDepth) + `}`, "the body is nested more than 32 levels deep"},
		{"lists without end", strings.Repeat("[", 60_000), "the body is nested more than 32 levels deep"},
		{"objects without end", strings.Repeat(`{"a":`, 10_000), "the body is nested more than 32 levels deep"},
		{"closed too often", `]]]]` + nested(maxDepth+1), "the body is not valid JSON at byte 0"},

		{"a text for a number", `{"age":"hunter2"}`, "age must not be a string"},
		{"a number for a text", `{"name":72}`, "name must not be a number"},
		{"a number beyond all", `{"age":1e999}`, "age must not be a number"},
		{"a list for a text", `{"name":["hunter2"]}`, "name must not be an array"},
		{"an object for a list", `{"words":{"hunter2":1}}`, "words must not be an object"},
		{"true for a text", `{"name":true}`, "name must not be a boolean"},
		{"a wrong value inside", `{"address":{"city":7}}`, "address.city must not be a number"},
		{"a wrong value in a list", `{"words":["hunter2",7]}`, "words.1 must not be a number"},
		{"a list for all", `["hunter2"]`, "body must not be an array"},
		{"a text for all", `"hunter2"`, "body must not be a string"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := UnmarshalJSON([]byte(test.body), &person{})
			if got := fmt.Sprint(err); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			declared, ok := errors.AsType[*fault.Error](err)
			isMalformed := ok && declared.Kind == fault.Malformed
			if wantMalformed := strings.HasPrefix(test.want, "the body"); isMalformed != wantMalformed || isMalformed == errors.Is(err, fault.ErrInvalid) {
				t.Errorf("malformed: %t, invalid: %t", isMalformed, errors.Is(err, fault.ErrInvalid))
			}
		})
	}
}
