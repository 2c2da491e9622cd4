package token

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const testJTI = "0b1e9c52-6f6a-4f0e-9d0c-0f3f0f6d7a11"

func TestTokenIssueAndRead(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tokens := NewAccess(mustKeys(t, "secret", ""), time.Hour, clock.now)
	holder := Holder{ID: MaxUserID, Email: "ann@example.com", Role: "admin"}

	issued, err := tokens.Issue(holder, clock.now())
	if err != nil {
		t.Fatal(err)
	}
	ref, err := tokens.Read(issued.Signed)
	if err != nil {
		t.Fatal(err)
	}
	if ref != issued.Ref || ref.UserID != holder.ID {
		t.Errorf("read %+v, issued %+v", ref, issued.Ref)
	}
	issuedAt := clock.at.Truncate(time.Second) // a JWT counts whole seconds
	if want := timeline.InstantOf(issuedAt.Add(time.Hour)); issued.ExpiresAt != want {
		t.Errorf("ExpiresAt = %v, want %v", issued.ExpiresAt.Time(), want.Time())
	}
	want := map[string]any{
		"sub": "9007199254740991", "email": "ann@example.com", "role": "admin",
		"iss": "raterhub-tracker", "aud": []any{"raterhub-tracker"},
		"iat": float64(issuedAt.Unix()), "exp": float64(issuedAt.Add(time.Hour).Unix()),
		"jti": ref.ID,
	}
	if diff := cmp.Diff(want, payloadOf(t, issued.Signed)); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func payloadOf(t *testing.T, signed string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(signed, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var payload map[string]any
	if err := json.Unmarshal(raw, &payload); err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestTokenExpiresWithoutLeeway(t *testing.T) {
	t.Parallel()
	clock := newClock()
	clock.at = clock.at.Truncate(time.Second)
	tokens := NewAccess(mustKeys(t, "secret", ""), time.Hour, clock.now)
	issued, err := tokens.Issue(Holder{ID: 7}, clock.now())
	if err != nil {
		t.Fatal(err)
	}
	clock.advance(time.Hour - time.Microsecond)
	if _, err := tokens.Read(issued.Signed); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	clock.advance(time.Microsecond)
	if _, err := tokens.Read(issued.Signed); !errors.Is(err, ErrInvalid) {
		t.Errorf("at its end: got %v, want ErrInvalid", err)
	}
}

func TestTokenSurvivesOneRotation(t *testing.T) {
	t.Parallel()
	clock := newClock()
	old := NewAccess(mustKeys(t, "first", ""), time.Hour, clock.now)
	issued, err := old.Issue(Holder{ID: 7}, clock.now())
	if err != nil {
		t.Fatal(err)
	}
	rotated := NewAccess(mustKeys(t, "second", "first"), time.Hour, clock.now)
	if _, err := rotated.Read(issued.Signed); err != nil {
		t.Errorf("after one rotation: %v", err)
	}
	twice := NewAccess(mustKeys(t, "third", "second"), time.Hour, clock.now)
	if _, err := twice.Read(issued.Signed); !errors.Is(err, ErrInvalid) {
		t.Errorf("after two rotations: got %v, want ErrInvalid", err)
	}
	fresh, err := rotated.Issue(Holder{ID: 7}, clock.now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Read(fresh.Signed); !errors.Is(err, ErrInvalid) {
		t.Errorf("a rotated server signs with its previous key: got %v", err)
	}
}

// goodClaims are claims that the server accepts; the hostile ones below differ
// from them in one point each.
func goodClaims(now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"sub": "7", "email": "ann@example.com", "role": "user",
		"iss": tokenParty, "aud": tokenParty, "jti": testJTI,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

func TestHostileClaims(t *testing.T) {
	t.Parallel()
	clock := newClock()
	keys := mustKeys(t, "secret", "")
	tokens := NewAccess(keys, time.Hour, clock.now)
	now := clock.at
	in := func(d time.Duration) any { return now.Add(d).Unix() }

	for _, c := range []struct {
		name  string
		claim string
		value any // nil removes the claim
		good  bool
	}{
		{"unchanged", "role", "user", true},
		{"audience among others", "aud", []string{"other", tokenParty}, true},
		{"issued by a clock slightly ahead", "iat", in(59 * time.Second), true},
		{"not before now", "nbf", in(0), true},

		{"no issuer", "iss", nil, false},
		{"other issuer", "iss", "raterhub", false},
		{"issuer in upper case", "iss", "RATERHUB-TRACKER", false},
		{"no audience", "aud", nil, false},
		{"other audience", "aud", "other", false},
		{"empty audience list", "aud", []string{}, false},
		{"audience of a wrong type", "aud", 1, false},
		{"no expiry", "exp", nil, false},
		{"expired", "exp", in(-time.Second), false},
		{"expiry zero", "exp", 0, false},
		{"expiry negative", "exp", -1, false},
		{"expiry beyond int64", "exp", 1e300, false},
		{"expiry in the year 10000", "exp", 253402300800, false},
		{"expiry just within int64", "exp", 1e18, false},
		{"expiry in words", "exp", "never", false},
		{"not yet valid", "nbf", in(time.Minute), false},
		{"not valid before a number beyond int64", "nbf", 1e300, false},
		{"not valid before a negative time", "nbf", -1, false},
		{"issued at a number beyond int64", "iat", 1e300, false},
		{"no issue time", "iat", nil, false},
		{"issued in the future", "iat", in(2 * time.Minute), false},
		{"no subject", "sub", nil, false},
		{"subject as number", "sub", 7, false},
		{"subject zero", "sub", "0", false},
		{"subject negative", "sub", "-7", false},
		{"subject with a sign", "sub", "+7", false},
		{"subject with leading zero", "sub", "07", false},
		{"subject with space", "sub", " 7", false},
		{"subject beyond 2^53", "sub", "9007199254740992", false},
		{"subject an e-mail", "sub", "ann@example.com", false},
		{"no token ID", "jti", nil, false},
		{"token ID not a UUID", "jti", "1", false},
		{"token ID in another spelling", "jti", strings.ToUpper(testJTI), false},
		{"token ID in braces", "jti", "{" + testJTI + "}", false},
		{"huge", "email", strings.Repeat("a", maxTokenSize), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			claims := goodClaims(now)
			claims[c.claim] = c.value
			if c.value == nil {
				delete(claims, c.claim)
			}
			signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(keys.jwt[0])
			if err != nil {
				t.Fatal(err)
			}
			ref, err := tokens.Read(signed)
			if c.good {
				if err != nil || ref.Key() != (Ref{UserID: 7, ID: testJTI}) {
					t.Errorf("got %+v, %v; want it accepted", ref, err)
				}
				return
			}
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("got %+v, %v; want ErrInvalid", ref, err)
			}
		})
	}
}

// A token has one spelling: changing any character of it makes it invalid.
func TestTokenTampered(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tokens := NewAccess(mustKeys(t, "secret", ""), time.Hour, clock.now)
	issued, err := tokens.Issue(Holder{ID: 7, Email: "ann@example.com"}, clock.now())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		tampered := tamper(t, issued.Signed)
		if ref, err := tokens.Read(tampered); !errors.Is(err, ErrInvalid) {
			t.Errorf("read(%q) = %+v, %v; want ErrInvalid", tampered, ref, err)
		}
	})
}

// tamper returns s with one byte changed, inserted or removed.
func tamper(t *rapid.T, s string) string {
	at := rapid.IntRange(0, len(s)-1).Draw(t, "at")
	other := rapid.SampledFrom([]byte("ABCDwxyz0189-_.=+/ \n")).
		Filter(func(b byte) bool { return b != s[at] }).Draw(t, "byte")
	switch rapid.SampledFrom([]string{"change", "insert", "remove"}).Draw(t, "how") {
	case "change":
		return s[:at] + string(other) + s[at+1:]
	case "insert":
		return s[:at] + string(other) + s[at:]
	}
	return s[:at] + s[at+1:]
}
