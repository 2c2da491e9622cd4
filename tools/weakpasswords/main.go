// Weakpasswords writes the list of passwords that people choose all the time and
// that a rule about length and kinds of characters would let pass. Lists of leaked
// passwords are too large to ship and hold hardly any of 12 characters. So the list
// is made from the words that people choose, in the shapes that they give them to
// get past such a rule.
//
// It is run by `go generate ./internal/account/password`, and writes the same list
// every time.
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
