// Package password holds what is known about passwords: which ones a person may
// choose, how they are hashed and verified, and how many are hashed at a time.
// It knows no user and no store.
//
// The rules are:
//   - A new hash is argon2id. Hashes that the earlier application left are
//     verified too, and are outdated: the next login replaces them.
//   - A stored hash cannot ask for more memory or time than the limits.
//   - Verifying against no hash costs the same work as against a new one.
package password

import (
	"crypto/rand"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxSize is the size of the longest password, in bytes. It keeps a request from
// buying much work with a huge password, and is far above any passphrase.
const MaxSize = 1024

// Normalise brings a password to Unicode's NFC, so that the same keys pressed on
// another system give the same bytes (NIST SP 800-63B-4). The problem is ""
// unless the text cannot be a password at all.
func Normalise(raw string) (password, problem string) {
	switch {
	case len(raw) > MaxSize:
		return "", fmt.Sprintf("is longer than %d bytes", MaxSize)
	case !utf8.ValidString(raw) || strings.ContainsRune(raw, 0):
		return "", "must be valid UTF-8 without NUL"
	}
	return norm.NFC.String(raw), ""
}

// Typed is a password that somebody types to log in, in the two forms that
// stored hashes were made of.
type Typed struct {
	Normalised string // hashed by this program
	Raw        string // byte for byte, as the earlier application hashed it
}

// ReadTyped reads a password to verify. A text that cannot be a password has a
// problem and is verified as "", so that it costs the same work.
func ReadTyped(raw string) (typed Typed, problem string) {
	normalised, problem := Normalise(raw)
	if problem != "" {
		return Typed{}, problem
	}
	return Typed{Normalised: normalised, Raw: raw}, ""
}

// Generate returns a new password of 120 random bits, with every class of characters
// that a policy may ask for.
func Generate() string {
	text := rand.Text()
	return text[:12] + "-" + strings.ToLower(text[12:24]) + "-5Rt"
}
