package factor

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"
)

// rfcSecret is the secret of the SHA-1 vectors of RFC 6238, appendix B.
var rfcSecret = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   int64  // seconds since 1970
		code string // eight digits; the last six are the shorter code
		step int64
	}{
		{59, "94287082", 0x1},
		{1111111109, "07081804", 0x23523EC},
		{1111111111, "14050471", 0x23523ED},
		{1234567890, "89005924", 0x273EF07},
		{2000000000, "69279037", 0x3F940AA},
		{20000000000, "65353130", 0x27BC86AA},
	} {
		if step, ok := VerifyTOTP(rfcSecret, c.code[2:], time.Unix(c.at, 0), 0); !ok || step != c.step {
			t.Errorf("at %d: got step %#x, %t; want %#x", c.at, step, ok, c.step)
		}
		if step, ok := VerifyTOTP(rfcSecret, c.code, time.Unix(c.at, 0), 0); ok {
			t.Errorf("at %d: eight digits are accepted for step %#x", c.at, step)
		}
	}
}

// codeOf returns the code that an app shows at an instant.
func codeOf(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestTOTPWindow(t *testing.T) {
	t.Parallel()
	begin := time.Unix(1111111110, 0) // of step 37037037
	const current = 37037037
	secret := NewTOTPSecret()
	code := codeOf(t, secret, begin)
	for _, c := range []struct {
		name string
		late time.Duration // of the server's clock
		last int64
		ok   bool
	}{
		{"at the step's begin", 0, 0, true},
		{"at its end", 30*time.Second - 1, 0, true},
		{"in the next step", 30 * time.Second, 0, true},
		{"at the end of the next step", 60*time.Second - 1, 0, true},
		{"two steps later", 60 * time.Second, 0, false},
		{"from a phone ahead by a step", -30 * time.Second, 0, true},
		{"from a phone ahead by more", -30*time.Second - 1, 0, false},
		{"after the code before it", 0, current - 1, true},
		{"again", 0, current, false},
		{"again, in the next step", 30 * time.Second, current, false},
		{"after a later code", 0, current + 1, false},
	} {
		want := int64(0)
		if c.ok {
			want = current
		}
		if step, ok := VerifyTOTP(secret, code, begin.Add(c.late), c.last); ok != c.ok || step != want {
			t.Errorf("%s: got step %d, %t; want %d, %t", c.name, step, ok, want, c.ok)
		}
	}
}

// Two close steps sometimes have the same code: then the later one counts.
func TestTOTPCountsTheLaterOfTwoSteps(t *testing.T) {
	t.Parallel()
	at := time.Unix(50424280*totpPeriod, 0)
	code := codeOf(t, rfcSecret, at)
	if codeOf(t, rfcSecret, at.Add(totpPeriod*time.Second)) != code {
		t.Fatal("the codes differ: the case tests nothing")
	}
	if step, ok := VerifyTOTP(rfcSecret, code, at, 0); !ok || step != 50424280+1 {
		t.Errorf("got step %d, %t; want %d", step, ok, 50424280+1)
	}
}

func TestTOTPSpellings(t *testing.T) {
	t.Parallel()
	now := time.Unix(1111111109, 0) // 081804
	for _, c := range []struct {
		code string
		ok   bool
	}{
		{"081804", true},
		{"081 804", true},
		{" 08 18 04 ", true},
		{"081804      ", true},

		{"", false},
		{"      ", false},
		{"081805", false},
		{"81804", false},
		{"0081804", false},
		{"081804 0", false},
		{"081804       ", false},
		{"081-804", false},
		{"+81804", false},
		{"08180a", false},
		{"081804\x00", false},
		{"081804\n", false},
		{"081\u00a0804", false},
		{"０８１８０４", false},
		{"٠٨١٨٠٤", false},
		{strings.Repeat("0", 1<<20), false},
		{strings.Repeat(" ", 1<<20), false},
	} {
		if _, ok := VerifyTOTP(rfcSecret, c.code, now, 0); ok != c.ok {
			t.Errorf("%.20q: got %t", c.code, ok)
		}
	}
}

func TestTOTPRefusesWhatIsNoSecret(t *testing.T) {
	t.Parallel()
	now := time.Unix(1111111109, 0)
	for _, secret := range []string{"", "not base32!", rfcSecret[:16], rfcSecret + rfcSecret} {
		code, err := totp.GenerateCode(secret, now)
		if err != nil {
			code = "081804"
		}
		if _, ok := VerifyTOTP(secret, code, now, 0); ok {
			t.Errorf("%q: has a code", secret)
		}
		if got, err := TOTPURL(secret, "ann@example.com"); err == nil {
			t.Errorf("%q: has a URL: %s", secret, got)
		}
	}
}

func TestLongCodeIsNotCopied(t *testing.T) {
	code := strings.Repeat("1", 1<<16)
	if n := testing.AllocsPerRun(10, func() { VerifyTOTP(rfcSecret, code, time.Unix(1111111109, 0), 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTOTPURL(t *testing.T) {
	t.Parallel()
	secret := NewTOTPSecret()
	raw, err := TOTPURL(secret, "ann+x@example.com")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.Scheme+"://"+u.Host+u.Path, "otpauth://totp/RaterHub Tracker:ann+x@example.com"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := url.Values{
		"secret": {secret}, "issuer": {"RaterHub Tracker"},
		"algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"},
	}
	if diff := cmp.Diff(want, u.Query()); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if strings.Contains(raw, "issuer=RaterHub+") {
		t.Error("the space is a plus sign, which apps show")
	}
}

func TestNewTOTPSecret(t *testing.T) {
	t.Parallel()
	secret := NewTOTPSecret()
	raw, err := base32.StdEncoding.DecodeString(secret)
	if err != nil || len(raw) != 20 {
		t.Errorf("%s is %d bytes, %v; want 20", secret, len(raw), err)
	}
	if secret == NewTOTPSecret() {
		t.Error("two secrets are equal")
	}
}
