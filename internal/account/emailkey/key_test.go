package emailkey_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
)

func TestSpellingsOfOneAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, key string
		spellings []string
	}{
		{"plain", "ann@example.com", []string{"ann@example.com", "ANN@Example.COM"}},
		{"full width", "ann@example.com", []string{"ａｎｎ@example.com", "ＡＮＮ＠ｅｘａｍｐｌｅ．ｃｏｍ"}},
		{"other forms", "ann@example.com", []string{"𝐚𝐧𝐧@example.com", "ⓐⓝⓝ@example.com", "ᴬnn@example.com"}},
		{"composed and not", "zoë@example.com", []string{"zo\u00eb@example.com", "zoe\u0308@example.com", "ZOE\u0308@example.com"}},
		{"marks in either order", "ạ\u0302@x.org", []string{"a\u0323\u0302@x.org", "a\u0302\u0323@x.org", "\u1ead@x.org"}},
		{"full folding", "strasse@x.org", []string{"straße@x.org", "STRASSE@x.org", "straẞe@x.org", "ſtrasse@x.org"}},
		{"ligatures", "fluffig@x.org", []string{"ﬂuﬃg@x.org"}},
		{"signs that are letters", "kåre@x.org", []string{"\u212a\u212bre@x.org", "kåre@x.org"}},
		{"final sigma", "οδυσσεύσ@x.org", []string{"Οδυσσεύς@x.org", "οδυσσεύσ@x.org", "ΟΔΥΣΣΕΎΣ@x.org"}},
		{"iota below", "ωι@x.org", []string{"ῳ@x.org", "ωι@x.org", "ῼ@x.org"}},
		{"invisible", "ann@x.org", []string{"a\u00adnn@x.org", "a\u200bnn@x.org", "ann\ufe0f@x.org", "a\u034fnn@x.org", "a\u115fnn@\u3164x.org", "ann\U000e0061@x.org"}},
		{"Cherokee", "Ꭰ@x.org", []string{"ꭰ@x.org", "Ꭰ@x.org"}},

		{"i", "iris@mail.example", []string{
			"iris@mail.example", "IRIS@MAIL.EXAMPLE", "ırıs@mail.example", "İRİS@MAİL.EXAMPLE",
			"i\u0307ris@mail.example", "I\u0307RI\u0307S@mail.example", "ı\u0307ris@ma\u0131l.example", "𝚤ris@mail.example", "ⅰris@mail.example",
		}},
		{"i with another mark", "í@x.org", []string{"í@x.org", "Í@x.org", "ı\u0301@x.org", "i\u0307\u0301@x.org", "İ\u0301@x.org"}},
		{"i with a dot below", "ị@x.org", []string{"ị@x.org", "İ\u0323@x.org", "ı\u0323@x.org", "i\u0323\u0307@x.org"}},

		{"xn--", "ann@bücher.example", []string{"ann@xn--bcher-kva.example", "ann@bücher.example", "ann@BU\u0308CHER.example", "ann@XN--BCHER-KVA.example"}},
		{"xn-- of ß", "ann@strasse.example", []string{"ann@xn--strae-oqa.example", "ann@straße.example", "ann@strasse.example"}},
		{"xn-- of a dotless i", "ann@mail.example", []string{"ann@xn--mal-kua.example", "ann@maıl.example"}},
		{"Cyrillic", "жанна@пример.рф", []string{"ЖАННА@xn--e1afmkfd.xn--p1ai", "жанна@пример.рф"}},
		{"other full stops", "ann@x.org", []string{"ann@x。org", "ann@x．org", "ann@x｡org", "ann@x.org。"}},
	} {
		for _, spelling := range c.spellings {
			if got := emailkey.Of(spelling); got != norm.NFC.String(c.key) {
				t.Errorf("%s: the key of %+q is %+q, want %+q", c.name, spelling, got, c.key)
			}
		}
	}
}

// What is different stays different. The last ones look alike, and no key tells so.
func TestDifferentAddresses(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, address := range []string{
		"ann@example.com", "anne@example.com", "ann@example.org", "ann+rater@example.com", "a.nn@example.com", "ann@exam.ple.com",
		"zoe@example.com", "zoë@example.com", "ż@example.com", "z@example.com", "j@example.com", "ȷ@example.com", "l@example.com",
		"ann@xn--bcher-kva.example", "xn--bcher-kva@x.org", "bücher@x.org", // a name is no domain
		"ann@xn--.org", "ann@xn--abc-.org", "ann@abc.org", "ann@xn--99999999.org", // no labels in ASCII form
		"аnn@example.com", // a Cyrillic a
		"αnn@example.com", // a Greek alpha
		"іris@example.com", "iris@example.com",
	} {
		key := emailkey.Of(address)
		if other, taken := seen[key]; taken {
			t.Errorf("%q and %q have the key %q", other, address, key)
		}
		seen[key] = address
	}
}

// A label that decodes into another riddle stays as it is.
func TestRiddlesStay(t *testing.T) {
	t.Parallel()
	for _, hidden := range []string{"ｘn--bcher-kva", "a。b", "a＠b", "\u00ad\u200b"} {
		label, err := idna.Punycode.ToASCII(hidden)
		if err != nil || !strings.HasPrefix(label, "xn--") {
			t.Fatalf("%q: %q, %v", hidden, label, err)
		}
		if got, want := emailkey.Of("ann@"+label+".org"), "ann@"+label+".org"; got != want {
			t.Errorf("%q: the key is %q, want %q", hidden, got, want)
		}
	}
}

// A key fits into an index, however much one letter stands for.
func TestLongKeys(t *testing.T) {
	t.Parallel()
	local := strings.Repeat("\ufdfa", 80) // each stands for 18 letters
	first, second := emailkey.Of(local+"@x.org"), emailkey.Of(local+"@y.org")
	if len(first) > 254 || first == second || emailkey.Of(first) != first {
		t.Errorf("%q and %q", first, second)
	}
	if at := strings.Repeat("a", 242) + "@example.com"; emailkey.Of(at) != at {
		t.Errorf("the longest address has the key %q", emailkey.Of(at))
	}
}

// addresses draws texts in which everything that Of treats comes up often.
func addresses() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9.@+-]{1,6}`),
		rapid.SampledFrom([]string{
			"i", "I", "ı", "İ", "\u0307", "\u0301", "\u0323", "\u0345", "ß", "ẞ", "ſ", "ﬃ", "\u212a", "ς", "Σ", "ΐ", "ᾳ", "\u00ad", "\u200d", "\ufe0f",
			"\u3164", "xn--", "xn--bcher-kva", "XN--mal-kua", "。", "．", "＠", "@", "ⅸ", "Ǆ", "각", "ᄀ", "ᅡ", "\u0f71\u0f72", "\u0f81", "\U0001f1e6",
		}),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 3), func(b []byte) string { return string(b) }),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 8), func(pieces []string) string { return strings.Join(pieces, "") })
}

// A key is its own key, and one of a text that an index and a log can hold.
func requireKey(t interface{ Errorf(string, ...any) }, address string) {
	key := emailkey.Of(address)
	if again := emailkey.Of(key); again != key {
		t.Errorf("%+q has the key %+q, and that has %+q", address, key, again)
	}
	if len(key) > 254 || !utf8.ValidString(key) || !norm.NFC.IsNormalString(key) {
		t.Errorf("%+q has the key %+q", address, key)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return unicode.Is(unicode.Cf, r) || r == '\u0131' }) {
		t.Errorf("%+q has the key %+q", address, key)
	}
}

func TestKeysAreStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { requireKey(t, addresses().Draw(t, "address")) })
}

// Every character has the key of the other case, and is stable where marks and dots around
// it may join it.
func TestKeysOfEveryCharacter(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.Co, unicode.Unified_Ideograph, unicode.Hangul) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C) {
			continue // many, and all alike
		}
		character := string(r)
		key := emailkey.Of(character)
		if other := unicode.SimpleFold(r); other != r && emailkey.Of(string(other)) != key {
			t.Errorf("%U and %U have different keys", r, other)
		}
		if key != character || unicode.Is(unicode.M, r) {
			requireKey(t, "i"+character+"\u0307\u0301@x."+character)
		}
	}
}

// What has no bearing on which address it is has none on the key.
func TestSpellingsShareTheKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := strings.ToValidUTF8(addresses().Draw(t, "address"), "?")
		want := emailkey.Of(address)
		composed := norm.NFC.String(address) // the iota below a letter is a letter in capitals, and no longer moves
		for name, spelling := range map[string]string{
			"NFC": norm.NFC.String(address), "NFD": norm.NFD.String(address),
			"NFKC": norm.NFKC.String(address), "NFKD": norm.NFKD.String(address),
			"lower": strings.ToLower(address), "upper": strings.ToUpper(composed),
			"Turkish lower": strings.ToLowerSpecial(unicode.TurkishCase, address),
			"Turkish upper": strings.ToUpperSpecial(unicode.TurkishCase, composed),
		} {
			if got := emailkey.Of(spelling); got != want {
				t.Errorf("%+q has the key %+q, and in %s, %+q, it has %+q", address, want, name, spelling, got)
			}
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{
		"", "@", "ann@example.com", "İRIS@MAİL.EXAMPLE", "ı\u0307\u0323@x.org", "straße@xn--strae-oqa.example", "ＡＮＮ＠ｘ。org",
		"a\u00ad\ufe0f\u3164@x.org", "ann@xn--bcher-kva.xn--p1ai", "ann@xn--xn--bcher-kva-.org", "ann@xn--\xff", "\u0345\u0301@\u0345",
		strings.Repeat("\ufdfa", 80) + "@x.org", "ann@..", "\U000e0100@\u0307i\u0307", "ΐ@ᾳ.ss",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		requireKey(t, address)
		if utf8.ValidString(address) {
			if got, want := emailkey.Of(norm.NFD.String(address)), emailkey.Of(address); got != want {
				t.Errorf("%+q has the key %+q, and decomposed %+q", address, want, got)
			}
		}
	})
}
