package account

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
)

// sealVersion is the first byte of everything sealed, so that another form can
// be told apart from this one:
//
//	version (1 byte) | nonce (12) | AES-256-GCM of the plain bytes | tag (16)
//
// The nonce is random, which is safe for 2^32 seals with one key.
const sealVersion = 1

// sealEncoding is strict, so that sealed bytes have one spelling only.
var sealEncoding = base64.RawURLEncoding.Strict()

// errSealed means that sealed data was changed, belongs to another context, or
// was sealed with a key that is gone.
var errSealed = errors.New("sealed data cannot be opened")

// sealer keeps secrets at rest unreadable and unchangeable for whoever has the
// database alone.
type sealer struct {
	keys []cipher.AEAD // the first seals, all open
}

func newSealer(keys *Keys) (*sealer, error) {
	s := &sealer{}
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

// seal returns plain sealed, in base64url. Only the same context opens it, as in
// "totp:17": a sealed secret cannot be moved to another user or another use.
func (s *sealer) seal(plain []byte, context string) string {
	sealed := s.keys[0].Seal([]byte{sealVersion}, nil, plain, []byte(context)) //nolint:gosec // G407: no nonce is given, because a random one is made
	return sealEncoding.EncodeToString(sealed)
}

// open returns what was sealed for this context, or an error that matches
// errSealed. outdated says that the previous key sealed it: seal it anew before
// that key goes.
func (s *sealer) open(sealed, context string) (plain []byte, outdated bool, err error) {
	raw, err := sealEncoding.DecodeString(sealed)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", errSealed, err)
	}
	if len(raw) == 0 || raw[0] != sealVersion {
		return nil, false, fmt.Errorf("%w: unknown version", errSealed)
	}
	for i, key := range s.keys {
		if plain, err := key.Open(nil, nil, raw[1:], []byte(context)); err == nil {
			return plain, i > 0, nil
		}
	}
	return nil, false, fmt.Errorf("%w: no key fits", errSealed)
}
