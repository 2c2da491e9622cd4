package httpx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

const (
	// maxDepth is how deep a body may be nested. No body of this API needs more than
	// three levels; unknown fields may have some more.
	maxDepth = 32
	// longestPlace is the greatest length of a place in the body that an error names.
	longestPlace = 100
)

// UnmarshalJSON reads body, a single JSON value, into what to points at. It accepts only
// UTF-8, and refuses a name that occurs twice in an object, because two readers of such a
// body may see different values (RFC 7493). Names are matched exactly; unknown ones are
// ignored.
//
// The error is a fault.Error of kind Malformed, or a fault.FieldErrors when a value has
// the wrong type; then to may be filled in part. The texts never contain a value of the
// body, because that may be a password.
func UnmarshalJSON(body []byte, to any) error {
	switch {
	case !utf8.Valid(body):
		return malformed("is not valid UTF-8")
	case isNestedDeeper(body, maxDepth):
		return malformed(fmt.Sprintf("is nested more than %d levels deep", maxDepth))
	}
	// Browsers write half a surrogate pair as an escape where a text was cut. Broken
	// bytes were refused above, so this is all that the option accepts; it becomes
	// U+FFFD.
	err := json.Unmarshal(body, to, jsontext.AllowInvalidUTF8(true))
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.SemanticError](err); ok {
		return fault.Field(fieldAt(wrong.JSONPointer), "must not be "+kindName(wrong.JSONKind))
	}
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok:
		return malformed("is not valid JSON")
	case errors.Is(err, jsontext.ErrDuplicateName) && len(syntax.JSONPointer) <= longestPlace:
		return malformed("has two values for " + string(syntax.JSONPointer))
	case errors.Is(err, jsontext.ErrDuplicateName):
		return malformed(fmt.Sprintf("has two values for the name at byte %d", syntax.ByteOffset))
	}
	return malformed(fmt.Sprintf("is not valid JSON at byte %d", syntax.ByteOffset))
}

func malformed(text string) error { return fault.New(fault.Malformed, "the body "+text) }

// fieldAt returns the field that a pointer names, as in "person.email".
func fieldAt(place jsontext.Pointer) string {
	if place == "" {
		return "body"
	}
	return strings.Join(slices.Collect(place.Tokens()), ".")
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "a boolean"
	case jsontext.KindNull:
		return "null"
	default:
		return "a " + kind.String() // string or number
	}
}

// isNestedDeeper reports whether lists and objects are nested deeper than limit. Its
// answer is right for valid JSON only; anything else is refused anyway.
func isNestedDeeper(body []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			i = endOfString(body, i)
		}
	}
	return false
}

// endOfString returns the index of the closing quote of the string that starts at start.
func endOfString(body []byte, start int) int {
	i := start + 1
	for i < len(body) && body[i] != '"' {
		if body[i] == '\\' {
			i++
		}
		i++
	}
	return i
}
