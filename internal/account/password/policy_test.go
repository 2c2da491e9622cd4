package password

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPasswordPolicy(t *testing.T) {
	t.Parallel()
	const allClasses = "at least 12 characters, an upper-case letter, a lower-case letter, a digit, a symbol"
	for _, c := range []struct {
		name, password string
		composed       string // problem when composition is required
		free           string // problem when only length counts
	}{
		{"good in both", "Tracker-2026-ok", "", ""},
		{"12 characters", "Tracker-2026", "", "needs at least 15 characters"},
		{"11 characters", "Tracker-202", "needs at least 12 characters", "needs at least 15 characters"},
		{"empty", "", "needs " + allClasses, "needs at least 15 characters"},
		{"no upper case", "tracker-2026-ok", "needs an upper-case letter", ""},
		{"no lower case", "TRACKER-2026-OK", "needs a lower-case letter", ""},
		{"no digit", "Tracker-Tracker", "needs a digit", ""},
		{"no symbol", "Tracker20262026", "needs a symbol", ""},
		{"two missing", "tracker20262026", "needs an upper-case letter, a symbol", ""},
		{"space is a symbol", "Tracker 2026 ok", "", ""},
		{"currency is a symbol", "Tracker€2026€ok", "", ""},
		{"letters of other scripts", "Жираф-жует-123", "", "needs at least 15 characters"},
		{"digits of other scripts", "Tracker-٣٤٥-okay", "", ""},
		{"characters, not bytes", "Ää1-Ää1-Ää1", "needs at least 12 characters", "needs at least 15 characters"},
		{"letters without case", "密码密码密码密码密码密码密码密", "needs an upper-case letter, a lower-case letter, a digit, a symbol", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (Policy{composition: true}).problem(c.password); got != c.composed {
				t.Errorf("with composition: %q, want %q", got, c.composed)
			}
			if got := (Policy{}).problem(c.password); got != c.free {
				t.Errorf("by length alone: %q, want %q", got, c.free)
			}
		})
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, raw, want, problem string
	}{
		{"plain", "Tracker-2026", "Tracker-2026", ""},
		{"spaces stay", " a b ", " a b ", ""},
		{"decomposed", "u\u0308ber", "\u00fcber", ""},
		{"compatibility forms stay", "\ufb01sh", "\ufb01sh", ""},
		{"longest", strings.Repeat("a", 1024), strings.Repeat("a", 1024), ""},
		{"too long", strings.Repeat("a", 1025), "", "is longer than 1024 bytes"},
		{"NUL", "Tracker\x00-2026", "", "must be valid UTF-8 without NUL"},
		{"invalid UTF-8", "Tracker\xff-2026", "", "must be valid UTF-8 without NUL"},
		{"surrogate half", "Tracker\xed\xa0\x80-2026", "", "must be valid UTF-8 without NUL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problem := Normalise(c.raw)
			if got != c.want || problem != c.problem {
				t.Errorf("got %q, %q; want %q, %q", got, problem, c.want, c.problem)
			}
		})
	}
}

func TestNormaliseIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once, problem := Normalise(rapid.String().Draw(t, "raw"))
		if problem != "" {
			return
		}
		twice, problem := Normalise(once)
		if twice != once || problem != "" || !utf8.ValidString(once) {
			t.Errorf("%q became %q, %q", once, twice, problem)
		}
	})
}
