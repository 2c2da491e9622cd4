package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argonParams are the costs of one argon2id hash.
type argonParams struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// currentParams are those of new hashes (SPEC section 6).
var currentParams = argonParams{memory: 19 * 1024, passes: 2, threads: 1}

// What a stored hash may ask for. A row that someone tampered with must not make
// the server allocate gigabytes or compute for minutes.
const (
	maxArgonMemory  = 256 * 1024 // KiB
	maxArgonPasses  = 16
	maxArgonThreads = 16

	saltSize                = 16 // bytes, of new hashes
	keySize                 = 32
	minSaltSize, minKeySize = 8, 16
	maxSaltSize, maxKeySize = 64, 64
)

// errMalformedHash means that a stored password hash cannot be read.
var errMalformedHash = errors.New("malformed password hash")

// argonHash is a password hash as stored, in PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$key, the last two in base64.
type argonHash struct {
	argonParams
	salt, key []byte
}

func (h argonHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.memory, h.passes, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parseHash reads a stored hash, or returns errMalformedHash if it is none or
// asks for more than the limits.
func parseHash(encoded string) (argonHash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return argonHash{}, fmt.Errorf("%w: not argon2id", errMalformedHash)
	}
	var h argonHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); err != nil {
		return argonHash{}, fmt.Errorf("%w: parameters: %w", errMalformedHash, err)
	}
	b64 := base64.RawStdEncoding.Strict()
	var saltErr, keyErr error
	h.salt, saltErr = b64.DecodeString(parts[4])
	h.key, keyErr = b64.DecodeString(parts[5])
	if err := errors.Join(saltErr, keyErr); err != nil {
		return argonHash{}, fmt.Errorf("%w: %w", errMalformedHash, err)
	}
	// Another version, and what Sscanf lets pass, such as trailing text, do not
	// survive the way back.
	if h.String() != encoded {
		return argonHash{}, fmt.Errorf("%w: not in canonical form", errMalformedHash)
	}
	if !h.withinLimits() {
		return argonHash{}, fmt.Errorf("%w: beyond the limits", errMalformedHash)
	}
	return h, nil
}

func (h argonHash) withinLimits() bool {
	return h.memory >= 8*uint32(h.threads) && h.memory <= maxArgonMemory &&
		h.passes >= 1 && h.passes <= maxArgonPasses &&
		h.threads >= 1 && h.threads <= maxArgonThreads &&
		len(h.salt) >= minSaltSize && len(h.salt) <= maxSaltSize &&
		len(h.key) >= minKeySize && len(h.key) <= maxKeySize
}

// outdated reports whether a new hash would be the stronger one.
func (h argonHash) outdated() bool {
	return h.memory < currentParams.memory || h.passes < currentParams.passes ||
		len(h.salt) < saltSize || len(h.key) < keySize
}

// derive computes the key that password has under h's parameters and salt.
func (h argonHash) derive(password string) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, uint32(len(h.key)))
}

// hasher hashes and verifies passwords, a bounded number at a time: each takes
// 19 MiB and a core, which a burst of logins must not multiply without end.
type hasher struct {
	slots chan struct{}
	dummy string // the hash of no password
}

func newHasher(pool int) *hasher {
	dummy := argonHash{argonParams: currentParams, salt: randomBytes(saltSize), key: randomBytes(keySize)}
	return &hasher{slots: make(chan struct{}, pool), dummy: dummy.String()}
}

// hash returns the PHC string of a normalised password, or ctx's error if it
// ends while waiting for its turn.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	hash := argonHash{argonParams: currentParams, salt: randomBytes(saltSize), key: make([]byte, keySize)}
	err := h.inPool(ctx, func() { hash.key = hash.derive(password) })
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash.String(), nil
}

// verify reports whether encoded is the hash of a normalised password, and
// whether a new hash would be stronger. It returns errMalformedHash, or
// ctx's error if it ends while waiting for its turn.
func (h *hasher) verify(ctx context.Context, password, encoded string) (ok, outdated bool, err error) {
	stored, err := parseHash(encoded)
	if err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	var key []byte
	if err := h.inPool(ctx, func() { key = stored.derive(password) }); err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	ok = subtle.ConstantTimeCompare(key, stored.key) == 1
	return ok, stored.outdated(), nil
}

// inPool runs work when there is room, or returns ctx's error.
func (h *hasher) inPool(ctx context.Context, work func()) error {
	if err := ctx.Err(); err != nil {
		return err // a select may choose a free slot all the same
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	work()
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails, as documented
	return b
}
