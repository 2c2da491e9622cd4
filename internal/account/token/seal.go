package token

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// sealVersion is the first byte of everything sealed, so that another form can be
// told from this one:
//
//	version (1 byte) | nonce (12) | AES-256-GCM of the plain bytes | tag (16)
//
// The nonce is random, which is safe for 2^32 seals with one key.
const sealVersion = 1

// ErrSealed is returned for sealed data that was changed, belongs to another context,
// or was sealed with a key that is gone.
var ErrSealed = errors.New("sealed data cannot be opened")

// Sealer keeps stored secrets unreadable and unchangeable for anybody who has the
// database alone. It is safe for concurrent use.
type Sealer struct {
	keys []cipher.AEAD // the first seals, all open
}

// NewSealer returns a Sealer that seals with the current key, and opens with the previous
// one too.
func NewSealer(keys *Keys) (*Sealer, error) {
	s := &Sealer{}
	for _, key := range keys.seal {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("make sealer: %w", err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("make sealer: %w", err)
		}
		s.keys = append(s.keys, aead)
	}
	return s, nil
}

// Seal returns plain sealed, in base64url. Only the same context opens it, as in
// "totp:17": a sealed secret cannot be moved to another user or another use.
func (s *Sealer) Seal(plain []byte, context string) string {
	sealed := s.keys[0].Seal([]byte{sealVersion}, nil, plain, []byte(context)) //nolint:gosec // G407: no nonce is given, because a random one is made
	return encoding.EncodeToString(sealed)
}

// Open returns what was sealed for this context, or an error that matches ErrSealed.
// outdated means that the previous key sealed it: seal it again before that key goes.
func (s *Sealer) Open(sealed, context string) (plain []byte, outdated bool, err error) {
	raw, err := encoding.DecodeString(sealed)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	if len(raw) == 0 || raw[0] != sealVersion {
		return nil, false, fmt.Errorf("%w: unknown version", ErrSealed)
	}
	for i, key := range s.keys {
		if plain, err := key.Open(nil, nil, raw[1:], []byte(context)); err == nil {
			return plain, i > 0, nil
		}
	}
	return nil, false, fmt.Errorf("%w: no key fits", ErrSealed)
}
