package token

import (
	"bytes"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lists returns the keys of every purpose.
func (k *Keys) lists() map[string][][]byte {
	return map[string][][]byte{"jwt": k.jwt, "csrf": k.csrf, "seal": k.seal, "browser": k.browser, "refresh": k.refresh}
}

func TestNewKeysRefusesAnEmptySecret(t *testing.T) {
	t.Parallel()
	for _, previous := range []string{"", "old"} {
		if _, err := NewKeys("", previous); err == nil {
			t.Errorf(`NewKeys("", %q) accepted an empty secret`, previous)
		}
	}
}

func TestDerivedKeysDiffer(t *testing.T) {
	t.Parallel()
	all := [][]byte{[]byte("new"), []byte("old")}
	for purpose, keys := range mustKeys(t, "new", "old").lists() {
		if len(keys) != 2 {
			t.Errorf("%s: got %d keys, want 2", purpose, len(keys))
		}
		all = append(all, keys...)
	}
	for i, a := range all {
		if slices.ContainsFunc(all[:i], func(b []byte) bool { return bytes.Equal(a, b) }) {
			t.Errorf("key %d equals an earlier one", i)
		}
	}
}

func TestKeysWithoutPrevious(t *testing.T) {
	t.Parallel()
	for _, previous := range []string{"", "new"} {
		for purpose, keys := range mustKeys(t, "new", previous).lists() {
			if len(keys) != 1 {
				t.Errorf("previous %q: got %d %s keys, want 1", previous, len(keys), purpose)
			}
		}
	}
}

// A secret gives the same keys whether it is the current or the previous one, and in every
// release, because tokens and sealed secrets outlive both changes.
func TestKeysLast(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"jwt":     "fa46ab649443f97e9d148c353eab3a55c714acbd44939d891fd57e90ed46e5d5",
		"csrf":    "441b8837e6fbc6215543eda1bca03a89f88c111da67223b33e70e50d5048b13e",
		"seal":    "07e535783cac01c08e1d3aa1ef05a6d9d6e92571db9f323955cf1d824871f5eb",
		"browser": "1240cdb9e7d15f34a90837d35c67bf705bbecb35090937e72d12f5030d6e56a9",
		"refresh": "e383d2a19e3dd5011ce3b278026a7063b13c4e661742a9ad8b1c5f35deb817fb",
	}
	for i, keys := range []*Keys{mustKeys(t, "old", ""), mustKeys(t, "new", "old")} {
		got := map[string]string{}
		for purpose, keys := range keys.lists() {
			got[purpose] = hex.EncodeToString(keys[i])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
