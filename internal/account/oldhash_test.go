package account_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
)

// weakHash returns a hash of a password by parameters that are too cheap today.
func weakHash(password string) string {
	salt := make([]byte, 16)
	key := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	b64 := base64.RawStdEncoding
	return "$argon2id$v=19$m=64,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(key)
}

func TestLoginUpgradesOldHash(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Service = h.replica(t, func(o *account.Options) { o.Cost = password.DefaultCost() })
	user, old := h.user, weakHash(goodPassword)
	h.exec(t, "UPDATE users SET password_hash = ?", old)

	if _, err := h.login(t, user.Email, "wrong"); !errors.Is(err, account.ErrBadCredentials) {
		t.Fatalf("got %v, want ErrBadCredentials", err)
	}
	if h.stored(t, user.ID).PasswordHash != old {
		t.Fatal("a wrong password replaced the hash")
	}
	got, err := h.login(t, user.Email, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	hash := h.stored(t, user.ID).PasswordHash
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || got.User.PasswordHash != hash {
		t.Errorf("stored %q, returned %q; want today's parameters in both", hash, got.User.PasswordHash)
	}
	if _, err := h.login(t, user.Email, goodPassword); err != nil {
		t.Errorf("with the new hash: %v", err)
	}
	if h.stored(t, user.ID).PasswordHash != hash {
		t.Error("a hash of today's parameters was replaced")
	}
}

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

// The earlier application did not normalise: its hash of a decomposed password does not
// match the composed one. The hash that the first login makes does.
func TestPasslibHashesAreOfTheRawPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const composed, decomposed = "Tracker-2026-\u00fc", "Tracker-2026-u\u0308"
	for _, c := range passlibHashes(t) {
		if c.Password != decomposed {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			h.Service = h.replica(t) // each case is the first try
			h.exec(t, "UPDATE users SET password_hash = ?", c.Hash)
			if _, err := h.login(t, annsEmail, composed); !errors.Is(err, account.ErrBadCredentials) {
				t.Errorf("composed: got %v, want ErrBadCredentials", err)
			}
			if h.stored(t, h.user.ID).PasswordHash != c.Hash {
				t.Fatal("a wrong password replaced the hash")
			}
			for _, password := range []string{decomposed, composed} {
				if _, err := h.login(t, annsEmail, password); err != nil {
					t.Errorf("%q: %v", password, err)
				}
				if hash := h.stored(t, h.user.ID).PasswordHash; !strings.HasPrefix(hash, "$argon2id$") {
					t.Errorf("stored %q, want an argon2id hash", hash)
				}
			}
		})
	}
}
