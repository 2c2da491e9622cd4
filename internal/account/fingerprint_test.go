package account_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// The widget derives the same from the same file (widget/core/test/credentials.test.ts).
func TestFingerprint(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../widget/core/testdata/fingerprints.json")
	if err != nil {
		t.Fatal(err)
	}
	var wanted map[string]string
	if err := json.Unmarshal(text, &wanted); err != nil || len(wanted) < 5 {
		t.Fatalf("%d vectors, %v", len(wanted), err)
	}
	for challenge, want := range wanted {
		if got := (account.Pairing{Challenge: challenge}).Fingerprint(); got != want {
			t.Errorf("%s: got %s, want %s", challenge, got, want)
		}
	}
	for _, other := range []string{"", "AAAA", strings.Repeat("A", 44), strings.Repeat("=", 43)} {
		if got := (account.Pairing{Challenge: other}).Fingerprint(); got != "" {
			t.Errorf("%q, which is no challenge: got %s", other, got)
		}
	}
}
