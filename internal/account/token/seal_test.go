package token

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustSealer(t testing.TB, current, previous string) *Sealer {
	t.Helper()
	s, err := NewSealer(mustKeys(t, current, previous))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	s := mustSealer(t, "secret", "")
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		context := rapid.String().Draw(t, "context")
		got, outdated, err := s.Open(s.Seal(plain, context), context)
		if err != nil || outdated || !bytes.Equal(got, plain) {
			t.Fatalf("got %x, outdated %t, %v; want %x", got, outdated, err, plain)
		}
	})
}

func TestSealHidesAndVaries(t *testing.T) {
	t.Parallel()
	s := mustSealer(t, "secret", "")
	plain := strings.Repeat("s", 30)
	one, two := s.Seal([]byte(plain), "totp:7"), s.Seal([]byte(plain), "totp:7")
	if one == two {
		t.Error("the same secret sealed twice looks the same")
	}
	raw, err := encoding.DecodeString(one)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("sss")) {
		t.Error("sealed data shows the secret")
	}
}

func TestSealedSurvivesOneRotation(t *testing.T) {
	t.Parallel()
	old := mustSealer(t, "first", "")
	sealed := old.Seal([]byte("s"), "totp:7")

	rotated := mustSealer(t, "second", "first")
	plain, outdated, err := rotated.Open(sealed, "totp:7")
	if err != nil || string(plain) != "s" || !outdated {
		t.Errorf("after one rotation: %q, outdated %t, %v; want it, outdated", plain, outdated, err)
	}
	if _, _, err := mustSealer(t, "third", "second").Open(sealed, "totp:7"); !errors.Is(err, ErrSealed) {
		t.Errorf("after two rotations: got %v, want ErrSealed", err)
	}

	resealed := rotated.Seal(plain, "totp:7")
	if _, outdated, err := rotated.Open(resealed, "totp:7"); err != nil || outdated {
		t.Errorf("sealed again: outdated %t, %v", outdated, err)
	}
	if _, _, err := old.Open(resealed, "totp:7"); !errors.Is(err, ErrSealed) {
		t.Errorf("a rotated server seals with its previous key: got %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	s := mustSealer(t, "secret", "previous")
	good := s.Seal([]byte("plain"), "totp:7")
	if _, _, err := s.Open(good, "totp:7"); err != nil {
		t.Fatalf("the good one is refused: %v", err)
	}
	raw, err := encoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, sealed, context string }{
		{"context of another user", good, "totp:8"},
		{"context of another use", good, "passkey:7"},
		{"no context", good, ""},
		{"sealed with another key", mustSealer(t, "other", "").Seal([]byte("plain"), "totp:7"), "totp:7"},
		{"empty", "", "totp:7"},
		{"not base64", "!" + good[1:], "totp:7"},
		{"padded", good + "=", "totp:7"},
		{"version alone", encoding.EncodeToString(raw[:1]), "totp:7"},
		{"version and nonce alone", encoding.EncodeToString(raw[:13]), "totp:7"},
		{"without version", encoding.EncodeToString(raw[1:]), "totp:7"},
		{"too long", encoding.EncodeToString(append(bytes.Clone(raw), 0)), "totp:7"},
		{"plain", encoding.EncodeToString([]byte("\x01plain")), "totp:7"},
	} {
		if plain, _, err := s.Open(c.sealed, c.context); !errors.Is(err, ErrSealed) || plain != nil {
			t.Errorf("%s: got %q, %v; want ErrSealed", c.name, plain, err)
		}
	}
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 0x10
		if _, _, err := s.Open(encoding.EncodeToString(changed), "totp:7"); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: got %v, want ErrSealed", i, err)
		}
		if _, _, err := s.Open(encoding.EncodeToString(raw[:i]), "totp:7"); !errors.Is(err, ErrSealed) {
			t.Errorf("cut after %d bytes: got %v, want ErrSealed", i, err)
		}
	}
}

// What one release seals, the next one opens.
func TestSealedFormatLasts(t *testing.T) {
	t.Parallel()
	const sealed = "ASz9xFbZvsAFdFeuN13eBRq_H0Z06H34C2fsjLw49Kd852ZOZOio7F0mlZY2MAcoZEE"
	plain, _, err := mustSealer(t, "secret", "").Open(sealed, "totp:7")
	if err != nil || string(plain) != "a secret of version 1" {
		t.Errorf("got %q, %v", plain, err)
	}
}
