package password

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every entry is needed: no other folds to the same text, and one of the policies would
// accept it. The order is that of the look-up.
func TestWeakPasswordsAreOfUse(t *testing.T) {
	t.Parallel()
	composed, free := Policy{composition: true}, Policy{}
	entries := newWeakPasswords()
	passComposed, passFreeOnly := 0, 0
	for i, entry := range entries {
		if i > 0 && fold(entries[i-1]) >= fold(entry) {
			t.Errorf("%q comes after %q: not sorted by fold, or alike", entry, entries[i-1])
		}
		switch {
		case composed.problem(entry) == "":
			passComposed++
		case free.problem(entry) == "":
			passFreeOnly++
		default:
			t.Errorf("%q is refused anyway", entry)
		}
	}
	if passComposed < 3_000 || passFreeOnly < 1_000 {
		t.Errorf("%d entries pass with composition, %d by length alone; want 3,000 and 1,000", passComposed, passFreeOnly)
	}
	t.Logf("%d entries pass with composition, %d more by length alone", passComposed, passFreeOnly)
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	entries := newWeakPasswords()
	refused := append([]string{
		"Password123!", "P@ssw0rd123!", "p@SSw0rd1234", "Pa$$w0rd1234", "Welcome@2026", "Summer2026!!", "Pas$word2026",
		"Qwerty123456!", "1qaz@WSX3edc", "!QAZ2wsx#EDC", "Abc123!Abc123!", "Iloveyou123!", "1l0vey0u123!",
		"Liverpool123!", "Christopher1!", "Elizabeth1990!", "Aa123456789!", "Admin@123456", "Changeme123!",
		"passwordpassword", "qwertyuiopasdfgh", "123456789012345", "aaaaaaaaaaaaaaa", "correcthorsebatterystaple",
	}, entries[0], entries[1], entries[len(entries)/2], entries[len(entries)-1])
	for _, password := range refused {
		if !entries.contain(password) {
			t.Errorf("%q is not on the list", password)
		}
		if !entries.contain(strings.ToUpper(password)) {
			t.Errorf("%q is not on the list in upper case", password)
		}
	}
	for _, password := range []string{
		"", "\n", "a", "\U0010ffff", goodPassword, "Tracker-2026", "Correct-Horse-7-Battery", "Kestrel-orbit-7-Lumen!",
		entries[0] + "\n" + entries[1], entries[0] + "x", "x" + entries[0],
	} {
		if entries.contain(password) {
			t.Errorf("%q is on the list", password)
		}
	}
}

func TestWeakPasswordIsNotRepeated(t *testing.T) {
	t.Parallel()
	want := "is one that many people choose: take one that nobody else would think of"
	for _, composition := range []bool{true, false} {
		policy := NewPolicy(composition)
		got := []string{policy.problem("Administrator1!"), policy.problem("Kestrel-orbit-7-Lumen!")}
		if diff := cmp.Diff([]string{want, ""}, got); diff != "" {
			t.Errorf("composition %t (-want +got):\n%s", composition, diff)
		}
	}
}

func BenchmarkNewWeakPasswords(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newWeakPasswords()
	}
}

func BenchmarkWeakPasswordsContain(b *testing.B) {
	entries := newWeakPasswords()
	b.ReportAllocs()
	for b.Loop() {
		entries.contain(goodPassword)
	}
}
