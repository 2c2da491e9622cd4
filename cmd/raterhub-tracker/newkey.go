package main

import (
	"crypto/rand"
	"fmt"
)

type newKeyCommand struct{}

// Run prints a key that nobody can guess.
func (newKeyCommand) Run() error { //nolint:unparam // the form of a command
	fmt.Println(newSecretKey())
	return nil
}

// newSecretKey returns 52 characters with at least 256 random bits.
func newSecretKey() string { return rand.Text() + rand.Text() }
