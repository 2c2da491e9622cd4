// Command widget bundles the widget's TypeScript into the files that the program embeds.
// Run it in the project's root: make widget.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	made, err := bundle(root)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(root, target)); err != nil {
		return err
	}
	for name, content := range made {
		file := filepath.Join(root, target, filepath.FromSlash(name))
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644))
		if err != nil {
			return err
		}
		fmt.Printf("%6d  %s\n", len(content), name)
	}
	return nil
}
