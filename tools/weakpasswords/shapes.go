package main

import (
	"embed"
	"fmt"
	"iter"
	"slices"
	"strings"
)

//go:embed words
var files embed.FS

// words returns the words of a file in the folder of the same name.
func words(name string) []string {
	text, err := files.ReadFile("words/" + name + ".txt")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return strings.Fields(string(text))
}

// shapes returns the ways in which people make a password. Of entries that fold to the
// same text the first one stays.
func shapes() []iter.Seq[string] {
	top, names, walks, phrases := words("top"), words("names"), words("walks"), words("phrases")
	everyday := slices.Concat(words("common"), names, words("places"), walks)
	return []iter.Seq[string]{
		join(titled(top), manyEndings()),
		join(titled(top), join([]string{"@", "#"}, slices.Values(strings.Fields("1! 12! 123! 1234! 2024! 2025! 2026!")))),
		join(titled(everyday), fewEndings()),
		join(titled(phrases), slices.Values([]string{"1!", "123!"})),
		join(titled(names), around(years(1985, 2004), []string{"!"}, nil)),
		join(swapped(top), digitEndings()),
		twice(titled(top), "1!", "123!", "@1", "@123"),
		keyboardColumns(),
		ladders(),
		long(slices.Concat(top, names, walks, phrases)),
		runs(),
	}
}

// join joins each start with each ending.
func join(starts []string, endings iter.Seq[string]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, start := range starts {
			for ending := range endings {
				if !yield(start + ending) {
					return
				}
			}
		}
	}
}

// titled starts each word with a capital, as people do who must use one.
func titled(words []string) []string {
	titles := make([]string, len(words))
	for i, word := range words {
		titles[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return titles
}

// swapped puts a symbol for a letter, as in "P@ssword" and "Pas$word", where it
// is the only symbol.
func swapped(words []string) []string {
	var all []string
	for _, word := range titled(words) {
		for _, swap := range [][2]string{{"a", "@"}, {"s", "$"}} {
			if with := strings.Replace(word, swap[0], swap[1], 1); with != word {
				all = append(all, with)
			}
		}
	}
	return all
}

// manyEndings returns the endings for the words that most people choose.
func manyEndings() iter.Seq[string] {
	numbers := slices.Concat(
		strings.Fields("1 12 123 1234 12345 123456 1234567 12345678 123456789 01 007 321"),
		years(2020, 2027),
	)
	return around(numbers, strings.Fields("! @ # $ . !!"), strings.Fields("@ # ! _ -"))
}

// fewEndings returns the endings for all other words.
func fewEndings() iter.Seq[string] {
	return around(slices.Concat(strings.Fields("1 123 1234 12345"), years(2023, 2026)), []string{"!"}, []string{"@"})
}

func digitEndings() iter.Seq[string] {
	return slices.Values(slices.Concat(strings.Fields("123 1234 12345 123456"), years(2024, 2026)))
}

// around returns each number with each symbol of after behind it, and with each of before
// in front of it.
func around(numbers, after, before []string) iter.Seq[string] {
	var all []string
	for _, number := range numbers {
		for _, symbol := range after {
			all = append(all, number+symbol)
		}
		for _, symbol := range before {
			all = append(all, symbol+number)
		}
	}
	return slices.Values(all)
}

func years(first, last int) []string {
	var all []string
	for year := first; year <= last; year++ {
		all = append(all, fmt.Sprint(year))
	}
	return all
}

// twice returns short passwords that are doubled, as people do to make them long, and
// doubled words with an ending.
func twice(words []string, endings ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, word := range words {
			for _, ending := range endings {
				short := word + ending
				if !yield(short+short) || !yield(word+word+ending) {
					return
				}
			}
		}
	}
}

// keyboardColumns returns walks down the columns of keys, some with shift: "1qaz@WSX3edc".
func keyboardColumns() iter.Seq[string] {
	down := strings.Fields("1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 0p;/")
	shifted := strings.Fields("!QAZ @WSX #EDC $RFV %TGB ^YHN &UJM *IK< (OL> )P:?")
	return func(yield func(string) bool) {
		for columns := 3; columns <= 4; columns++ {
			for first := 0; first+columns <= len(down); first++ {
				for shifts := range 1 << columns {
					var walk strings.Builder
					for i := range columns {
						if shifts>>i&1 == 1 {
							walk.WriteString(shifted[first+i])
						} else {
							walk.WriteString(down[first+i])
						}
					}
					if !yield(walk.String()) {
						return
					}
				}
			}
		}
	}
}

// ladders returns passwords that climb the digits, and climb them again with shift:
// "Abc123!@#".
func ladders() iter.Seq[string] {
	const digits, symbols = "1234567890", "!@#$%^&*()"
	return func(yield func(string) bool) {
		for _, word := range strings.Fields("A Aa Ab Abc Abcd Abcde Abcdef Aaa Aabb Asd Asdf Asdfg Qaz Qwe Qwer Qwert Qwerty Zaq Zaq12wsx Zxc Zxcv Test Pass Admin Hello") {
			for n := 1; n <= len(digits); n++ {
				for _, password := range []string{
					word + digits[:n] + symbols[:n],
					word + symbols[:n] + digits[:n],
					word + digits[:n] + "!", word + digits[:n] + "@", word + "@" + digits[:n], word + "!" + digits[:n],
					digits[:n] + symbols[:n] + word,
					digits[:n] + word + symbols[:n],
					digits[:n] + word + "!",
					strings.Repeat(word+digits[:n]+"!", 2), strings.Repeat(word+digits[:n]+"!", 3),
					strings.Repeat(word+digits[:n]+symbols[:n], 2),
				} {
					if !yield(password) {
						return
					}
				}
			}
		}
	}
}

// long returns what people choose where only the length counts.
func long(words []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, word := range words {
			for _, password := range []string{
				word, word + "1", word + "123", word + "12345", word + "123456789", word + "1234567890",
				word + word, word + word + "123", word + word + word,
			} {
				if !yield(password) {
					return
				}
			}
		}
	}
}

// runs returns repetitions of one character, or of a few in their order.
func runs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, unit := range strings.Fields(
			"0 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l m n o p q r s t u v w x y z . - * ! " +
				"01 12 10 69 ab xy ha aa11 abc 123 321 111222 1234 4321 12345 54321 123456 654321 112233 121212 1234567890 0123456789 0987654321 " +
				"abc123 123abc a1b2c3 qwe123 123qwe asd123 qwerty1 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx q1w2e3r4 pass1234 test1234",
		) {
			for length := 15; length <= 32; length++ {
				if !yield(strings.Repeat(unit, length/len(unit)+1)[:length]) {
					return
				}
			}
		}
		for _, unit := range strings.Fields("Aa1! Aa1@ Ab1! Ab12! Abc1! Aa12! Aa123! Qw1! Qwe1! Qwe123! Abc123! Asd123! A1b2! A1b2c3! Pass1! Test1! 1Qaz! 1q2w3e4R! Q1w2e3r4!") {
			for times := 2; times <= 6; times++ {
				if !yield(strings.Repeat(unit, times)) {
					return
				}
			}
		}
	}
}
