package account

import "testing"

// All spellings of an address are counted together, whether somebody has it or not: the
// count tells nothing about that. What is no address is counted as it is.
func TestAccountKey(t *testing.T) {
	t.Parallel()
	iris := User{ID: 1, Email: "ırıs@example.com", EmailKey: "iris@example.com"}
	for _, spelling := range []string{"iris@example.com", " IRIS@example.com", "İris@Example.com", "i\u0307ris@example.com"} {
		if accountKey(User{}, spelling) != accountKey(iris, "") {
			t.Errorf("%q is counted by itself while nobody has it", spelling)
		}
	}
	seen := make(map[string]string)
	for _, other := range []string{"iris@example.com", "jris@example.com", "not an address", "NOT AN ADDRESS", ""} {
		key := accountKey(User{}, other)
		if seen[key] != "" {
			t.Errorf("%q is counted with %q", other, seen[key])
		}
		seen[key] = other
	}
}
