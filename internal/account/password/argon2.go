package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one argon2id hash takes.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost returns the cost of new hashes: 19 MiB and 2 passes, as OWASP recommends.
func DefaultCost() Cost { return Cost{Memory: 19 * 1024, Passes: 2, Threads: 1} }

// The sizes of a new hash, and the limits of what a stored one may ask for.
const (
	maxArgonMemory  = 256 * 1024 // KiB
	maxArgonPasses  = 16
	maxArgonThreads = 16

	saltSize                = 16 // bytes, of new hashes
	keySize                 = 32
	minSaltSize, minKeySize = 8, 16
	maxSaltSize, maxKeySize = 64, 64
)

// argonHash is a password hash as stored, in PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$key, the last two in base64.
type argonHash struct {
	Cost
	salt, key []byte
}

// newArgonHash returns a hash that lacks its key.
func newArgonHash(cost Cost) argonHash {
	return argonHash{Cost: cost, salt: randomBytes(saltSize), key: make([]byte, keySize)}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails, as documented
	return b
}

func (h argonHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.Memory, h.Passes, h.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parseArgon reads a hash. It returns ErrMalformedHash if the text is not an argon2id
// hash or asks for more than the limits.
func parseArgon(encoded string) (argonHash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 {
		return argonHash{}, malformed("%d parts", len(parts))
	}
	var h argonHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.Memory, &h.Passes, &h.Threads); err != nil {
		return argonHash{}, malformed("parameters: %w", err)
	}
	b64 := base64.RawStdEncoding.Strict()
	var saltErr, keyErr error
	h.salt, saltErr = b64.DecodeString(parts[4])
	h.key, keyErr = b64.DecodeString(parts[5])
	if err := errors.Join(saltErr, keyErr); err != nil {
		return argonHash{}, malformed("%w", err)
	}
	// Another version, and what Sscanf accepts by mistake, such as trailing text, give
	// another string.
	if h.String() != encoded {
		return argonHash{}, malformed("not in canonical form")
	}
	if !h.withinLimits() {
		return argonHash{}, malformed("beyond the limits")
	}
	return h, nil
}

func (h argonHash) withinLimits() bool {
	return h.Memory >= 8*uint32(h.Threads) && h.Memory <= maxArgonMemory &&
		h.Passes >= 1 && h.Passes <= maxArgonPasses &&
		h.Threads >= 1 && h.Threads <= maxArgonThreads &&
		len(h.salt) >= minSaltSize && len(h.salt) <= maxSaltSize &&
		len(h.key) >= minKeySize && len(h.key) <= maxKeySize
}

func (h argonHash) matches(p Typed) bool {
	return subtle.ConstantTimeCompare(h.derive(p.Normalised), h.key) == 1
}

func (h argonHash) outdated(now Cost) bool {
	return h.Memory < now.Memory || h.Passes < now.Passes ||
		len(h.salt) < saltSize || len(h.key) < keySize
}

// derive computes the key that a normalised password has under h's parameters
// and salt.
func (h argonHash) derive(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.Passes, h.Memory, h.Threads, uint32(len(h.key)))
}
