package account

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// passkeySession is what is kept of a ceremony until it is finished.
type passkeySession struct {
	Ceremony  protocol.CeremonyType `json:"ceremony"`
	ExpiresAt timeline.Instant      `json:"expires_at"` // the library would compare its own expiry with the system's clock
	Data      webauthn.SessionData  `json:"data"`
}

// startPasskeyCeremony encodes what the browser and the server need.
func startPasskeyCeremony(
	ceremony protocol.CeremonyType, forBrowser any, data *webauthn.SessionData, now time.Time,
) (options json.RawMessage, session []byte, _ error) {
	options, err := json.Marshal(forBrowser)
	if err != nil {
		return nil, nil, fmt.Errorf("write passkey options: %w", err)
	}
	session, err = json.Marshal(passkeySession{
		Ceremony: ceremony, ExpiresAt: timeline.InstantOf(now.Add(passkeyLifetime)), Data: *data,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("write passkey session: %w", err)
	}
	return options, session, nil
}

// readPasskeySession decodes a session. It returns ErrPasskey if the session is of the
// other ceremony or has expired.
func readPasskeySession(ceremony protocol.CeremonyType, session []byte, now time.Time) (webauthn.SessionData, error) {
	var s passkeySession
	if err := json.Unmarshal(session, &s); err != nil {
		return webauthn.SessionData{}, fmt.Errorf("read passkey session: %w", err)
	}
	if s.Ceremony != ceremony {
		return webauthn.SessionData{}, fmt.Errorf("%w: session of %s, not of %s", ErrPasskey, s.Ceremony, ceremony)
	}
	if timeline.InstantOf(now) >= s.ExpiresAt {
		return webauthn.SessionData{}, fmt.Errorf("%w: session expired", ErrPasskey)
	}
	return s.Data, nil
}

// passkeyOwner is a user in the form that the library needs.
type passkeyOwner struct {
	user        User
	credentials []webauthn.Credential
}

// newPasskeyOwner reads the credentials of all passkeys of a user.
func newPasskeyOwner(u User, owned []Passkey) (passkeyOwner, error) {
	owner := passkeyOwner{user: u, credentials: make([]webauthn.Credential, len(owned))}
	for i, k := range owned {
		if k.UserID != u.ID {
			return passkeyOwner{}, fmt.Errorf("passkey %s is another user's", k.ID)
		}
		if err := json.Unmarshal(k.Credential, &owner.credentials[i]); err != nil {
			return passkeyOwner{}, fmt.Errorf("read credential of passkey %s: %w", k.ID, err)
		}
	}
	return owner, nil
}

// WebAuthnID returns the user handle, which authenticators keep and show to anybody who
// holds them. The user's ID can serve as one: it is random, reveals nothing about the
// person, and never changes.
func (o passkeyOwner) WebAuthnID() []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(o.user.ID))
}

func (o passkeyOwner) WebAuthnName() string                       { return o.user.Email }
func (o passkeyOwner) WebAuthnDisplayName() string                { return o.user.Email }
func (o passkeyOwner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }
