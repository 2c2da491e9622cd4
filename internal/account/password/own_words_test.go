package password

import "testing"

// goodPassword is good under both policies, and nobody's own word.
const goodPassword = "Tracker-2026-ü"

func TestOwnWords(t *testing.T) {
	t.Parallel()
	const (
		name    = "must not contain your name"
		email   = "must not contain a word of your e-mail address"
		service = "must not contain the name raterhub"
	)
	ann := Person{Email: "ann.marple7@st-mary-mead.co.uk", FirstName: "Anna-Maria Zo\u00eb", LastName: "O'Hara Marple"}
	for _, c := range []struct {
		name     string
		person   Person
		password string
		want     string
	}{
		{"nothing of them", ann, "Kestrel-orbit-7-Lumen!", ""},
		{"first name", ann, "Kestrel-Anna-7!", name},
		{"second part of a double name", ann, "xxMARIAxx-7!", name},
		{"last name", ann, "o-hara-kestrel-7", name},
		{"name and e-mail", ann, "Marple-7-kestrel", name},
		{"name with leet", ann, "K-m@R1@-7-kestrel", name},
		{"name in the middle of a word", ann, "SantaMariana-77", name},
		{"a short name may be", ann, "Kestrel-Zo\u00eb-7!", ""},
		{"name, composed and decomposed", Person{FirstName: "Zo\u00ebe"}, "kestrel-zoe\u0308e-7", name},
		{"name of a last sigma", Person{LastName: "Νίκος"}, "ΝΊΚΟΣ-kestrel-7", name},
		{"name of vowel marks", Person{FirstName: "\u0926\u0940\u092a\u093f\u0915\u093e"}, "x\u0926\u0940\u092a\u093f\u0915\u093ex", name},
		{"characters, not bytes", Person{FirstName: "\u5bc6\u7801\u5bc6"}, "\u5bc6\u7801\u5bc6-kestrel-7", ""},
		{"word of the address", ann, "Kestrel-Marple7-orbit", name},
		{"local part", Person{Email: "agatha_christie@example.com"}, "Kestrel-CHR1ST1E-7", email},
		{"with a tag", Person{Email: "ann+orient@example.com"}, "Kestrel-Orient-7", email},
		{"domain", ann, "Kestrel-Mary-7!", email},
		{"last label may be", Person{Email: "ann@example.online"}, "Kestrel-Online-7", ""},
		{"last but one may not", Person{Email: "ann@example.online.org"}, "Kestrel-Online-7", email},
		{"only label", Person{Email: "ann@localhost"}, "Kestrel-l0calh0st-7", email},
		{"an at sign in quotes", Person{Email: `"a@orient"@example.com`}, "Kestrel-Orient-7", email},
		{"words over the at sign", Person{Email: "ori@ent.com"}, "Kestrel-orient-7", ""},
		{"no address", Person{}, "Kestrel-orbit-7", ""},
		{"the service", Person{}, "R4terHub-2026-ok", service},

		{"of the tests", Person{Email: "ann@example.com"}, goodPassword, ""},
		{"of the API's tests", Person{Email: "ada@example.org"}, "Correct-Horse-7-Battery", ""},
		{"of the browser's tests", Person{Email: "rater-17@example.com"}, "Kestrel-orbit-7-Lumen!", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ownWordProblem(c.person, c.password); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
