package token

import (
	"strings"
	"testing"
	"time"
)

// All claims of a token say that it is a login's, or all say that it is a device's.
func TestTokenIsOfLoginOrDevice(t *testing.T) {
	t.Parallel()
	const device = "00000000-0000-4000-8000-00000000000a"
	clock, holder := newClock(), Holder{ID: 7, Email: "ann@example.com", Role: "user"}
	tokens := NewAccess(mustKeys(t, "secret", ""), time.Hour, clock.now)
	for _, test := range []struct {
		audience      []string
		scope, device string
		want          bool
	}{
		{[]string{tokenParty}, "", "", true},
		{[]string{widgetParty}, widgetScope, device, true},
		{[]string{tokenParty}, widgetScope, device, false},
		{[]string{tokenParty}, "", device, false},
		{[]string{tokenParty}, widgetScope, "", false},
		{[]string{tokenParty}, "admin", "", false},
		{[]string{tokenParty, widgetParty}, widgetScope, device, false},
		{[]string{tokenParty, widgetParty}, "", "", false},
		{[]string{widgetParty}, "", "", false},
		{[]string{widgetParty}, "", device, false},
		{[]string{widgetParty}, widgetScope, "", false},
		{[]string{widgetParty}, "widget admin", device, false},
		{[]string{widgetParty}, widgetScope, strings.ToUpper(device), false},
		{[]string{widgetParty}, widgetScope, "x", false},
		{[]string{"another"}, "", "", false},
	} {
		own := claims{RegisteredClaims: registeredClaims(holder, "", clock.now(), time.Minute), Scope: test.scope, Device: test.device}
		own.Audience = test.audience
		issued, err := tokens.sign(holder, own)
		if err != nil {
			t.Fatal(err)
		}
		ref, err := tokens.Read(issued.Signed)
		if (err == nil) != test.want || err == nil && ref.DeviceID != test.device {
			t.Errorf("%+v: %+v, %v", test, ref, err)
		}
		if again, _ := tokens.Read(issued.Signed); again != ref {
			t.Errorf("%+v: read again as %+v, was %+v", test, again, ref)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	clock := newClock()
	tokens := NewAccess(mustKeys(b, "secret", ""), time.Hour, clock.now)
	issued, err := tokens.Issue(Holder{ID: 7, Email: "ann@example.com"}, clock.now())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Read(issued.Signed); err != nil {
			b.Fatal(err)
		}
	}
}
