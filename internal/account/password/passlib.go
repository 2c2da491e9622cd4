package password

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// The hashes of the earlier Python application, as its library passlib wrote them, are
// all outdated: the first login replaces them. Until then a wrong password of such a
// user takes as long as that hash costs, which differs from the work for an unknown user.

// The limits of what a stored hash may ask for.
const (
	maxPBKDF2Rounds = 10_000_000
	maxBcryptCost   = 16
)

// pbkdf2Hash is a hash in the form $pbkdf2-sha256$rounds$salt$key.
type pbkdf2Hash struct {
	rounds    int
	salt, key []byte
}

// passlibBase64 returns base64 without padding and with a dot instead of the plus.
func passlibBase64() *base64.Encoding {
	return base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./").
		WithPadding(base64.NoPadding).Strict()
}

func (h pbkdf2Hash) String() string {
	b64 := passlibBase64()
	return fmt.Sprintf("$pbkdf2-sha256$%d$%s$%s", h.rounds, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

func parsePBKDF2(encoded string) (pbkdf2Hash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 5 {
		return pbkdf2Hash{}, malformed("%d parts", len(parts))
	}
	var h pbkdf2Hash
	if _, err := fmt.Sscanf(parts[2], "%d", &h.rounds); err != nil {
		return pbkdf2Hash{}, malformed("rounds: %w", err)
	}
	b64 := passlibBase64()
	var saltErr, keyErr error
	h.salt, saltErr = b64.DecodeString(parts[3])
	h.key, keyErr = b64.DecodeString(parts[4])
	if err := errors.Join(saltErr, keyErr); err != nil {
		return pbkdf2Hash{}, malformed("%w", err)
	}
	if h.String() != encoded {
		return pbkdf2Hash{}, malformed("not in canonical form")
	}
	if h.rounds < 1 || h.rounds > maxPBKDF2Rounds || len(h.key) != sha256.Size ||
		len(h.salt) < minSaltSize || len(h.salt) > maxSaltSize {
		return pbkdf2Hash{}, malformed("beyond the limits")
	}
	return h, nil
}

func (h pbkdf2Hash) matches(p Typed) bool {
	key, err := pbkdf2.Key(sha256.New, p.Raw, h.salt, h.rounds, len(h.key))
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1
}

func (pbkdf2Hash) outdated(Cost) bool { return true }

// bcryptHash is a bcrypt hash of the bytes that secret derives from the password.
type bcryptHash struct {
	encoded string // as bcrypt writes it: $2b$12$ and 53 characters of salt and key
	secret  func(raw string) []byte
}

// bcrypt's own base64, and the lengths of salt and key in it.
const (
	bcryptAlphabet   = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	bcryptSaltLength = 22
	bcryptKeyLength  = 31
)

// parseBcrypt reads $2a$, $2b$ or $2y$. The letters tell apart old faults of other
// libraries, so here all three are the same. Like every bcrypt it uses only the first 72
// bytes of a password.
func parseBcrypt(encoded string) (bcryptHash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 4 {
		return bcryptHash{}, malformed("%d parts", len(parts))
	}
	cost, err := strconv.Atoi(parts[2])
	if err != nil {
		return bcryptHash{}, malformed("cost: %w", err)
	}
	h, err := newBcryptHash(parts[1], cost, parts[3])
	if err != nil {
		return bcryptHash{}, err
	}
	if h.encoded != encoded {
		return bcryptHash{}, malformed("not in canonical form")
	}
	h.secret = func(raw string) []byte { return []byte(raw) }
	return h, nil
}

// parseBcryptSHA256 reads a hash of the password's SHA-256 in base64, through which
// bcrypt uses the whole password: $bcrypt-sha256$v=2,t=2b,r=12$salt$key, where the digest
// is an HMAC keyed with the salt's text, or $bcrypt-sha256$2b,12$salt$key of passlib
// before 1.7.3, where it is a plain digest.
func parseBcryptSHA256(encoded string) (bcryptHash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 5 || len(parts[3]) != bcryptSaltLength {
		return bcryptHash{}, malformed("not the parts of bcrypt-sha256")
	}
	params, salt, key := parts[2], parts[3], parts[4]
	for _, version := range []struct {
		format, variant string
		digest          func() hash.Hash
	}{
		{"v=2,t=2b,r=%d", "2b", func() hash.Hash { return hmac.New(sha256.New, []byte(salt)) }},
		{"2b,%d", "2b", sha256.New},
		{"2a,%d", "2a", sha256.New},
	} {
		var cost int
		_, err := fmt.Sscanf(params, version.format, &cost)
		if err != nil || fmt.Sprintf(version.format, cost) != params {
			continue
		}
		h, err := newBcryptHash(version.variant, cost, salt+key)
		h.secret = func(raw string) []byte { return base64Digest(version.digest(), raw) }
		return h, err
	}
	return bcryptHash{}, malformed("unknown parameters %q", params)
}

func base64Digest(digest hash.Hash, text string) []byte {
	digest.Write([]byte(text)) // never fails, as documented
	return base64.StdEncoding.AppendEncode(nil, digest.Sum(nil))
}

// newBcryptHash returns a hash that lacks its secret.
func newBcryptHash(variant string, cost int, saltAndKey string) (bcryptHash, error) {
	switch {
	case cost < bcrypt.MinCost || cost > maxBcryptCost:
		return bcryptHash{}, malformed("cost %d is beyond the limits", cost)
	case len(saltAndKey) != bcryptSaltLength+bcryptKeyLength || strings.Trim(saltAndKey, bcryptAlphabet) != "":
		return bcryptHash{}, malformed("salt or key")
	}
	return bcryptHash{encoded: fmt.Sprintf("$%s$%02d$%s", variant, cost, saltAndKey)}, nil
}

func (h bcryptHash) matches(p Typed) bool {
	return bcrypt.CompareHashAndPassword([]byte(h.encoded), h.secret(p.Raw)) == nil
}

func (bcryptHash) outdated(Cost) bool { return true }
