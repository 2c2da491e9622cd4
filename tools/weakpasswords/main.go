// Weakpasswords writes the list of passwords that many people choose and that pass a
// rule about length and kinds of characters. Lists of leaked passwords are too large to
// ship and have few passwords of 12 characters or more, so the list is generated from the
// words that people choose and the shapes that they give them to satisfy such a rule.
//
// It is run by `go generate ./internal/account/password`, and always writes the same
// list.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "weakpasswords:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: weakpasswords FILE")
	}
	text := strings.Join(list(), "\n") + "\n"
	if err := os.WriteFile(args[0], []byte(text), 0o644); err != nil { //nolint:gosec // a file of the source
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}
