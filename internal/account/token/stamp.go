package token

import (
	"crypto/hmac"
	"crypto/rand"
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

// encoding is strict, so that what is signed or sealed has one spelling only.
var encoding = base64.RawURLEncoding.Strict()

// Stamps issues and checks signed texts that are valid for a while, on every replica,
// without keeping a list of them.
type Stamps struct {
	keys     [][]byte // the first signs, all verify
	lifetime time.Duration
	now      func() time.Time
}

// NewBrowserStamps returns the Stamps that mark known browsers.
func NewBrowserStamps(keys *Keys, lifetime time.Duration, now func() time.Time) *Stamps {
	return &Stamps{keys: keys.browser, lifetime: lifetime, now: now}
}

// Issue returns a new stamp for a context, which may be "".
func (s *Stamps) Issue(context string) string {
	stamp := binary.BigEndian.AppendUint64(make([]byte, 0, stampSize), uint64(s.now().UnixMicro()))
	stamp = appendRandom(stamp, stampNonceSize)
	return encoding.EncodeToString(append(stamp, stampMAC(s.keys[0], stamp, context)...))
}

// Verify returns an error unless one of the keys signed the stamp for this context
// within the lifetime.
func (s *Stamps) Verify(stamp, context string) error {
	if len(stamp) != encoding.EncodedLen(stampSize) {
		return errors.New("wrong length")
	}
	raw, err := encoding.DecodeString(stamp)
	if err != nil {
		return err
	}
	if len(raw) != stampSize { // base64 skips line breaks
		return errors.New("wrong length")
	}
	if !signedByAny(s.keys, raw[:stampPayloadSize], raw[stampPayloadSize:], context) {
		return errors.New("wrong signature")
	}
	issuedAt := time.UnixMicro(int64(binary.BigEndian.Uint64(raw)))
	switch age := s.now().Sub(issuedAt); {
	case age < -ClockLeeway:
		return errors.New("from the future")
	case age > s.lifetime:
		return errors.New("expired")
	}
	return nil
}

// signedByAny reports whether one of the keys made mac. It compares in constant time
// for each key.
func signedByAny(keys [][]byte, payload, mac []byte, context string) bool {
	for _, key := range keys {
		if hmac.Equal(stampMAC(key, payload, context), mac) {
			return true
		}
	}
	return false
}

// stampMAC signs a payload of a fixed size, so that it is clear where the context starts.
func stampMAC(key, payload []byte, context string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(payload)
	mac.Write([]byte(context))
	return mac.Sum(nil)
}

func appendRandom(b []byte, n int) []byte {
	random := make([]byte, n)
	rand.Read(random) // never fails, as documented
	return append(b, random...)
}
