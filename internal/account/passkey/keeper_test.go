package passkey

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
)

var (
	ann = Owner{ID: 0x01020304050607, Email: "ann@example.com"}
	bob = Owner{ID: 0x1a2b3c4d5e6f7, Email: "bob@example.com"}
)

func testPasskeys(t testing.TB) *Site {
	t.Helper()
	p, err := New(Options{
		RPID: "example.com", RPName: "RaterHub Tracker",
		Origins: []string{"https://tracker.example.com", "http://localhost:8000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// keeper is a browser with one passkey in it.
type keeper struct {
	party      virtualwebauthn.RelyingParty
	holder     virtualwebauthn.Authenticator
	credential virtualwebauthn.Credential
}

func newKeeper(key virtualwebauthn.KeyType) *keeper {
	return &keeper{
		party:      virtualwebauthn.RelyingParty{ID: "example.com", Origin: "https://tracker.example.com"},
		holder:     virtualwebauthn.NewAuthenticator(),
		credential: newCredential(key),
	}
}

// newCredential tries again when a coordinate of the key begins with a zero byte: the
// virtual authenticator leaves it out, which is not allowed and no server accepts.
func newCredential(key virtualwebauthn.KeyType) virtualwebauthn.Credential {
	const full = 77 // bytes of a COSE key on P-256
	for {
		c := virtualwebauthn.NewCredential(key)
		if key != virtualwebauthn.KeyTypeEC2 || len(c.Key.AttestationData()) == full {
			return c
		}
	}
}

// create returns the browser's answer to a registration.
func (d *keeper) create(t testing.TB, options json.RawMessage) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAttestationResponse(d.party, d.holder, d.credential, *parsed))
}

// get returns the browser's answer to an assertion.
func (d *keeper) get(t testing.TB, options json.RawMessage) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(d.party, d.holder, d.credential, *parsed))
}

// registered returns the passkey of a browser after its registration for a user.
func (d *keeper) registered(t testing.TB, p *Site, u Owner, now time.Time) Key {
	t.Helper()
	options, session, err := p.BeginRegistration(u, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	passkey, err := p.FinishRegistration(u, session, d.create(t, options), now)
	if err != nil {
		t.Fatal(err)
	}
	return passkey
}

// begun is a ceremony that has begun, with what finishes it. A test spoils it.
type begun struct {
	user            Owner
	owned           []Key
	options         json.RawMessage
	session, answer []byte
	now             time.Time
}
