package server

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"maps"
	"strings"
	"testing"
	"time"
)

// tokenKey returns the key that the program derives from chainSecret. The label must never
// change: a restart or a new version would log everybody out.
func tokenKey(t *testing.T) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(chainSecret), nil, "raterhub-tracker jwt hs256 v1", 32)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

const tokenHeader = `{"alg":"HS256","typ":"JWT"}`

// signed returns a JWT with this header and payload, unchanged, signed with key.
func signed(header, payload string, newHash func() hash.Hash, key []byte) string {
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	mac := hmac.New(newHash, key)
	mac.Write([]byte(unsigned))
	return unsigned + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// payloadOf returns the claims of a token.
func payloadOf(t *testing.T, token string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var payload map[string]any
	if err := json.Unmarshal(raw, &payload); err != nil {
		t.Fatal(err)
	}
	return payload
}

// claimsBut returns a payload in which one claim has another value, as raw JSON; "" removes
// the claim.
func claimsBut(t *testing.T, payload map[string]any, claim, value string) string {
	t.Helper()
	changed := maps.Clone(payload)
	if value == "" {
		delete(changed, claim)
	} else {
		changed[claim] = json.RawMessage(value)
	}
	text, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// forgeries returns tokens that an attacker may try, made from a good one. Most are made
// without the key; some are made with it, because wrong claims must be refused even then.
// The tests of internal/account try each claim and signature; here one token of each kind
// goes through the whole program.
func forgeries(t *testing.T, good string, victim person, now time.Time) map[string]string {
	t.Helper()
	key, payload := tokenKey(t), payloadOf(t, good)
	claims := claimsBut(t, payload, "unused", "1")
	forged := map[string]string{
		"wrong key":              signed(tokenHeader, claims, sha256.New, []byte("wrong")),
		"empty key":              signed(tokenHeader, claims, sha256.New, nil),
		"SECRET_KEY itself":      signed(tokenHeader, claims, sha256.New, []byte(chainSecret)),
		"HS384":                  signed(`{"alg":"HS384","typ":"JWT"}`, claims, sha512.New384, key),
		"HS512":                  signed(`{"alg":"HS512","typ":"JWT"}`, claims, sha512.New, key),
		"HS256 named RS256":      signed(`{"alg":"RS256","typ":"JWT"}`, claims, sha256.New, key),
		"HS256 named ES256":      signed(`{"alg":"ES256","typ":"JWT"}`, claims, sha256.New, key),
		"kid of an empty file":   signed(`{"alg":"HS256","kid":"../../../dev/null"}`, claims, sha256.New, nil),
		"kid of a query":         signed(`{"alg":"HS256","kid":"x' UNION SELECT 'k"}`, claims, sha256.New, []byte("k")),
		"jwk":                    signed(`{"alg":"HS256","jwk":{"kty":"oct","k":"aw"}}`, claims, sha256.New, []byte("k")),
		"jku":                    signed(`{"alg":"HS256","jku":"http://127.0.0.1:1/keys"}`, claims, sha256.New, []byte("k")),
		"x5u":                    signed(`{"alg":"HS256","x5u":"http://127.0.0.1:1/cert"}`, claims, sha256.New, []byte("k")),
		"crit":                   signed(`{"alg":"HS256","crit":["x"],"x":1}`, claims, sha256.New, key),
		"nested payload":         signed(tokenHeader, strings.Repeat("[", 2500), sha256.New, key),
		"nested claim":           signed(tokenHeader, claimsBut(t, payload, "aud", strings.Repeat("[", 1000)+strings.Repeat("]", 1000)), sha256.New, key),
		"nested header":          signed(`{"alg":`+strings.Repeat("[", 1500), claims, sha256.New, key),
		"a second sub":           signed(tokenHeader, strings.TrimSuffix(claims, "}")+`,"sub":"`+victim.ids["user_id"]+`"}`, sha256.New, key),
		"a second exp, over":     signed(tokenHeader, strings.TrimSuffix(claims, "}")+`,"exp":1}`, sha256.New, key),
		"sub of another, no row": signed(tokenHeader, claimsBut(t, payload, "sub", `"`+victim.ids["user_id"]+`"`), sha256.New, key),
		"jti without a row":      signed(tokenHeader, claimsBut(t, payload, "jti", `"00000000-0000-4000-8000-000000000000"`), sha256.New, key),
		"thousands of dots":      strings.Repeat(".", 10_000),
		"a long signature":       good + strings.Repeat("A", 10_000),
	}
	for _, none := range []string{"none", "None", "NONE", "nOnE"} {
		unsigned := signed(`{"alg":"`+none+`"}`, claims, sha256.New, nil)
		forged["alg "+none] = unsigned[:strings.LastIndexByte(unsigned, '.')+1]
		forged["alg "+none+", signed"] = signed(`{"alg":"`+none+`"}`, claims, sha256.New, key)
	}
	at := func(d time.Duration) string { text, _ := json.Marshal(now.Add(d).Unix()); return string(text) }
	for claim, values := range map[string][]string{
		"iss": {"", `"raterhub"`, `["raterhub-tracker"]`}, "aud": {"", `"raterhub"`, `null`},
		"exp": {"", "null", at(0), at(-time.Hour), "-1", "0", "1e18", "1e300", "-1e300", "99999999999999999999", "18446744073709551616", `"never"`, `[9999999999]`, "true"},
		"nbf": {at(time.Minute), "1e300"}, "iat": {"", at(time.Hour), "1e300", `"now"`},
	} {
		for _, value := range values {
			forged[claim+" of "+value] = signed(tokenHeader, claimsBut(t, payload, claim, value), sha256.New, key)
		}
	}
	return forged
}
