package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What the program embeds is what the sources give.
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
		t.Fatalf("only %d files are made", len(made))
	}
	folder := os.DirFS(filepath.Join(root, target))
	for name, want := range made {
		got, err := fs.ReadFile(folder, name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its sources give (%v): run make widget", name, err)
		}
	}
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if _, ok := made[name]; err == nil && !entry.IsDir() && !ok {
			t.Errorf("%s is made of nothing: run make widget", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
