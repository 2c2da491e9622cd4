package password

import (
	_ "embed" // the list below
	"slices"
	"strings"
)

//go:generate go run ../../../tools/weakpasswords weak_passwords.txt

// weakText has one password a line, sorted by fold.
//
//go:embed weak_passwords.txt
var weakText string

// weakPasswords is the offline list of passwords that many people choose and that pass
// the other rules of a policy. The entries are slices of the embedded text, so they take
// about 400 KiB more, and are made in about a millisecond.
type weakPasswords []string

func newWeakPasswords() weakPasswords {
	return strings.Split(strings.TrimSuffix(weakText, "\n"), "\n")
}

// contain reports whether an entry folds like password.
func (w weakPasswords) contain(password string) bool {
	_, found := slices.BinarySearchFunc(w, fold(password), func(entry, folded string) int {
		return strings.Compare(fold(entry), folded)
	})
	return found
}
