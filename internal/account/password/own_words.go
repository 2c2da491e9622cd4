package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// serviceName is the first word that anybody who guesses a password for this service would
// try.
const serviceName = "raterhub"

// minOwnWord is the shortest word, in characters, that must not be in the
// password: shorter ones turn up by chance.
const minOwnWord = 4

// Person is somebody who chooses a password. The password must not contain these words.
type Person struct{ Email, FirstName, LastName string }

// ownWordProblem returns which word of the person or the service a password contains,
// in any spelling that folds alike, or "".
func ownWordProblem(p Person, password string) string {
	folded := fold(password)
	for _, own := range []struct{ text, problem string }{
		{p.FirstName + " " + p.LastName, "must not contain your name"},
		{emailWords(p.Email), "must not contain a word of your e-mail address"},
		{serviceName, "must not contain the name " + serviceName},
	} {
		for word := range strings.FieldsFuncSeq(norm.NFC.String(own.text), isBreak) {
			if utf8.RuneCountInString(word) >= minOwnWord && strings.Contains(folded, fold(word)) {
				return own.problem
			}
		}
	}
	return ""
}

// emailWords returns the address without its last label, such as "com", which is
// nobody's own.
func emailWords(email string) string {
	local, domain := email, ""
	if at := strings.LastIndexByte(email, '@'); at >= 0 {
		local, domain = email[:at], email[at:]
	}
	if dot := strings.LastIndexByte(domain, '.'); dot >= 0 {
		domain = domain[:dot]
	}
	return local + domain
}

// isBreak reports whether r is between words. Marks are not: the vowels of some
// scripts are marks.
func isBreak(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }
