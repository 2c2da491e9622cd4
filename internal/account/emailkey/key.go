// Package emailkey finds out which spellings of an e-mail address are the same address, so
// that nobody registers one that looks like another person's. It also gives keys to users
// whom an earlier version stored.
package emailkey

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	// longest is the length of the longest key in bytes. An index cannot hold any text, and
	// a short address may have a long one: one letter may stand for eighteen.
	longest = 254

	longestLabel = 63 // bytes, RFC 1035 section 2.3.4; reading an xn-- label costs its square

	mostFolds = 4 // of a text; two are enough for all that is known

	asciiForm = "xn--" // what a label begins with that stands for one in Unicode

	dotAbove = '\u0307'
	dotless  = '\u0131'
)

// Of returns the key of an e-mail address. Two spellings with the same key count as one
// address:
//
//   - letters in either case, and those that Unicode folds together, such as ß and ss
//     (NFKC_Casefold, with full case folding);
//   - composed and decomposed letters, and variants of form such as full width (NFKC);
//   - with and without characters that nobody sees;
//   - i with and without its dot, small or capital, as Turkish tells them apart;
//   - a domain in Unicode and in its xn-- form.
//
// Letters of different scripts that look alike, such as a Latin and a Cyrillic a, stay
// different. An address in small ASCII letters, without xn--, is its own key, and so is
// every key. What Unicode says of a character never changes, so keys may be stored.
func Of(email string) string {
	if isOwnKey(email) {
		return email
	}
	local, domain, found := cutLast(folded(email), "@")
	key := local
	if found {
		key += "@" + unicodeDomain(domain)
	}
	if len(key) <= longest {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// isOwnKey reports whether it is plain that an address is its own key.
func isOwnKey(email string) bool {
	return len(email) <= longest && !strings.Contains(email, asciiForm) && !strings.HasSuffix(email, ".") &&
		!strings.ContainsFunc(email, func(r rune) bool { return r > unicode.MaxASCII || 'A' <= r && r <= 'Z' })
}

// cutLast cuts s around the last sep. Without one, before is s.
func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

// folded returns s in the form that all its spellings share.
func folded(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	for range mostFolds {
		next := foldedOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

// foldedOnce folds twice, because some letters decompose into ones that fold again.
func foldedOnce(s string) string {
	fold := cases.Fold()
	s = norm.NFKD.String(fold.String(norm.NFD.String(s)))
	s = norm.NFKD.String(fold.String(s))
	s = norm.NFD.String(strings.Map(seen, s)) // what lay around something unseen may join
	return norm.NFC.String(oneI(s))
}

// seen drops what has no width and no meaning of its own: Unicode's
// Default_Ignorable_Code_Point, and all other format characters. It also folds Cherokee,
// which cases.Fold leaves out; there the capital is the folded one.
func seen(r rune) rune {
	switch {
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	case unicode.Is(unicode.Cherokee, r):
		return unicode.ToUpper(r)
	}
	return r
}

// oneI makes one letter of every i in a folded, decomposed text: the dotless one, and the
// one that has lost its capital and kept the dot as a mark.
func oneI(s string) string {
	afterI := false // in the marks of an i
	return strings.Map(func(r rune) rune {
		switch {
		case r == dotless:
			r = 'i'
		case r == dotAbove && afterI:
			return -1
		case unicode.Is(unicode.M, r):
			return r
		}
		afterI = r == 'i'
		return r
	}, s)
}

// unicodeDomain returns a folded domain with its labels in Unicode.
func unicodeDomain(domain string) string {
	domain = strings.ReplaceAll(domain, "\u3002", ".") // another full stop of domains (UTS #46)
	labels := strings.Split(strings.TrimRight(domain, "."), ".")
	for i, label := range labels {
		labels[i] = unicodeLabel(label)
	}
	return strings.Join(labels, ".")
}

// unicodeLabel returns a folded label in Unicode. What is no label in its ASCII form stays as
// it is, and so does one that would be a new riddle: another such label, or several.
func unicodeLabel(label string) string {
	if !strings.HasPrefix(label, asciiForm) || len(label) > longestLabel {
		return label
	}
	decoded, err := idna.Punycode.ToUnicode(label)
	if err != nil || isASCII(decoded) {
		return label
	}
	decoded = folded(decoded)
	if decoded == "" || strings.HasPrefix(decoded, asciiForm) || strings.ContainsAny(decoded, "@.\u3002") {
		return label
	}
	return decoded
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
