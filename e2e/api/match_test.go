package api

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nearBy is how far a time may be from "{{near …}}". It may also be later by as long as the
// scenario has taken so far, because on a busy machine a request arrives late.
const nearBy = 30 * time.Second

// mismatches lists where got differs from want. Objects may have more keys than want names;
// lists must have the same length.
func (v vocabulary) mismatches(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		return v.objectMismatches(path, want, got)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return mismatch(path, fmt.Sprintf("a list of %d", len(want)), got)
		}
		var lines []string
		for i := range want {
			lines = append(lines, v.mismatches(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])...)
		}
		return lines
	case float64:
		if number, ok := got.(float64); ok && math.Abs(number-want) <= tolerance {
			return nil
		}
	case string:
		if v.textMatches(want, got) {
			return nil
		}
		return mismatch(path, v.fill(want), got)
	default: // true, false, null
		if want == got {
			return nil
		}
	}
	return mismatch(path, want, got)
}

func (v vocabulary) objectMismatches(path string, want map[string]any, got any) []string {
	object, ok := got.(map[string]any)
	if !ok {
		return mismatch(path, "an object", got)
	}
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		place := strings.TrimPrefix(path+"."+key, ".")
		if key == "$hours" {
			lines = append(lines, v.mismatches(place, allHours(want[key]), shownHours(object))...)
			continue
		}
		value, ok := object[key]
		if !ok {
			lines = append(lines, mismatch(place, want[key], "no such key")...)
			continue
		}
		lines = append(lines, v.mismatches(place, want[key], value)...)
	}
	return lines
}

// textMatches handles {{any}}, {{has …}} and {{near …}}; two times match when they are the
// same instant, however they are written.
func (v vocabulary) textMatches(want string, got any) bool {
	word := ""
	if found := placeholder.FindStringSubmatch(want); found != nil && found[0] == want {
		word = found[1]
	}
	if word == "any" {
		return got != nil && got != ""
	}
	text, ok := got.(string)
	if !ok {
		return false
	}
	if part, ok := strings.CutPrefix(word, "has "); ok {
		return strings.Contains(text, part)
	}
	shown, notTime := time.Parse(time.RFC3339, text)
	if near, ok := strings.CutPrefix(word, "near "); ok {
		at, err := v.time(near)
		late, spent := shown.Sub(at), v.now().Sub(v.start)
		return err == nil && notTime == nil && late >= -nearBy && late <= nearBy+spent
	}
	want = v.fill(want)
	if at, err := time.Parse(time.RFC3339, want); err == nil && notTime == nil {
		return at.Equal(shown) && strings.HasSuffix(text, "Z")
	}
	return text == want
}

// allHours turns {"9": [2, 60]} into 24 pairs of [questions, active seconds].
func allHours(named any) any {
	hours := make([]any, 24)
	for i := range hours {
		hours[i] = []any{0.0, 0.0}
	}
	for hour, value := range named.(map[string]any) {
		i, err := strconv.Atoi(hour)
		if err != nil || i < 0 || i >= len(hours) {
			return "an hour from 0 to 23, not " + hour
		}
		hours[i] = value
	}
	return hours
}

// shownHours returns the hourly_activity of a day in the form of allHours. An hour in the
// wrong place becomes a text, which matches no number.
func shownHours(day map[string]any) any {
	shown, _ := day["hourly_activity"].([]any)
	hours := make([]any, len(shown))
	for i, entry := range shown {
		hour, _ := entry.(map[string]any)
		hours[i] = []any{hour["total_questions"], hour["active_seconds"]}
		if hour["hour"] != float64(i) {
			hours[i] = fmt.Sprintf("hour %v in place %d", hour["hour"], i)
		}
	}
	return hours
}

func mismatch(path string, want, got any) []string {
	return []string{fmt.Sprintf("%s: got %v, want %v", path, got, want)}
}

// lookUp finds "questions.0.id" in a decoded answer.
func lookUp(answer any, path string) (any, error) {
	for _, key := range strings.Split(path, ".") {
		switch node := answer.(type) {
		case map[string]any:
			answer = node[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(node) {
				return nil, fmt.Errorf("no %s of %s", key, path)
			}
			answer = node[i]
		default:
			return nil, fmt.Errorf("no %s of %s", key, path)
		}
	}
	if answer == nil {
		return nil, fmt.Errorf("no %s", path)
	}
	return answer, nil
}
