package account

import (
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode"
)

// FuzzEmail registers any e-mail address. It is refused with a reason, or kept in a spelling that
// is its own, that a mail can be sent to, and that leaves the text around it alone.
func FuzzEmail(f *testing.F) {
	for _, seed := range []string{
		"", " ", "@", "ann", "ann@", "@example.com", "ann@example.com", "  Ann.Lee@Example.COM\n", "ann+rater@example.com", "ann@localhost",
		"Жанна@пример.рф", "ann@b@example.com", "Ann <ann@example.com>", "<ann@example.com>", "ann@example.com (Ann)", "(a)ann@example.com",
		"ann@example.com, bob@example.com", "staff: ann@example.com;", `"ann lee"@example.com`, `"ann"@example.com`, `"a\"b"@example.com`,
		"ann lee@example.com", "ann@[192.0.2.1]", "ann@[IPv6:2001:db8::1]", "ann..lee@example.com", ".ann@example.com", "ann@example.com.", "ann@-example.com",
		"ann@example.com\r\nBcc: bob@example.com", "ann\x00@example.com", "ann\xff@example.com", "ann\u202e@example.com", "ann\u200e@example.com",
		"ann@exam\u200bple.com", "\u00a0ann@example.com", "ann\u2004@example.com", "ann@example.com\u2028", "İ@example.com", "ı@example.com", "ſ@example.com", "K@example.com",
		"ﬀ@example.com", "ａｎｎ＠example.com", "ann@ｅxample.com", "ann@example。com", "e\u0301@example.com", "é@example.com", "ẞ@example.com",
		"=?utf-8?q?ann?=@example.com", "=?utf-8?q?x?= <ann@example.com>", strings.Repeat("a", 242) + "@example.com", strings.Repeat("a", 243) + "@example.com",
		strings.Repeat("Ⱥ", 120) + "@x.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		email, problem := cleanEmail(raw)
		if problem != "" {
			if email != "" {
				t.Errorf("%q is refused and still kept as %q", raw, email)
			}
			return
		}
		if again, problem := cleanEmail(email); again != email || problem != "" {
			t.Errorf("%q is kept as %q, which is read as %q %q", raw, email, again, problem)
		}
		if spaced, problem := cleanEmail("\t" + email + " "); spaced != email || problem != "" {
			t.Errorf("%q with spaces is read as %q %q", email, spaced, problem)
		}
		if address, err := mail.ParseAddress(email); err != nil || address.Address != email || address.Name != "" {
			t.Errorf("%q is not one address: %+v, %v", email, address, err)
		}
		if at := strings.Count(email, "@"); at != 1 || strings.HasPrefix(email, "@") || strings.HasSuffix(email, "@") {
			t.Errorf("%q has %d at signs", email, at)
		}
		if len(email) > maxEmailSize || !PlainText(email) || strings.ContainsFunc(email, unicode.IsSpace) || strings.ContainsFunc(email, isFormat) {
			t.Errorf("kept %q", email)
		}
	})
}

// FuzzTimezone chooses any time zone. One that is accepted can be loaded, is none of the machine's
// own, and is accepted again.
func FuzzTimezone(f *testing.F) {
	for _, seed := range []string{
		"", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+12", "Asia/Kathmandu", "EST5EDT", "Zulu",
		"Local", "local", "localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin", "Berlin", "Europe", "+02:00", "../UTC", "Europe/../UTC",
		"/etc/passwd", "/", ".", "..", `Europe\Berlin`, "./UTC", "Europe//Berlin", "UTC/", "zone.tab", "tzdata.zi", "leapseconds", "\xff", "UTC\x00", " UTC", "UTC\n",
		"utc", "europe/berlin", "Europe/Berlin\u200b", strings.Repeat("A", 65),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		zone, problem := checkTimezone(name)
		if problem != "" {
			if zone != "" {
				t.Errorf("%q is refused and still kept as %q", name, zone)
			}
			return
		}
		if again, problem := checkTimezone(zone); zone != name || again != zone || problem != "" {
			t.Errorf("%q is kept as %q, which is read as %q %q", name, zone, again, problem)
		}
		if loaded, err := time.LoadLocation(zone); err != nil || loaded == time.Local || loaded.String() != zone {
			t.Errorf("%q is loaded as %v, %v", zone, loaded, err)
		}
		if strings.Trim(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/") != "" || strings.HasPrefix(zone, "/") || len(zone) > maxTimezoneSize {
			t.Errorf("accepted %q", zone)
		}
		if weeks, problem := checkWeekZone(zone); weeks != zone || problem != "" {
			t.Errorf("as the zone of weeks %q is read as %q %q", zone, weeks, problem)
		}
	})
}
