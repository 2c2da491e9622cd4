package password

import "testing"

// Every generated password would be accepted from a person too.
func TestGeneratedPasswordIsGood(t *testing.T) {
	t.Parallel()
	ann := Person{Email: "ann@example.com"}
	for range 200 {
		generated := Generate()
		normalised, problem := Normalise(generated)
		if problem != "" {
			t.Fatalf("%q %s", generated, problem)
		}
		if problem := NewPolicy(true).Problem(ann, normalised); problem != "" {
			t.Fatalf("%q %s", generated, problem)
		}
	}
}
