package account

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
	// passkeyLifetime is how long a browser has to answer.
	passkeyLifetime = 5 * time.Minute
	// maxPasskeyAnswer bounds a browser's answer. Without certificates, which are not
	// asked for, an answer has 1 to 3 KiB.
	maxPasskeyAnswer = 16 << 10 // bytes
)

// PasskeyOptions names the site that passkeys belong to (WebAuthn: the relying party).
type PasskeyOptions struct {
	RPID    string   // domain to which passkeys are bound, as in "tracker.example.com"
	RPName  string   // shown by the browser
	Origins []string // of the pages that may ask for a passkey, as in "https://tracker.example.com"
}

// Passkey is a credential of a user that serves as a second factor.
type Passkey struct {
	ID         string // base64url of the credential ID; unique
	UserID     int64
	Name       string // chosen by the user
	Credential []byte // JSON for this package alone; each use changes it
	CreatedAt  timeline.Instant
	LastUsedAt timeline.Instant // 0 means never
}

// passkeys runs the two ceremonies of WebAuthn (Level 3, section 7): a registration adds
// a passkey, an assertion proves one. Each begins with options for the browser and a
// session. The caller keeps the session on the server and passes it to finish at most
// once, whatever the outcome.
type passkeys struct {
	party *webauthn.WebAuthn
}

// newPasskeys returns an error if o names no domain, no name or no origin.
func newPasskeys(o PasskeyOptions) (*passkeys, error) {
	if o.RPName == "" {
		return nil, errors.New("set up passkeys: RPName is missing")
	}
	if err := protocol.ValidateRPID(o.RPID); err != nil {
		return nil, fmt.Errorf("set up passkeys: domain %q: %w", o.RPID, err)
	}
	timeout := webauthn.TimeoutConfig{Timeout: passkeyLifetime} // for the browser: passkeySession enforces it
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
	return &passkeys{party: party}, nil
}

// beginRegistration starts to add a passkey to those that u owns. An authenticator that
// holds one of them makes no second one. The options are input for
// PublicKeyCredential.parseCreationOptionsFromJSON.
func (p *passkeys) beginRegistration(u User, owned []Passkey, now time.Time) (options json.RawMessage, session []byte, err error) {
	defer fault.Wrap(&err, "begin passkey registration")
	owner, err := newPasskeyOwner(u, owned)
	if err != nil {
		return nil, nil, err
	}
	creation, data, err := p.party.BeginRegistration(owner,
		webauthn.WithCredentialParameters(webauthn.CredentialParametersRecommendedL3()),
		webauthn.WithExclusions(webauthn.Credentials(owner.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, nil, err
	}
	return startPasskeyCeremony(protocol.CreateCeremony, creation.Response, data, now)
}

// finishRegistration returns the passkey that a browser made for u, without a name, or
// ErrPasskey. The caller must refuse to store a second passkey with the same ID.
func (p *passkeys) finishRegistration(u User, session, answer []byte, now time.Time) (_ Passkey, err error) {
	defer fault.Wrap(&err, "finish passkey registration")
	data, err := readPasskeySession(protocol.CreateCeremony, session, now)
	if err != nil {
		return Passkey{}, err
	}
	credential, err := p.register(passkeyOwner{user: u}, data, answer)
	if err != nil {
		return Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	stored, err := json.Marshal(credential)
	if err != nil {
		return Passkey{}, err
	}
	return Passkey{
		ID: passkeyID(credential), UserID: u.ID, Credential: stored, CreatedAt: timeline.InstantOf(now),
	}, nil
}

func (p *passkeys) register(owner passkeyOwner, data webauthn.SessionData, answer []byte) (*webauthn.Credential, error) {
	if err := checkPasskeyAnswer(answer); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return p.party.CreateCredential(owner, data, parsed)
}

// beginAssertion starts to prove one of the passkeys that u owns. It returns
// ErrNoPasskey if there is none. The options are input for
// PublicKeyCredential.parseRequestOptionsFromJSON.
func (p *passkeys) beginAssertion(u User, owned []Passkey, now time.Time) (options json.RawMessage, session []byte, err error) {
	defer fault.Wrap(&err, "begin passkey assertion")
	if len(owned) == 0 {
		return nil, nil, ErrNoPasskey
	}
	owner, err := newPasskeyOwner(u, owned)
	if err != nil {
		return nil, nil, err
	}
	assertion, data, err := p.party.BeginLogin(owner)
	if err != nil {
		return nil, nil, err
	}
	return startPasskeyCeremony(protocol.AssertCeremony, assertion.Response, data, now)
}

// finishAssertion returns the passkey of owned that a browser has proved, with its new
// counter and last use, to be stored. It returns ErrPasskey, or ErrPasskeyCopied if the
// counter did not advance.
func (p *passkeys) finishAssertion(u User, owned []Passkey, session, answer []byte, now time.Time) (_ Passkey, err error) {
	defer fault.Wrap(&err, "finish passkey assertion")
	data, err := readPasskeySession(protocol.AssertCeremony, session, now)
	if err != nil {
		return Passkey{}, err
	}
	owner, err := newPasskeyOwner(u, owned)
	if err != nil {
		return Passkey{}, err
	}
	credential, err := p.assert(owner, data, answer)
	if err != nil {
		return Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	if credential.Authenticator.CloneWarning {
		return Passkey{}, ErrPasskeyCopied
	}
	return usedPasskey(owned, credential, now)
}

func (p *passkeys) assert(owner passkeyOwner, data webauthn.SessionData, answer []byte) (*webauthn.Credential, error) {
	if err := checkPasskeyAnswer(answer); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return p.party.ValidateLogin(owner, data, parsed)
}

// usedPasskey returns the passkey of a credential after its use.
func usedPasskey(owned []Passkey, credential *webauthn.Credential, now time.Time) (Passkey, error) {
	id := passkeyID(credential)
	i := slices.IndexFunc(owned, func(k Passkey) bool { return k.ID == id })
	if i < 0 {
		return Passkey{}, fmt.Errorf("no passkey is stored under the ID %s of its credential", id)
	}
	stored, err := json.Marshal(credential)
	if err != nil {
		return Passkey{}, err
	}
	used := owned[i]
	used.Credential, used.LastUsedAt = stored, timeline.InstantOf(now)
	return used, nil
}

func passkeyID(c *webauthn.Credential) string { return base64.RawURLEncoding.EncodeToString(c.ID) }

func checkPasskeyAnswer(answer []byte) error {
	if len(answer) > maxPasskeyAnswer {
		return fmt.Errorf("answer of %d bytes", len(answer))
	}
	return nil
}
