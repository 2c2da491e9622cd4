package token

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// FuzzReadToken reads any text. Without the key nobody makes a token: what is read must be one
// of the two that were issued, byte for byte.
func FuzzReadToken(f *testing.F) {
	clock, secret := newClock(), rand.Text() // a process that fuzzes makes both tokens anew
	tokens := NewAccess(mustKeys(f, secret, ""), time.Hour, clock.now)
	holder := Holder{ID: 7, Email: "ann@example.com", Role: "admin"}
	login, err := tokens.Issue(holder, clock.now())
	if err != nil {
		f.Fatal(err)
	}
	device, err := tokens.IssueToDevice(holder, uuid.NewString(), clock.now())
	if err != nil {
		f.Fatal(err)
	}
	foreign, err := NewAccess(mustKeys(f, "another", ""), time.Hour, clock.now).Issue(holder, clock.now())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		login.Signed, device.Signed, foreign.Signed, "", "..", "a.b.c", login.Signed + "=", login.Signed + "\n", " " + login.Signed,
		strings.TrimRight(login.Signed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
	} {
		f.Add(seed)
	}
	// The last letter of a signature has two bits that mean nothing: other letters are other
	// spellings of the same bytes.
	for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		f.Add(login.Signed[:len(login.Signed)-1] + string(last))
	}
	f.Fuzz(func(t *testing.T, signed string) {
		// A reader of its own, because one that has read a token keeps it.
		ref, err := NewAccess(mustKeys(t, secret, ""), time.Hour, clock.now).Read(signed)
		isIssued := signed == login.Signed || signed == device.Signed
		if isIssued != (err == nil) {
			t.Fatalf("%q: %+v, %v", signed, ref, err)
		}
		if err != nil && (!errors.Is(err, ErrInvalid) || ref != (Ref{})) {
			t.Errorf("%q is refused with %v and %+v", signed, err, ref)
		}
	})
}

// FuzzCSRF checks any pair of a submitted token and a cookie: only a token that was issued may
// pass, beside its own cookie or, where none is needed, without one.
func FuzzCSRF(f *testing.F) {
	clock := newClock()
	csrf := NewCSRF(mustKeys(f, rand.Text(), ""), clock.now)
	token := csrf.Token()
	forged := NewCSRF(mustKeys(f, "forged", ""), clock.now).Token()
	for _, pair := range [][2]string{{token, token}, {token, ""}, {"", token}, {"", ""}, {forged, forged}, {token + "=", token + "="}, {".", "."}} {
		f.Add(pair[0], pair[1], true)
		f.Add(pair[0], pair[1], false)
	}
	f.Fuzz(func(t *testing.T, submitted, cookie string, cookieRequired bool) {
		may := submitted == token && (cookie == token || cookie == "" && !cookieRequired)
		err := csrf.Check(submitted, cookie, cookieRequired)
		if may != (err == nil) || err != nil && !errors.Is(err, ErrCSRF) {
			t.Errorf("%q beside %q, required %t: %v", submitted, cookie, cookieRequired, err)
		}
	})
}
