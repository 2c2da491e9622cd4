package token

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCSRFAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		age  time.Duration
		good bool
	}{
		{"new", 0, true},
		{"a day old", 24 * time.Hour, true},
		{"over a day old", 24*time.Hour + time.Microsecond, false},
		{"years old", 10 * 365 * 24 * time.Hour, false},
		{"from a clock a minute ahead", -time.Minute, true},
		{"from the future", -time.Minute - time.Microsecond, false},
		{"from the far future", -200 * 365 * 24 * time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			csrf := NewCSRF(mustKeys(t, "secret", ""), clock.now)
			token := csrf.Token()
			clock.advance(c.age)
			if err := csrf.Verify(token); (err == nil) != c.good || (err != nil && !errors.Is(err, ErrCSRF)) {
				t.Errorf("Verify = %v, want good: %t", err, c.good)
			}
		})
	}
}

func TestCSRFKeys(t *testing.T) {
	t.Parallel()
	clock := newClock()
	token := NewCSRF(mustKeys(t, "first", ""), clock.now).Token()
	for _, c := range []struct {
		name, current, previous string
		good                    bool
	}{
		{"same", "first", "", true},
		{"rotated", "second", "first", true},
		{"rotated twice", "third", "second", false},
		{"other", "other", "", false},
	} {
		err := NewCSRF(mustKeys(t, c.current, c.previous), clock.now).Verify(token)
		if (err == nil) != c.good || (err != nil && !errors.Is(err, ErrCSRF)) {
			t.Errorf("%s: Verify = %v, want good: %t", c.name, err, c.good)
		}
	}
	rotated := NewCSRF(mustKeys(t, "second", "first"), clock.now).Token()
	if err := NewCSRF(mustKeys(t, "first", ""), clock.now).Verify(rotated); err == nil {
		t.Error("a rotated server signs with its previous key")
	}
}

func TestCSRFCheck(t *testing.T) {
	t.Parallel()
	clock := newClock()
	csrf := NewCSRF(mustKeys(t, "secret", ""), clock.now)
	mine, other := csrf.Token(), csrf.Token()
	if mine == other {
		t.Fatal("two tokens are equal")
	}
	forged := NewCSRF(mustKeys(t, "forged", ""), clock.now).Token()

	for _, c := range []struct {
		name              string
		submitted, cookie string
		cookieRequired    bool
		good              bool
	}{
		{"header alone", mine, "", false, true},
		{"header and cookie", mine, mine, false, true},
		{"form and cookie", mine, mine, true, true},
		{"form without cookie", mine, "", true, false},
		{"another cookie", mine, other, false, false},
		{"forged cookie", mine, forged, false, false},
		{"forged both", forged, forged, true, false},
		{"forged header alone", forged, "", false, false},
		{"nothing", "", "", false, false},
		{"nothing, form", "", "", true, false},
		{"cookie alone", "", mine, false, false},
		{"cookie alone, form", "", mine, true, false},
		{"cookie with a space", mine, mine + " ", true, false},
		{"both cut short", mine[:40], mine[:40], true, false},
		{"both line breaks", strings.Repeat("\n", len(mine)), strings.Repeat("\n", len(mine)), true, false},
		{"both not base64", strings.Repeat("!", len(mine)), strings.Repeat("!", len(mine)), true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := csrf.Check(c.submitted, c.cookie, c.cookieRequired)
			if (err == nil) != c.good || (err != nil && !errors.Is(err, ErrCSRF)) {
				t.Errorf("Check = %v, want good: %t", err, c.good)
			}
		})
	}
}

func TestCSRFTampered(t *testing.T) {
	t.Parallel()
	csrf := NewCSRF(mustKeys(t, "new", "old"), newClock().now)
	token := csrf.Token()
	rapid.Check(t, func(t *rapid.T) {
		tampered := tamper(t, token)
		if err := csrf.Verify(tampered); !errors.Is(err, ErrCSRF) {
			t.Errorf("Verify(%q) = %v, want ErrCSRF", tampered, err)
		}
	})
}

// Neither the JWT key nor the secret itself can sign a CSRF token.
func TestCSRFSignedByOtherKeys(t *testing.T) {
	t.Parallel()
	clock := newClock()
	keys := mustKeys(t, "secret", "")
	csrf := NewCSRF(keys, clock.now)
	for name, key := range map[string][]byte{"JWT key": keys.jwt[0], "secret": []byte("secret"), "empty": {}} {
		token := (&CSRF{Stamps{keys: [][]byte{key}, lifetime: csrfLifetime, now: clock.now}}).Token()
		if err := csrf.Verify(token); !errors.Is(err, ErrCSRF) {
			t.Errorf("%s: Verify = %v, want ErrCSRF", name, err)
		}
	}
}
