package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// The files that the program embeds are those that the sources give.
func TestBundleIsFresh(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	made, err := bundle(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(made) < 6 {
		t.Fatalf("only %d files are bundled", len(made))
	}
	folder := os.DirFS(filepath.Join(root, target))
	for name, want := range made {
		got, err := fs.ReadFile(folder, name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is out of date (%v): run make widget", name, err)
		}
	}
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if _, ok := made[name]; err == nil && !entry.IsDir() && !ok {
			t.Errorf("%s has no source: run make widget", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
