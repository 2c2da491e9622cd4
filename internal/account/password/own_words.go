package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// serviceName is the first thing that a guesser tries for this service.
const serviceName = "raterhub"

// minOwnWord is the shortest word, in characters, that must not be in the
// password: shorter ones turn up by chance.
const minOwnWord = 4

// ownWordProblem says what of the person or the service password contains, in
// whatever spelling folds alike, or "".
func ownWordProblem(u User, password string) string {
	folded := fold(password)
	for _, own := range []struct{ text, problem string }{
		{u.FirstName + " " + u.LastName, "must not contain your name"},
		{emailWords(u.Email), "must not contain a word of your e-mail address"},
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

// emailWords is the address without its last label, such as "com", which is
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
