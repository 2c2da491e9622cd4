package password

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The shortest passwords, in characters.
const (
	minComposedLength = 12 // when all four classes are required
	minFreeLength     = 15 // when only length counts
)

// Policy decides which passwords a person may choose.
type Policy struct {
	composition bool // four character classes and 12 characters; otherwise 15 characters
	weak        weakPasswords
}

// NewPolicy returns the policy that asks for four character classes and 12 characters
// if composition is set, and for 15 characters otherwise.
func NewPolicy(composition bool) Policy {
	return Policy{composition: composition, weak: newWeakPasswords()}
}

// Problem returns why a person may not choose a normalised password, or "". It
// completes a sentence that starts with "password", and never repeats the password.
func (p Policy) Problem(of Person, password string) string {
	return cmp.Or(p.problem(password), ownWordProblem(of, password))
}

// problem returns Problem for a person about whom nothing is known.
func (p Policy) problem(password string) string {
	if missing := p.missing(password); len(missing) > 0 {
		return "needs " + strings.Join(missing, ", ")
	}
	if p.weak.contain(password) {
		return "is one that many people choose: take one that nobody else would think of"
	}
	return ""
}

// Rule says what a new password needs, for the person who thinks of one.
func (p Policy) Rule() string {
	if p.composition {
		return fmt.Sprintf("At least %d characters, with an upper-case letter, a lower-case letter, a digit and a symbol.", minComposedLength)
	}
	return fmt.Sprintf("At least %d characters of any kind.", minFreeLength)
}

// missing lists what a password lacks.
func (p Policy) missing(password string) []string {
	minLength := minFreeLength
	if p.composition {
		minLength = minComposedLength
	}
	var missing []string
	if utf8.RuneCountInString(password) < minLength {
		missing = append(missing, fmt.Sprintf("at least %d characters", minLength))
	}
	if p.composition {
		missing = append(missing, missingClasses(password)...)
	}
	return missing
}

// missingClasses lists the character classes that a password has no character of.
func missingClasses(password string) []string {
	var missing []string
	for _, class := range []struct {
		name string
		has  func(rune) bool
	}{
		{"an upper-case letter", unicode.IsUpper},
		{"a lower-case letter", unicode.IsLower},
		{"a digit", unicode.IsDigit},
		{"a symbol", isSymbol},
	} {
		if !strings.ContainsFunc(password, class.has) {
			missing = append(missing, class.name)
		}
	}
	return missing
}

// isSymbol counts spaces too, so that a passphrase has its symbols.
func isSymbol(r rune) bool {
	return unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsSpace(r)
}
