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
	// maxDepth is how deep a body may be nested. No body of this API needs more
	// than three levels; what is unknown in it may have some of its own.
	maxDepth = 32
	// longestPlace is up to which length a place in a body is told to its sender.
	longestPlace = 100
)

// UnmarshalJSON reads the one value that is body into what to points at. It takes
// UTF-8, and no name twice in an object, because two readers of such a body may see
// different values (RFC 7493). Names are matched exactly, unknown ones ignored.
//
// The error is a fault.Error of kind Malformed, or a fault.FieldErrors when a
// value has the wrong type; to may be filled in part then. Neither text holds a
// value of the body: it may be a password.
func UnmarshalJSON(body []byte, to any) error {
	switch {
	case !utf8.Valid(body):
		return malformed("is not valid UTF-8")
	case isNestedDeeper(body, maxDepth):
		return malformed(fmt.Sprintf("is nested more than %d levels deep", maxDepth))
	}
	// Browsers write half a surrogate pair as an escape, where a text was cut: what
	// the option lets through beyond broken bytes, as U+FFFD.
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

// fieldAt is the field that a pointer names, as in "person.email".
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

// isNestedDeeper reports whether lists and objects are nested more than limit
// deep. Its answer counts for valid JSON only; the rest is refused anyway.
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

// endOfString is where the string that starts at start has its closing quote.
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
