package factor

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// The parameters that every authenticator app supports (RFC 6238, RFC 4226); many apps
// ignore others that a URL asks for.
const (
	totpIssuer     = "RaterHub Tracker"
	totpSecretSize = 20 // bytes, the output size of SHA-1 (RFC 4226 section 4, R6)
	totpDigits     = otp.DigitsSix
	totpAlgorithm  = otp.AlgorithmSHA1
	totpPeriod     = 30 // seconds in one step
	totpSkew       = 1  // steps that a phone's clock may be ahead or behind
)

// totpEncoding is how apps write a secret.
var totpEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTPSecret returns a new secret in base32, as a person types it into an app
// that has no camera.
func NewTOTPSecret() string {
	return totpEncoding.EncodeToString(randomBytes(totpSecretSize))
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails, as documented
	return b
}

// totpBytes decodes a secret. It returns an error unless the secret has the size of
// those of NewTOTPSecret: the library also takes "" for a key, whose codes anybody can
// compute.
func totpBytes(secret string) ([]byte, error) {
	raw, err := totpEncoding.DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("read TOTP secret: %w", err)
	}
	if len(raw) != totpSecretSize {
		return nil, fmt.Errorf("read TOTP secret: %d bytes", len(raw))
	}
	return raw, nil
}

// TOTPURL returns the otpauth URL from which an app reads a secret.
func TOTPURL(secret, email string) (string, error) {
	raw, err := totpBytes(secret)
	if err != nil {
		return "", fmt.Errorf("make TOTP URL: %w", err)
	}
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: totpIssuer, AccountName: email, Secret: raw,
		Period: totpPeriod, Digits: totpDigits, Algorithm: totpAlgorithm,
	})
	if err != nil {
		return "", fmt.Errorf("make TOTP URL: %w", err)
	}
	return key.URL(), nil
}

// VerifyTOTP reports whether code is that of the present step of 30 seconds, of the one
// before or of the one after, and returns which step it is. The step must come after
// lastStep, that of the last code accepted (0 if there was none), because a code is good
// once (RFC 6238 section 5.2). The caller stores step, and compares it again while
// doing so, because two requests may bring the same code.
func VerifyTOTP(secret, code string, now time.Time, lastStep int64) (step int64, ok bool) {
	typed, readable := totpDigitsOf(code)
	if !readable {
		return 0, false
	}
	if _, err := totpBytes(secret); err != nil {
		return 0, false
	}
	current := now.Unix() / totpPeriod
	// All three are computed and compared, whether or not the first is right. If two steps
	// have the same code, the later one counts, so that the code is not good again.
	for s := current - totpSkew; s <= current+totpSkew; s++ {
		right, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{
			Digits: totpDigits, Algorithm: totpAlgorithm,
		})
		if err == nil && subtle.ConstantTimeCompare([]byte(right), typed[:]) == 1 && s > lastStep {
			step, ok = s, true
		}
	}
	return step, ok
}

// totpDigitsOf returns the digits of a code without the spaces that apps show in it.
func totpDigitsOf(code string) (digits [totpDigits]byte, ok bool) {
	if len(code) > 2*len(digits) {
		return digits, false
	}
	n := 0
	for _, c := range []byte(code) {
		switch {
		case c == ' ':
		case c >= '0' && c <= '9' && n < len(digits):
			digits[n] = c
			n++
		default:
			return digits, false
		}
	}
	return digits, n == len(digits)
}
