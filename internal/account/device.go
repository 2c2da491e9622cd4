package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A device token is the base64url of issue time, nonce and HMAC over both and the
// e-mail address and the password it was issued for:
//
//	microseconds since 1970 (8 bytes, big-endian) | nonce (16) | HMAC-SHA256 (32)
const (
	deviceTimeSize    = 8
	deviceNonceSize   = 16
	devicePayloadSize = deviceTimeSize + deviceNonceSize
	deviceSize        = devicePayloadSize + sha256.Size

	// DeviceLifetime is how long a browser stays known after a login.
	DeviceLifetime = 365 * 24 * time.Hour
)

// deviceEncoding is strict, so that a token has one spelling only.
var deviceEncoding = base64.RawURLEncoding.Strict()

// devices issues and checks the tokens that mark a browser as one from which an
// account was logged in to before. Such a token opens nothing: the browsers that have
// one only share a count of failures of their own (OWASP's device cookies). It ends
// with the password.
type devices struct {
	keys [][]byte // the first signs
	now  func() time.Time
}

func (d *devices) issue(u User) string {
	token := binary.BigEndian.AppendUint64(make([]byte, 0, deviceSize), uint64(d.now().UnixMicro()))
	token = append(token, randomBytes(deviceNonceSize)...)
	return deviceEncoding.EncodeToString(append(token, deviceMAC(d.keys[0], token, u)...))
}

// verify reports whether a browser was given token for this user and their present
// password. Of nobody there is no such token.
func (d *devices) verify(token string, u User) bool {
	if len(token) != deviceEncoding.EncodedLen(deviceSize) {
		return false
	}
	raw, err := deviceEncoding.DecodeString(token)
	if err != nil || len(raw) != deviceSize { // base64 skips line breaks
		return false
	}
	payload, mac := raw[:devicePayloadSize], raw[devicePayloadSize:]
	issuedAt := time.UnixMicro(int64(binary.BigEndian.Uint64(payload)))
	if age := d.now().Sub(issuedAt); age < -clockLeeway || age > DeviceLifetime {
		return false
	}
	for _, key := range d.keys {
		if hmac.Equal(deviceMAC(key, payload, u), mac) {
			return u.ID != 0
		}
	}
	return false
}

func deviceMAC(key, payload []byte, u User) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(payload) // of a fixed size like the time, so the e-mail's start is unambiguous
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(u.PasswordChangedAt)))
	mac.Write([]byte(u.Email))
	return mac.Sum(nil)
}
