package account

import (
	"bytes"
	"testing"
)

func TestNewKeysRefusesAnEmptySecret(t *testing.T) {
	for _, previous := range []string{"", "old"} {
		if _, err := NewKeys("", previous); err == nil {
			t.Errorf(`NewKeys("", %q) accepted an empty secret`, previous)
		}
	}
}

func TestDerivedKeysDiffer(t *testing.T) {
	keys := mustKeys(t, "new", "old")
	all := append(append([][]byte{[]byte("new"), []byte("old")}, keys.jwt...), keys.csrf...)
	for i, a := range all {
		for j, b := range all[:i] {
			if bytes.Equal(a, b) {
				t.Errorf("keys %d and %d are equal", i, j)
			}
		}
	}
	if len(keys.jwt) != 2 || len(keys.csrf) != 2 {
		t.Errorf("got %d JWT and %d CSRF keys, want 2 of each", len(keys.jwt), len(keys.csrf))
	}
}

func TestKeysWithoutPrevious(t *testing.T) {
	for _, previous := range []string{"", "new"} {
		if keys := mustKeys(t, "new", previous); len(keys.jwt) != 1 || len(keys.csrf) != 1 {
			t.Errorf("previous %q: got %d JWT and %d CSRF keys, want 1 of each",
				previous, len(keys.jwt), len(keys.csrf))
		}
	}
}
