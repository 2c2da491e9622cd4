// Package passkey runs the two ceremonies of WebAuthn. It makes and checks what browsers
// send, and knows neither what is stored nor who may have a passkey.
package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	// lifetime is how long a browser has to answer.
	lifetime = 5 * time.Minute
	// maxAnswer bounds a browser's answer. Without certificates, which are not
	// asked for, an answer has 1 to 3 KiB.
	maxAnswer = 16 << 10 // bytes
)

// The failures that a caller can do something about.
var (
	// ErrRefused is returned when a browser's answer does not prove a passkey: it is
	// unreadable, late, of another ceremony, site or user, or signed wrongly.
	ErrRefused = fault.New(fault.Refused, "the passkey was not accepted: try again")
	// ErrCopied is returned when a passkey's counter did not advance: another copy of it
	// may be in use.
	ErrCopied = fault.New(fault.Refused, "this passkey may have been copied: remove it and add a new one")
	// ErrNone is returned when the user has no passkey to prove.
	ErrNone = fault.New(fault.Refused, "there is no passkey to log in with")
)

// Options names the site that passkeys belong to (WebAuthn: the relying party).
type Options struct {
	RPID    string   // domain to which passkeys are bound, as in "tracker.example.com"
	RPName  string   // shown by the browser
	Origins []string // of the pages that may ask for a passkey, as in "https://tracker.example.com"
}

// Owner is the user whose passkey is made or proved.
type Owner struct {
	ID    int64
	Email string
}

// Key is a passkey: a credential of a user that serves as a second factor.
type Key struct {
	ID         string // base64url of the credential ID; unique
	UserID     int64
	Name       string // chosen by the user
	Credential []byte // JSON for this package alone; each use changes it
	CreatedAt  timeline.Instant
	LastUsedAt timeline.Instant // 0 means never
}

// Site runs the two ceremonies of WebAuthn (Level 3, section 7): a registration adds
// a passkey, an assertion proves one. Each begins with options for the browser and a
// session. The caller keeps the session on the server and passes it to finish at most
// once, whatever the outcome.
type Site struct {
	party *webauthn.WebAuthn
}

// New returns an error if o names no domain, no name or no origin.
func New(o Options) (*Site, error) {
	if o.RPName == "" {
		return nil, errors.New("set up passkeys: RPName is missing")
	}
	if err := protocol.ValidateRPID(o.RPID); err != nil {
		return nil, fmt.Errorf("set up passkeys: domain %q: %w", o.RPID, err)
	}
	timeout := webauthn.TimeoutConfig{Timeout: lifetime} // for the browser: session enforces it
	party, err := webauthn.New(&webauthn.Config{
		RPID:          o.RPID,
		RPDisplayName: o.RPName,
		RPOrigins:     o.Origins,
		Timeouts:      webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
		// Who made the authenticator does not matter here, and is the user's affair.
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			// Password managers sync discoverable passkeys, and some keep no others. The
			// login does not need them to be discoverable: it names the passkeys.
			ResidentKey:        protocol.ResidentKeyRequirementPreferred,
			RequireResidentKey: protocol.ResidentKeyNotRequired(),
			// The password came first, so having the authenticator is enough.
			UserVerification: protocol.VerificationPreferred,
		},
		// Safari answers appid unasked. No extension is used, so this does no harm.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return &Site{party: party}, nil
}

// BeginRegistration starts to add a passkey to those that u owns. An authenticator that
// holds one of them makes no second one. The options are input for
// PublicKeyCredential.parseCreationOptionsFromJSON.
func (p *Site) BeginRegistration(u Owner, owned []Key, now time.Time) (options json.RawMessage, session []byte, err error) {
	defer fault.Wrap(&err, "begin passkey registration")
	owner, err := newHolder(u, owned)
	if err != nil {
		return nil, nil, err
	}
	creation, data, err := p.party.BeginRegistration(owner,
		webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()),
		webauthn.WithExclusions(webauthn.Credentials(owner.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, nil, err
	}
	return startCeremony(protocol.CreateCeremony, creation.Response, data, now)
}

// FinishRegistration returns the passkey that a browser made for u, without a name, or
// ErrRefused. The caller must refuse to store a second passkey with the same ID.
func (p *Site) FinishRegistration(u Owner, session, answer []byte, now time.Time) (_ Key, err error) {
	defer fault.Wrap(&err, "finish passkey registration")
	data, err := readSession(protocol.CreateCeremony, session, now)
	if err != nil {
		return Key{}, err
	}
	credential, err := p.register(holder{user: u}, data, answer)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	stored, err := json.Marshal(credential)
	if err != nil {
		return Key{}, err
	}
	return Key{
		ID: idOf(credential), UserID: u.ID, Credential: stored, CreatedAt: timeline.InstantOf(now),
	}, nil
}

func (p *Site) register(owner holder, data webauthn.SessionData, answer []byte) (*webauthn.Credential, error) {
	if err := checkAnswer(answer); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return p.party.CreateCredential(owner, data, parsed)
}

// BeginAssertion starts to prove one of the passkeys that u owns. It returns
// ErrNone if there is none. The options are input for
// PublicKeyCredential.parseRequestOptionsFromJSON.
func (p *Site) BeginAssertion(u Owner, owned []Key, now time.Time) (options json.RawMessage, session []byte, err error) {
	defer fault.Wrap(&err, "begin passkey assertion")
	if len(owned) == 0 {
		return nil, nil, ErrNone
	}
	owner, err := newHolder(u, owned)
	if err != nil {
		return nil, nil, err
	}
	assertion, data, err := p.party.BeginLogin(owner)
	if err != nil {
		return nil, nil, err
	}
	return startCeremony(protocol.AssertCeremony, assertion.Response, data, now)
}

// FinishAssertion returns the passkey of owned that a browser has proved, with its new
// counter and last use, to be stored. It returns ErrRefused, or ErrCopied if the
// counter did not advance.
func (p *Site) FinishAssertion(u Owner, owned []Key, session, answer []byte, now time.Time) (_ Key, err error) {
	defer fault.Wrap(&err, "finish passkey assertion")
	data, err := readSession(protocol.AssertCeremony, session, now)
	if err != nil {
		return Key{}, err
	}
	owner, err := newHolder(u, owned)
	if err != nil {
		return Key{}, err
	}
	credential, err := p.assert(owner, data, answer)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if credential.Authenticator.CloneWarning {
		return Key{}, ErrCopied
	}
	return usedKey(owned, credential, now)
}

func (p *Site) assert(owner holder, data webauthn.SessionData, answer []byte) (*webauthn.Credential, error) {
	if err := checkAnswer(answer); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return p.party.ValidateLogin(owner, data, parsed)
}

// usedKey returns the passkey of a credential after its use.
func usedKey(owned []Key, credential *webauthn.Credential, now time.Time) (Key, error) {
	id := idOf(credential)
	i := slices.IndexFunc(owned, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return Key{}, fmt.Errorf("no passkey is stored under the ID %s of its credential", id)
	}
	stored, err := json.Marshal(credential)
	if err != nil {
		return Key{}, err
	}
	used := owned[i]
	used.Credential, used.LastUsedAt = stored, timeline.InstantOf(now)
	return used, nil
}

func idOf(c *webauthn.Credential) string { return base64.RawURLEncoding.EncodeToString(c.ID) }

func checkAnswer(answer []byte) error {
	if len(answer) > maxAnswer {
		return fmt.Errorf("answer of %d bytes", len(answer))
	}
	return nil
}
