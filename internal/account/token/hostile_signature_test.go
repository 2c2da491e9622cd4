package token

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestHostileSignatures(t *testing.T) {
	t.Parallel()
	clock := newClock()
	keys := mustKeys(t, "secret", "")
	tokens := NewAccess(keys, time.Hour, clock.now)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(method jwt.SigningMethod, key any, header map[string]any) string {
		token := jwt.NewWithClaims(method, goodClaims(clock.at))
		maps.Copy(token.Header, header)
		signed, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	good := sign(jwt.SigningMethodHS256, keys.jwt[0], nil)
	if _, err := tokens.Read(good); err != nil {
		t.Fatalf("the good one is refused: %v", err)
	}
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	headed := func(json string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(json)) + "." + payload + "."
	}

	hostile := map[string]string{
		"empty":                     "",
		"blank":                     " ",
		"dots alone":                "..",
		"many dots":                 strings.Repeat(".", maxTokenSize),
		"huge":                      strings.Repeat("a", 1<<20),
		"two parts":                 header + "." + payload,
		"four parts":                good + ".",
		"five parts, as encrypted":  good + ".a.b",
		"bearer left in":            "Bearer " + good,
		"trailing newline":          good + "\n",
		"no signature":              header + "." + payload + ".",
		"padded signature":          good + "=",
		"half a signature":          good[:len(good)-20],
		"bits beyond the signature": good[:len(good)-1] + nextInAlphabet(good[len(good)-1]),
		"empty header":              "." + payload + "." + signature,
		"empty payload":             header + ".." + signature,
		"header not JSON":           headed("alg") + signature,
		"no algorithm":              headed(`{"typ":"JWT"}`) + signature,
		"empty algorithm":           headed(`{"alg":""}`) + signature,
		"algorithm of a wrong type": headed(`{"alg":["HS256"]}`) + signature,
		"none, signed by nothing":   sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"HS256 in lower case":       headed(`{"alg":"hs256"}`) + signature,
		"HS384, right key":          sign(jwt.SigningMethodHS384, keys.jwt[0], nil),
		"HS512, right key":          sign(jwt.SigningMethodHS512, keys.jwt[0], nil),
		"RS256":                     sign(jwt.SigningMethodRS256, rsaKey, nil),
		"PS256":                     sign(jwt.SigningMethodPS256, rsaKey, nil),
		"empty key":                 sign(jwt.SigningMethodHS256, []byte{}, nil),
		"wrong key":                 sign(jwt.SigningMethodHS256, []byte("wrong"), nil),
		"the secret itself":         sign(jwt.SigningMethodHS256, []byte("secret"), nil),
		"the CSRF key":              sign(jwt.SigningMethodHS256, keys.csrf[0], nil),
		"a critical extension":      sign(jwt.SigningMethodHS256, keys.jwt[0], map[string]any{"crit": []string{"exp"}}),
		"a key named in the header": sign(jwt.SigningMethodHS256, []byte("k"), map[string]any{"jwk": "k", "kid": "../k"}),
		"signature of another":      header + "." + payload + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
	}
	for _, none := range []string{"none", "None", "NONE", "nOnE", " none", "none\u0000"} {
		algorithm, err := json.Marshal(none)
		if err != nil {
			t.Fatal(err)
		}
		hostile["unsigned, algorithm "+string(algorithm)] = headed(`{"alg":` + string(algorithm) + `}`)
		hostile["signed, algorithm "+string(algorithm)] = headed(`{"alg":`+string(algorithm)+`}`) + signature
	}
	for name, token := range hostile {
		t.Run(name, func(t *testing.T) {
			if ref, err := tokens.Read(token); !errors.Is(err, ErrInvalid) {
				t.Errorf("got %+v, %v; want ErrInvalid", ref, err)
			}
		})
	}
}

// nextInAlphabet returns the base64url character after c. The last character of 32 bytes
// has two unused bits, so the next one decodes to the same bytes.
func nextInAlphabet(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, c)+1])
}
