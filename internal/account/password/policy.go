package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a password (SPEC section 6). The upper one keeps a request from
// buying much work with a huge password; it is far above any passphrase.
const (
	minComposedLength = 12   // characters, when all four classes are required
	minFreeLength     = 15   // characters, when only length counts
	maxPasswordSize   = 1024 // bytes
)

// normalisePassword brings a password to Unicode's NFC, so that the same keys
// pressed on another system give the same bytes (NIST SP 800-63B-4). The problem
// is "" unless the text cannot be a password at all.
func normalisePassword(raw string) (password, problem string) {
	switch {
	case len(raw) > maxPasswordSize:
		return "", fmt.Sprintf("is longer than %d bytes", maxPasswordSize)
	case !utf8.ValidString(raw) || strings.ContainsRune(raw, 0):
		return "", "must be valid UTF-8 without NUL"
	}
	return norm.NFC.String(raw), ""
}

// typedPassword is what somebody types to log in, in the two forms that stored
// hashes were made of.
type typedPassword struct {
	normalised string // hashed by this program
	raw        string // byte for byte, as the earlier application hashed it
}

// readTyped reads a password to verify. What cannot be a password has a problem
// and is verified as "", so that it costs the same work.
func readTyped(raw string) (typed typedPassword, problem string) {
	normalised, problem := normalisePassword(raw)
	if problem != "" {
		return typedPassword{}, problem
	}
	return typedPassword{normalised: normalised, raw: raw}, ""
}

// passwordPolicy says which passwords a person may choose.
type passwordPolicy struct {
	composition bool // four character classes and 12 characters; otherwise 15 characters
	weak        weakPasswords
}

func newPolicy(composition bool) passwordPolicy {
	return passwordPolicy{composition: composition, weak: newWeakPasswords()}
}

// problem says why a normalised password may not be chosen, or "".
func (p passwordPolicy) problem(password string) string {
	if missing := p.missing(password); len(missing) > 0 {
		return "needs " + strings.Join(missing, ", ")
	}
	if p.weak.contain(password) {
		return "is one that many people choose: take one that nobody else would think of"
	}
	return ""
}

// missing says what password is too short of.
func (p passwordPolicy) missing(password string) []string {
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

// missingClasses names the character classes that password has none of.
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
