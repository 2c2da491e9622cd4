package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// A stamp is the base64url of issue time, nonce and HMAC over both and a context:
//
//	microseconds since 1970 (8 bytes, big-endian) | nonce (16) | HMAC-SHA256 (32)
const (
	stampTimeSize    = 8
	stampNonceSize   = 16
	stampPayloadSize = stampTimeSize + stampNonceSize
	stampSize        = stampPayloadSize + sha256.Size
)

// stampEncoding is strict, so that a stamp has one spelling only.
var stampEncoding = base64.RawURLEncoding.Strict()

// stamps issues and checks signed texts that are good for a while, on every replica,
// without a list of them.
type stamps struct {
	keys     [][]byte // the first signs, all verify
	lifetime time.Duration
	now      func() time.Time
}

// issue returns a new stamp for a context; "" is one too.
func (s *stamps) issue(context string) string {
	stamp := binary.BigEndian.AppendUint64(make([]byte, 0, stampSize), uint64(s.now().UnixMicro()))
	stamp = append(stamp, randomBytes(stampNonceSize)...)
	return stampEncoding.EncodeToString(append(stamp, stampMAC(s.keys[0], stamp, context)...))
}

// verify returns an error, which says what is wrong, unless one of the keys signed the
// stamp for this context within the lifetime.
func (s *stamps) verify(stamp, context string) error {
	if len(stamp) != stampEncoding.EncodedLen(stampSize) {
		return errors.New("wrong length")
	}
	raw, err := stampEncoding.DecodeString(stamp)
	if err != nil {
		return err
	}
	if len(raw) != stampSize { // base64 skips line breaks
		return errors.New("wrong length")
	}
	if !s.signed(raw[:stampPayloadSize], raw[stampPayloadSize:], context) {
		return errors.New("wrong signature")
	}
	issuedAt := time.UnixMicro(int64(binary.BigEndian.Uint64(raw)))
	switch age := s.now().Sub(issuedAt); {
	case age < -clockLeeway:
		return errors.New("from the future")
	case age > s.lifetime:
		return errors.New("expired")
	}
	return nil
}

// signed compares in constant time for each key.
func (s *stamps) signed(payload, mac []byte, context string) bool {
	for _, key := range s.keys {
		if hmac.Equal(stampMAC(key, payload, context), mac) {
			return true
		}
	}
	return false
}

// stampMAC is of a payload of a fixed size, so that the context's start is unambiguous.
func stampMAC(key, payload []byte, context string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(payload)
	mac.Write([]byte(context))
	return mac.Sum(nil)
}
