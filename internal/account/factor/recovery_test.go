package factor

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNewRecoveryCodes(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$`)
	shown, hashes := NewRecoveryCodes(7)
	if len(shown) != 10 || len(hashes) != 10 {
		t.Fatalf("got %d codes and %d hashes, want 10 of each", len(shown), len(hashes))
	}
	seen := map[string]bool{}
	for i, code := range shown {
		if !form.MatchString(code) {
			t.Errorf("%q is not in the form of a code", code)
		}
		if hash, ok := RecoveryHash(7, code); !ok || hash != hashes[i] {
			t.Errorf("%s: hash %s, %t; want %s", code, hash, ok, hashes[i])
		}
		if hash, ok := RecoveryHash(8, code); !ok || hash == hashes[i] {
			t.Errorf("%s: good for another user: %s, %t", code, hash, ok)
		}
		if seen[code] {
			t.Errorf("%s comes twice", code)
		}
		seen[code] = true
	}
}

// Stored hashes must match in later releases; this one was computed independently.
func TestRecoveryHashLasts(t *testing.T) {
	t.Parallel()
	const want = "c2c3b65f7ca4746317ec7461bb6af4a4896bcd2809fbc1b323e0e1b510bc4084"
	if got, ok := RecoveryHash(7, "7777-8888-0123-4567-89ab-cdef"); !ok || got != want {
		t.Errorf("got %s, %t", got, ok)
	}
}

func TestRecoverySpellings(t *testing.T) {
	t.Parallel()
	want, ok := RecoveryHash(7, "7777-8888-0a1b-2c3d-4e5f-10zz")
	if !ok {
		t.Fatal("the code is refused")
	}
	for _, c := range []struct {
		typed string
		same  bool
	}{
		{"777788880a1b2c3d4e5f10zz", true},
		{"7777-8888-0A1B-2C3D-4E5F-10ZZ", true},
		{" 7777 8888 0a1b 2c3d 4e5f 10zz ", true},
		{"7777-8888-0a1b--2c3d - 4e5f-10zz", true},
		{"7777-8888-oalb-2c3d-4e5f-iozz", true},
		{"7777-8888-OAIB-2C3D-4E5F-LOZZ", true},
		{"7777-8888-0a1b-2c3d-4e5f-10zy", false}, // a code, but another
	} {
		if got, ok := RecoveryHash(7, c.typed); !ok || (got == want) != c.same {
			t.Errorf("%q: the same code is %t, %t", c.typed, got == want, ok)
		}
	}
}

func TestRecoveryRefuses(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"", " ", "----",
		"7777-8888-0a1b-2c3d-4e5f-10z", "7777-8888-0a1b-2c3d-4e5f-10zz0",
		"7777-8888-0a1b-2c3d-4e5f-10zu", "7777-8888-0a1b-2c3d-4e5f-10z!", "7777_8888_0a1b_2c3d_4e5f_10zz",
		"7777-8888-0a1b-2c3d-4e5f-10zz\n", "7777-8888-0a1b-2c3d-4e5f-10z\x00", "7777-8888-0a1b-2c3d-4e5f-10zé",
		"7777-8888-0a1b–2c3d–4e5f–10zz",
		"7777-8888-\u212aa1b-2c3d-4e5f-10zz", // the Kelvin sign, whose lower case is k
		"7777-8888-0a1b-2c3d-4e5f-10zz" + strings.Repeat(" ", 96),
		strings.Repeat("-", 1<<20), strings.Repeat("0", 1<<20),
	} {
		if hash, ok := RecoveryHash(7, typed); ok || hash != "" {
			t.Errorf("%.30q is accepted", typed)
		}
	}
}

// A code is the same however it is typed.
func TestRecoveryRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shown, hashes := NewRecoveryCodes(7)
		typed := rapid.SampledFrom([]func(string) string{
			strings.ToUpper,
			strings.NewReplacer("-", "").Replace,
			strings.NewReplacer("-", " ", "0", "O", "1", "l").Replace,
		}).Draw(t, "spelling")
		var got []string
		for _, code := range shown {
			hash, _ := RecoveryHash(7, typed(code))
			got = append(got, hash)
		}
		if diff := cmp.Diff(hashes, got); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", shown, diff)
		}
	})
}
