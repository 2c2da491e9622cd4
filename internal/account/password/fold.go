package password

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold maps texts that a guesser would treat as one to the same text: upper and lower case,
// composed and decomposed (NFC), letters and the digits and symbols that are commonly
// written for them. A 1 is written for l and for i, so all three become the same letter.
func fold(text string) string { return strings.Map(foldRune, norm.NFC.String(text)) }

func foldRune(r rune) rune {
	r = unicode.ToLower(unicode.ToUpper(r)) // by way of the capital: σ and ς have one
	switch r {
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
