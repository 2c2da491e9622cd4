package account

import (
	"errors"
	"strings"
	"testing"
	_ "time/tzdata" // the zones, wherever the test runs

	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestCleanEmail(t *testing.T) {
	t.Parallel()
	const notAnAddress = "is not an e-mail address"
	for _, c := range []struct {
		name, raw, want, problem string
	}{
		{"plain", "ann@example.com", "ann@example.com", ""},
		{"normalised", "  Ann.Lee@Example.COM\n", "ann.lee@example.com", ""},
		{"tagged", "ann+rater@example.com", "ann+rater@example.com", ""},
		{"local host", "ann@localhost", "ann@localhost", ""},
		{"other scripts", "Жанна@пример.рф", "жанна@пример.рф", ""},
		{"longest", strings.Repeat("a", 242) + "@example.com", strings.Repeat("a", 242) + "@example.com", ""},
		{"too long", strings.Repeat("a", 243) + "@example.com", "", "is longer than 254 bytes"},
		{"longer in lower case", strings.Repeat("Ⱥ", 120) + "@x.com", "", "is longer than 254 bytes"},
		{"empty", "", "", "is missing"},
		{"blank", " \t", "", "is missing"},
		{"no at sign", "ann", "", notAnAddress},
		{"no domain", "ann@", "", notAnAddress},
		{"no local part", "@example.com", "", notAnAddress},
		{"two at signs", "ann@b@example.com", "", notAnAddress},
		{"with a name", "Ann <ann@example.com>", "", notAnAddress},
		{"in brackets", "<ann@example.com>", "", notAnAddress},
		{"with a comment", "ann@example.com (Ann)", "", notAnAddress},
		{"two addresses", "ann@example.com, bob@example.com", "", notAnAddress},
		{"quoted", `"ann lee"@example.com`, "", notAnAddress},
		{"space inside", "ann lee@example.com", "", notAnAddress},
		{"no-break space inside", "ann\u00a0lee@example.com", "", notAnAddress},
		{"space of another width", "ann\u2004@example.com", "", notAnAddress},
		{"header injection", "ann@example.com\r\nBcc: bob@example.com", "", "must not contain control characters"},
		{"NUL", "ann\x00@example.com", "", "must not contain control characters"},
		{"invalid UTF-8", "ann\xff@example.com", "", "must not contain control characters"},
		{"an override", "ann\u202e@example.com", "", "must not contain control characters"},
		{"a mark that nobody sees", "ann\u200e@example.com", "", "must not contain invisible characters"},
		{"a space of no width", "ann@exam\u200bple.com", "", "must not contain invisible characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problem := cleanEmail(c.raw)
			if got != c.want || problem != c.problem {
				t.Errorf("cleanEmail(%q) = %q, %q; want %q, %q", c.raw, got, problem, c.want, c.problem)
			}
		})
	}
}

// A normalised address stays as it is, and keeps within the limits.
func TestCleanEmailIsStable(t *testing.T) {
	t.Parallel()
	raw := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[A-Za-zİKÄß.+"]{1,9}@[A-Za-zÉ.\[\]]{1,9}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		once, problem := cleanEmail(raw.Draw(t, "raw"))
		if problem != "" {
			return
		}
		if twice, problem := cleanEmail(once); twice != once || problem != "" {
			t.Errorf("%q became %q, %q", once, twice, problem)
		}
		if !PlainText(once) || len(once) > maxEmailSize {
			t.Errorf("accepted %q", once)
		}
	})
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, raw, want, problem string
	}{
		{"empty", "", "", ""},
		{"trimmed", " Ann Marie ", "Ann Marie", ""},
		{"characters, not bytes", strings.Repeat("é", 100), strings.Repeat("é", 100), ""},
		{"too long", strings.Repeat("a", 101), "", "is longer than 100 characters"},
		{"emoji", "Ann 🐇", "Ann 🐇", ""},
		{"line break inside", "Ann\nLee", "", "must not contain control characters"},
		{"NUL", "Ann\x00", "", "must not contain control characters"},
		{"C1 control", "Ann\u0085Lee", "", "must not contain control characters"},
		{"invalid UTF-8", "Ann\xff", "", "must not contain control characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problem := cleanName(c.raw)
			if got != c.want || problem != c.problem {
				t.Errorf("got %q, %q; want %q, %q", got, problem, c.want, c.problem)
			}
		})
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, "Ann": true, "محمد \u200fAnn\u200f": true, "\u061c": true, "می\u200cخواهم": true, "👩\u200d💻": true, "\ufffd": true,

		"\x00": false, "\t": false, "\r\n": false, "\x7f": false, "\u0085": false, "\xff": false,
		"\u2028": false, "\u2029": false,
		"\u202a": false, "\u202b": false, "\u202c": false, "\u202d": false, "invoice\u202efdp.exe": false,
		"\u2066": false, "\u2067": false, "\u2068": false, "\u2069": false,
	} {
		if got := PlainText(text); got != want {
			t.Errorf("PlainText(%q) = %t", text, got)
		}
	}
}

func TestCheckTimezone(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"UTC": true, "Europe/Berlin": true, "America/Argentina/Buenos_Aires": true,
		"America/Port-au-Prince": true, "Etc/GMT+12": true, "Asia/Kathmandu": true,

		"": false, "Local": false, "localtime": false, "posixrules": false,
		"posix/Europe/Berlin": false, "right/Europe/Berlin": false,
		"Berlin": false, "Europe/Atlantis": false, "Europe": false, "+02:00": false,
		"../UTC": false, "Europe/../UTC": false, "/etc/passwd": false, `Europe\Berlin`: false,
		"./UTC": false, "Europe/./Berlin": false, "Europe//Berlin": false, "UTC/": false,
		"zone.tab": false, "\xff": false, "UTC\x00": false, " UTC": false, "UTC\n": false,
		strings.Repeat("A", 1000): false,
	} {
		if got, problem := checkTimezone(name); (problem == "") != good || (good && got != name) {
			t.Errorf("checkTimezone(%q) = %q, %q; want good: %t", name, got, problem, good)
		}
	}
}

func TestCheckTarget(t *testing.T) {
	t.Parallel()
	for target, good := range map[timeline.Micros]bool{
		0: true, 6 * timeline.Second: true, 330 * timeline.Second: true, 1440 * timeline.Minute: true,
		6*timeline.Second - 1: false, 1440*timeline.Minute + 1: false, -timeline.Minute: false, 1: false,
	} {
		if got, problem := checkTarget(target); (problem == "") != good || (good && got != target) {
			t.Errorf("checkTarget(%d) = %d, %q; want good: %t", target, got, problem, good)
		}
	}
}

func TestFieldErrorsText(t *testing.T) {
	t.Parallel()
	errs := fault.FieldErrors{{Field: "email", Problem: "is missing"}, {Field: "password", Problem: "needs a digit"}}
	if got, want := errs.Error(), "email is missing; password needs a digit"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if errors.Is(errs, ErrEmailTaken) {
		t.Error("matches another error than fault.ErrInvalid")
	}
}
