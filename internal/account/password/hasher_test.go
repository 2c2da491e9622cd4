package password

import (
	"strings"
	"testing"
)

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	h := NewHasher(NewPool(1), DefaultCost())
	first, err := h.Hash(t.Context(), member(""), "Tracker-2026")
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.Hash(t.Context(), member(""), "Tracker-2026")
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("two hashes of a password are equal: the salt is not random")
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(first, want) {
		t.Errorf("hash %q does not start with %q", first, want)
	}
	for password, want := range map[string]bool{
		"Tracker-2026": true, "tracker-2026": false, "Tracker-2026 ": false, "": false,
	} {
		ok, outdated, err := h.Verify(t.Context(), member(""), Typed{Normalised: password}, first)
		if ok != want || outdated || err != nil {
			t.Errorf("verify(%q) = %t, %t, %v; want %t, false, nil", password, ok, outdated, err, want)
		}
	}
}

// A user without a password, or who does not exist, costs a hash of today's parameters,
// and no password matches.
func TestVerifyNoHash(t *testing.T) {
	t.Parallel()
	h := NewHasher(NewPool(1), DefaultCost())
	dummy, err := parseArgon(h.dummy)
	if err != nil || dummy.Cost != DefaultCost() || dummy.outdated(DefaultCost()) {
		t.Errorf("the dummy: %+v, %v; want today's parameters", dummy.Cost, err)
	}
	for _, raw := range []string{"", "Tracker-2026", h.dummy} {
		typed, _ := ReadTyped(raw)
		if ok, outdated, err := h.Verify(t.Context(), member(""), typed, ""); ok || outdated || err != nil {
			t.Errorf("verify(%q) = %t, %t, %v; want false, false, nil", raw, ok, outdated, err)
		}
	}
}
