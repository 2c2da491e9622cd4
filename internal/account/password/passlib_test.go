package password

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// passlibHash is an entry of testdata/passlib.json. The hashes were made by passlib 1.7.4
// with bcrypt 4.0.1, each as in
//
//	passlib.hash.bcrypt_sha256.using(rounds=4).hash(password)
//
// with few rounds, to keep the tests fast; version=1 gives the older bcrypt_sha256.
type passlibHash struct{ Name, Password, Hash string }

func passlibHashes(t *testing.T) []passlibHash {
	t.Helper()
	text, err := os.ReadFile("testdata/passlib.json")
	if err != nil {
		t.Fatal(err)
	}
	var hashes []passlibHash
	if err := json.Unmarshal(text, &hashes); err != nil {
		t.Fatal(err)
	}
	return hashes
}

func TestVerifyPasslibHashes(t *testing.T) {
	t.Parallel()
	h := NewHasher(NewPool(1), DefaultCost())
	for _, c := range passlibHashes(t) {
		t.Run(c.Name, func(t *testing.T) {
			verify := func(raw string) bool {
				typed, problem := ReadTyped(raw)
				ok, outdated, err := h.Verify(t.Context(), member(""), typed, c.Hash)
				if problem != "" || !outdated || err != nil {
					t.Errorf("problem %q, outdated = %t, %v; want none, true, nil", problem, outdated, err)
				}
				return ok
			}
			if !verify(c.Password) {
				t.Error("the password does not match")
			}
			for _, wrong := range []string{"", strings.ToUpper(c.Password), "x" + c.Password[1:], c.Hash} {
				if wrong != c.Password && verify(wrong) {
					t.Errorf("%q matches", wrong)
				}
			}
			// Plain bcrypt does not use what comes after 72 bytes.
			seesAll := !strings.HasPrefix(c.Hash, "$2") || len(c.Password) < 72
			if matches := verify(c.Password + "!"); matches == seesAll {
				t.Errorf("with a character more: matches = %t, want %t", matches, !seesAll)
			}
		})
	}
}

func TestMalformedPasslibHashes(t *testing.T) {
	t.Parallel()
	const (
		salt53 = "OlqabSBYg60qECLCD6swmOAnbAklA7tBZOt5TepzZIP8CL5YeYkSu"
		salt22 = "P98dZ.klXxav01rjAdGXju"
		key31  = "T1LLTXsgpWTBmAfETgu/HLFOIVpAgVW"
		salt   = "cK71Psf4X.s"
		key    = "7ZFSakxCgusKxXoQct9efJdnH5uC2.xX/W1HKQd0Dp4"
	)
	for _, good := range []string{
		"$pbkdf2-sha256$10000000$" + salt + "$" + key,
		"$2a$04$" + salt53, "$2b$16$" + salt53, "$2y$10$" + salt53,
		"$bcrypt-sha256$v=2,t=2b,r=4$" + salt22 + "$" + key31,
		"$bcrypt-sha256$v=2,t=2b,r=16$" + salt22 + "$" + key31,
		"$bcrypt-sha256$2a,16$" + salt22 + "$" + key31,
	} {
		if _, err := parseHash(good); err != nil {
			t.Errorf("%s is refused: %v", good, err)
		}
	}
	for name, encoded := range map[string]string{
		"pbkdf2: no rounds":            "$pbkdf2-sha256$0$" + salt + "$" + key,
		"pbkdf2: negative rounds":      "$pbkdf2-sha256$-1$" + salt + "$" + key,
		"pbkdf2: too many rounds":      "$pbkdf2-sha256$10000001$" + salt + "$" + key,
		"pbkdf2: rounds overflow":      "$pbkdf2-sha256$18446744073709551617$" + salt + "$" + key,
		"pbkdf2: leading zero":         "$pbkdf2-sha256$01000$" + salt + "$" + key,
		"pbkdf2: rounds are no number": "$pbkdf2-sha256$many$" + salt + "$" + key,
		"pbkdf2: plain base64":         "$pbkdf2-sha256$1000$cK71Psf4X+s$" + key,
		"pbkdf2: padded":               "$pbkdf2-sha256$1000$" + salt + "=$" + key,
		"pbkdf2: loose bits":           "$pbkdf2-sha256$1000$cK71Psf4X.t$" + key,
		"pbkdf2: no salt":              "$pbkdf2-sha256$1000$$" + key,
		"pbkdf2: short salt":           "$pbkdf2-sha256$1000$cK71Psf4X$" + key,
		"pbkdf2: long salt":            "$pbkdf2-sha256$1000$" + strings.Repeat("AAAA", 22) + "$" + key,
		"pbkdf2: short key":            "$pbkdf2-sha256$1000$" + salt + "$" + key[:42],
		"pbkdf2: long key":             "$pbkdf2-sha256$1000$" + salt + "$" + key[:40] + strings.Repeat("AAAA", 100),
		"pbkdf2: no key":               "$pbkdf2-sha256$1000$" + salt,
		"pbkdf2: trailing part":        "$pbkdf2-sha256$1000$" + salt + "$" + key + "$",
		"pbkdf2: of SHA-512":           "$pbkdf2-sha512$1000$" + salt + "$" + key,

		"bcrypt: cost of 3":        "$2b$03$" + salt53,
		"bcrypt: cost of 17":       "$2b$17$" + salt53,
		"bcrypt: cost of 31":       "$2b$31$" + salt53,
		"bcrypt: short cost":       "$2b$4$" + salt53,
		"bcrypt: signed cost":      "$2b$+4$" + salt53,
		"bcrypt: no cost":          "$2b$" + salt53,
		"bcrypt: broken variant":   "$2x$04$" + salt53,
		"bcrypt: without variant":  "$2$04$" + salt53,
		"bcrypt: short":            "$2b$04$" + salt53[1:],
		"bcrypt: long":             "$2b$04$" + salt53 + ".",
		"bcrypt: nothing more":     "$2b$04$",
		"bcrypt: foreign letter":   "$2b$04$" + salt53[:20] + "+" + salt53[21:],
		"bcrypt: trailing newline": "$2b$04$" + salt53[:52] + "\n",
		"bcrypt: trailing part":    "$2b$04$" + salt53 + "$",

		"bcrypt-sha256: cost of 17":      "$bcrypt-sha256$v=2,t=2b,r=17$" + salt22 + "$" + key31,
		"bcrypt-sha256: cost of 3":       "$bcrypt-sha256$2b,3$" + salt22 + "$" + key31,
		"bcrypt-sha256: leading zero":    "$bcrypt-sha256$v=2,t=2b,r=04$" + salt22 + "$" + key31,
		"bcrypt-sha256: no cost":         "$bcrypt-sha256$v=2,t=2b,r=$" + salt22 + "$" + key31,
		"bcrypt-sha256: version 3":       "$bcrypt-sha256$v=3,t=2b,r=4$" + salt22 + "$" + key31,
		"bcrypt-sha256: version 2 of 2a": "$bcrypt-sha256$v=2,t=2a,r=4$" + salt22 + "$" + key31,
		"bcrypt-sha256: variant 2y":      "$bcrypt-sha256$2y,4$" + salt22 + "$" + key31,
		"bcrypt-sha256: trailing text":   "$bcrypt-sha256$2b,4,x$" + salt22 + "$" + key31,
		"bcrypt-sha256: other division":  "$bcrypt-sha256$2b,4$" + salt22 + "T$" + key31[1:],
		"bcrypt-sha256: no salt":         "$bcrypt-sha256$2b,4$$" + key31,
		"bcrypt-sha256: short key":       "$bcrypt-sha256$2b,4$" + salt22 + "$" + key31[1:],
		"bcrypt-sha256: no key":          "$bcrypt-sha256$2b,4$" + salt22,
		"bcrypt-sha256: nothing more":    "$bcrypt-sha256",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseHash(encoded); !errors.Is(err, ErrMalformedHash) {
				t.Errorf("got %v, want ErrMalformedHash", err)
			}
		})
	}
}
