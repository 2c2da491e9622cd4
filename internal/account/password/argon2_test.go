package password

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A hash made by the reference implementation:
// echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32 -e
func TestVerifyReferenceHash(t *testing.T) {
	t.Parallel()
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, outdated, err := NewHasher(NewPool(1), DefaultCost()).Verify(t.Context(), member(""), Typed{Normalised: "password"}, reference)
	if !ok || !outdated || err != nil { // outdated: its salt has 8 bytes
		t.Errorf("got %t, %t, %v; want true, true, nil", ok, outdated, err)
	}
}

func TestArgonOutdated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*argonHash)
		want   bool
	}{
		{"current", func(*argonHash) {}, false},
		{"more memory", func(h *argonHash) { h.Memory *= 2 }, false},
		{"more passes", func(h *argonHash) { h.Passes++ }, false},
		{"less memory", func(h *argonHash) { h.Memory-- }, true},
		{"fewer passes", func(h *argonHash) { h.Passes-- }, true},
		{"short salt", func(h *argonHash) { h.salt = h.salt[1:] }, true},
		{"short key", func(h *argonHash) { h.key = h.key[1:] }, true},
	} {
		h := argonHash{Cost: DefaultCost(), salt: make([]byte, saltSize), key: make([]byte, keySize)}
		c.change(&h)
		if got := h.outdated(DefaultCost()); got != c.want {
			t.Errorf("%s: outdated = %t, want %t", c.name, got, c.want)
		}
	}
}

func TestMalformedArgon(t *testing.T) {
	t.Parallel()
	const (
		salt = "c29tZXNhbHRzb21lc2FsdA"
		key  = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
		good = "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key
	)
	if _, err := parseHash(good); err != nil {
		t.Fatalf("the good one is refused: %v", err)
	}
	with := func(old, replacement string) string {
		changed := strings.Replace(good, old, replacement, 1)
		if changed == good {
			t.Fatalf("%q is not in the good hash", old)
		}
		return changed
	}
	for name, encoded := range map[string]string{
		"plain text":          "Tracker-2026",
		"unknown scheme":      "$scrypt$ln=16,r=8,p=1$c29tZXNhbHQ$AAAA",
		"argon2i":             with("argon2id", "argon2i"),
		"old version":         with("v=19", "v=16"),
		"no version":          with("v=19$", ""),
		"4 TiB":               with("m=19456", "m=4294967295"),
		"over 256 MiB":        with("m=19456", "m=262145"),
		"memory overflows":    with("m=19456", "m=4294967296"),
		"memory negative":     with("m=19456", "m=-1"),
		"memory below 8 KiB":  with("m=19456", "m=7"),
		"no passes":           with("t=2", "t=0"),
		"many passes":         with("t=2", "t=17"),
		"no threads":          with("p=1", "p=0"),
		"many threads":        with("p=1", "p=17"),
		"threads overflow":    with("p=1", "p=257"),
		"parameters missing":  with(",p=1", ""),
		"parameters reversed": with("m=19456,t=2", "t=2,m=19456"),
		"trailing parameter":  with("p=1", "p=1,x=1"),
		"signed parameter":    with("t=2", "t=+2"),
		"leading zero":        with("t=2", "t=02"),
		"padded salt":         with(salt, salt+"=="),
		"short salt":          with(salt, "c29tZQ"),
		"long salt":           with(salt, strings.Repeat("AAAA", 22)),
		"no salt":             with(salt, ""),
		"short key":           with(key, "AAAA"),
		"no key":              with(key, ""),
		"long key":            with(key, strings.Repeat("AAAA", 1<<18)),
		"seventh part":        good + "$",
		"trailing newline":    good + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseHash(encoded); !errors.Is(err, ErrMalformedHash) {
				t.Errorf("got %v, want ErrMalformedHash", err)
			}
			if ok, _, err := NewHasher(NewPool(1), DefaultCost()).Verify(t.Context(), member(""), Typed{Normalised: "Tracker-2026"}, encoded); ok || !errors.Is(err, ErrMalformedHash) {
				t.Errorf("verify = %t, %v; want ErrMalformedHash", ok, err)
			}
		})
	}
}

func TestArgonStringRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		threads := rapid.Uint8Range(1, maxArgonThreads).Draw(t, "threads")
		want := argonHash{
			Cost: Cost{
				Memory:  rapid.Uint32Range(8*uint32(threads), maxArgonMemory).Draw(t, "memory"),
				Passes:  rapid.Uint32Range(1, maxArgonPasses).Draw(t, "passes"),
				Threads: threads,
			},
			salt: rapid.SliceOfN(rapid.Byte(), minSaltSize, maxSaltSize).Draw(t, "salt"),
			key:  rapid.SliceOfN(rapid.Byte(), minKeySize, maxKeySize).Draw(t, "key"),
		}
		got, err := parseArgon(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(argonHash{}, Cost{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
