package password

import "testing"

func TestFold(t *testing.T) {
	t.Parallel()
	for _, alike := range [][]string{
		{"Password", "PASSWORD", "p4s5w0rd", "P@$$W0RD"},
		{"little", "1itt1e", "L1tt13", "llttle"},
		{"M\u00fcller", "Mu\u0308ller", "M\u00dcLLER"},
		{"Νίκος", "ΝΊΚΟΣ", "νίκοσ"},
		{"IŞIK", "ışık"},
	} {
		for _, other := range alike[1:] {
			if fold(other) != fold(alike[0]) {
				t.Errorf("fold(%q) = %q, fold(%q) = %q; want the same", alike[0], fold(alike[0]), other, fold(other))
			}
		}
	}
	for _, c := range [][2]string{{"Tracker", "Trucker"}, {"Summer2024", "Summer2026"}, {"a b", "ab"}, {"Muller", "Müller"}} {
		if fold(c[0]) == fold(c[1]) {
			t.Errorf("%q and %q fold alike", c[0], c[1])
		}
	}
}
