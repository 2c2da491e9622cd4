package account

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// passlibHash is an entry of password/testdata/passlib.json.
type passlibHash struct{ Name, Password, Hash string }

func passlibHashes(t *testing.T) []passlibHash {
	t.Helper()
	text, err := os.ReadFile("password/testdata/passlib.json")
	if err != nil {
		t.Fatal(err)
	}
	var hashes []passlibHash
	if err := json.Unmarshal(text, &hashes); err != nil {
		t.Fatal(err)
	}
	return hashes
}

// The earlier application did not normalise: its hash of a decomposed password is
// not that of the composed one, which the hash made at the first login is.
func TestPasslibHashesAreOfTheRawPassword(t *testing.T) {
	service, store, _ := newTestService(t)
	_, user := register(t, service, "ann@example.com")
	const composed, decomposed = "Tracker-2026-\u00fc", "Tracker-2026-u\u0308"
	for _, c := range passlibHashes(t) {
		if c.Password != decomposed {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			service.guards = newTestGuards(service) // each case is the first try
			user.PasswordHash = c.Hash
			store.users[user.ID] = user
			if _, err := login(t, service, user.Email, composed); !errors.Is(err, ErrBadCredentials) {
				t.Errorf("composed: got %v, want ErrBadCredentials", err)
			}
			if store.users[user.ID].PasswordHash != c.Hash {
				t.Fatal("a wrong password replaced the hash")
			}
			for _, password := range []string{decomposed, composed} {
				if _, err := login(t, service, user.Email, password); err != nil {
					t.Errorf("%q: %v", password, err)
				}
				if hash := store.users[user.ID].PasswordHash; !strings.HasPrefix(hash, "$argon2id$") {
					t.Errorf("stored %q, want an argon2id hash", hash)
				}
			}
		})
	}
}
