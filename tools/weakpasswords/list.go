package main

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// list returns the passwords, sorted by their fold, by which the program looks them up. No
// two have the same fold.
func list() []string {
	byFold := make(map[string]string)
	for _, shape := range shapes() {
		for password := range shape {
			if key := fold(password); byFold[key] == "" && acceptable(password) {
				byFold[key] = password
			}
		}
	}
	var entries []string
	for _, key := range slices.Sorted(maps.Keys(byFold)) {
		entries = append(entries, byFold[key])
	}
	return entries
}

// fold does what internal/account/password/fold.go does, for ASCII only. The test of the
// list there would find a difference.
func fold(password string) string { return strings.Map(foldRune, password) }

func foldRune(r rune) rune {
	switch r = unicode.ToLower(r); r {
	case '0':
		return 'o'
	case '1', 'i':
		return 'l'
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return r
}

// acceptable reports whether one of the program's two policies would let password
// pass; the others need no list.
func acceptable(password string) bool {
	return len(password) >= 15 || len(password) >= 12 && composed(password)
}

func composed(password string) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return strings.ContainsFunc(password, unicode.IsUpper) &&
		strings.ContainsFunc(password, unicode.IsLower) &&
		strings.ContainsFunc(password, unicode.IsDigit) &&
		strings.ContainsFunc(password, func(r rune) bool { return !letter(r) })
}
