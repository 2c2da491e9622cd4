package passkey

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// waiting is what is kept of a ceremony until it is finished.
type waiting struct {
	Ceremony  protocol.CeremonyType `json:"ceremony"`
	ExpiresAt timeline.Instant      `json:"expires_at"` // the library would compare its own expiry with the system's clock
	Data      webauthn.SessionData  `json:"data"`
}

// startCeremony encodes what the browser and the server need.
func startCeremony(
	ceremony protocol.CeremonyType, forBrowser any, data *webauthn.SessionData, now time.Time,
) (options json.RawMessage, session []byte, _ error) {
	options, err := json.Marshal(forBrowser)
	if err != nil {
		return nil, nil, fmt.Errorf("write passkey options: %w", err)
	}
	session, err = json.Marshal(waiting{
		Ceremony: ceremony, ExpiresAt: timeline.InstantOf(now.Add(lifetime)), Data: *data,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("write passkey session: %w", err)
	}
	return options, session, nil
}

// readSession decodes a session. It returns ErrRefused if the session is of the
// other ceremony or has expired.
func readSession(ceremony protocol.CeremonyType, session []byte, now time.Time) (webauthn.SessionData, error) {
	var s waiting
	if err := json.Unmarshal(session, &s); err != nil {
		return webauthn.SessionData{}, fmt.Errorf("read passkey session: %w", err)
	}
	if s.Ceremony != ceremony {
		return webauthn.SessionData{}, fmt.Errorf("%w: session of %s, not of %s", ErrRefused, s.Ceremony, ceremony)
	}
	if timeline.InstantOf(now) >= s.ExpiresAt {
		return webauthn.SessionData{}, fmt.Errorf("%w: session expired", ErrRefused)
	}
	return s.Data, nil
}

// holder is a user in the form that the library needs.
type holder struct {
	user        Owner
	credentials []webauthn.Credential
}

// newHolder reads the credentials of all passkeys of a user.
func newHolder(u Owner, owned []Key) (holder, error) {
	owner := holder{user: u, credentials: make([]webauthn.Credential, len(owned))}
	for i, k := range owned {
		if k.UserID != u.ID {
			return holder{}, fmt.Errorf("passkey %s is another user's", k.ID)
		}
		if err := json.Unmarshal(k.Credential, &owner.credentials[i]); err != nil {
			return holder{}, fmt.Errorf("read credential of passkey %s: %w", k.ID, err)
		}
	}
	return owner, nil
}

// WebAuthnID returns the user handle, which authenticators keep and show to anybody who
// holds them. The user's ID can serve as one: it is random, reveals nothing about the
// person, and never changes.
func (o holder) WebAuthnID() []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(o.user.ID))
}

func (o holder) WebAuthnName() string                       { return o.user.Email }
func (o holder) WebAuthnDisplayName() string                { return o.user.Email }
func (o holder) WebAuthnCredentials() []webauthn.Credential { return o.credentials }
