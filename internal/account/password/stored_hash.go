package password

import (
	"errors"
	"fmt"
	"strings"
)

// storedHash is a password hash as read from a user's row.
type storedHash interface {
	// matches does the work of a verification: call it in the pool.
	matches(p Typed) bool
	// outdated reports whether a new hash would be stronger.
	outdated(now Cost) bool
}

// ErrMalformedHash is returned when a stored password hash cannot be read.
var ErrMalformedHash = errors.New("malformed password hash")

// parseHash reads a stored hash. It returns ErrMalformedHash if it is of no known
// scheme, or asks for more than the limits: a row that someone tampered with must
// not make the server allocate gigabytes or compute for minutes.
func parseHash(encoded string) (storedHash, error) {
	_, rest, _ := strings.Cut(encoded, "$")
	scheme, _, _ := strings.Cut(rest, "$")
	switch scheme {
	case "argon2id":
		return parseArgon(encoded)
	case "pbkdf2-sha256":
		return parsePBKDF2(encoded)
	case "2a", "2b", "2y":
		return parseBcrypt(encoded)
	case "bcrypt-sha256":
		return parseBcryptSHA256(encoded)
	}
	return nil, malformed("unknown scheme")
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrMalformedHash, fmt.Errorf(format, args...))
}
