package passkey

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// garbage has answers that no browser sends.
var garbage = []string{
	"", " ", "null", "true", "1", `""`, "[]", "{}", "{", "\x00", "\xff\xfe",
	`{"id":""}`, `{"id":"AAAA"}`, `{"id":"AAAA","rawId":"AAAA","type":"public-key"}`,
	`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":null}`,
	`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"","attestationObject":"","authenticatorData":"","signature":""}}`,
	`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AA","signature":"AA"}}`,
	`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"v____w","authenticatorData":"AA"}}`,
	strings.Repeat("[", 10_000), strings.Repeat(`{"id":`, 2_000),
}

// finisher finishes one ceremony that has begun, as often as a test likes.
type finisher struct {
	name   string
	finish func(answer []byte) (Key, error)
	answer []byte // a good one
}

func newFinishers(t *testing.T) []finisher {
	t.Helper()
	p, now, phone := testPasskeys(t), newClock().now(), newKeeper(virtualwebauthn.KeyTypeEC2)
	owned := []Key{phone.registered(t, p, ann, now)}
	toCreate, createSession, err := p.BeginRegistration(ann, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	toGet, getSession, err := p.BeginAssertion(ann, owned, now)
	if err != nil {
		t.Fatal(err)
	}
	return []finisher{
		{"registration", func(answer []byte) (Key, error) {
			return p.FinishRegistration(ann, createSession, answer, now)
		}, phone.create(t, toCreate)},
		{"assertion", func(answer []byte) (Key, error) {
			return p.FinishAssertion(ann, owned, getSession, answer, now)
		}, phone.get(t, toGet)},
	}
}

func TestPasskeyGarbageIsRefused(t *testing.T) {
	t.Parallel()
	for _, f := range newFinishers(t) {
		for _, text := range garbage {
			if _, err := f.finish([]byte(text)); !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %.60q: got %v, want ErrRefused", f.name, text, err)
			}
		}
		for i := range f.answer {
			if _, err := f.finish(f.answer[:i]); !errors.Is(err, ErrRefused) {
				t.Errorf("%s cut after %d bytes: got %v, want ErrRefused", f.name, i, err)
			}
		}
	}
}

func TestSpoiledPasskeyAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for _, f := range newFinishers(t) {
		good, err := f.finish(f.answer)
		if err != nil {
			t.Fatalf("the good %s is refused: %v", f.name, err)
		}
		for _, value := range []any{nil, 0, "", "!", "AAAA", strings.Repeat("A", 8<<10), []any{}, map[string]any{"id": "AAAA"}} {
			for member, answer := range withEachMember(t, f.answer, value) {
				if _, err := f.finish(answer); !errors.Is(err, ErrRefused) {
					t.Errorf("%s with %s %.20v: got %v, want ErrRefused", f.name, member, value, err)
				}
			}
		}
		// Some bits do not matter; if one of those changed, the passkey must be the same.
		for i := range f.answer {
			answer := slices.Clone(f.answer)
			answer[i] ^= 1
			passkey, err := f.finish(answer)
			if err == nil && passkey.ID != good.ID || err != nil && !errors.Is(err, ErrRefused) {
				t.Errorf("%s with byte %d changed: got passkey %q, %v", f.name, i, passkey.ID, err)
			}
		}
	}
}

// withEachMember returns the answers in which one member is set to value, by the name of
// the member. It leaves userHandle alone, which may be missing.
func withEachMember(t *testing.T, answer []byte, value any) map[string][]byte {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(answer, &members); err != nil {
		t.Fatal(err)
	}
	changed := map[string][]byte{}
	var walk func(map[string]any)
	walk = func(object map[string]any) {
		for member, was := range object {
			if member == "userHandle" {
				continue
			}
			if inner, ok := was.(map[string]any); ok {
				walk(inner)
			}
			object[member] = value
			text, err := json.Marshal(members)
			if err != nil {
				t.Fatal(err)
			}
			changed[member] = text
			object[member] = was
		}
	}
	walk(members)
	return changed
}
