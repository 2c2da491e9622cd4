package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The list that the program embeds is the one that is made here.
func TestListIsFresh(t *testing.T) {
	made := filepath.Join(t.TempDir(), "list.txt")
	if err := run([]string{made}); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../internal/account/password/weak_passwords.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/account/password/weak_passwords.txt is not what its words and shapes give: go generate ./internal/account/password")
	}
}

func TestWantsOneFile(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}, {filepath.Join(t.TempDir(), "none", "list.txt")}} {
		if err := run(args); err == nil {
			t.Errorf("run(%q) succeeded", args)
		}
	}
}
