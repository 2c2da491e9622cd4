package token

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	tokenParty   = "raterhub-tracker"        // issuer and audience: the server issues tokens to itself
	widgetParty  = "raterhub-tracker widget" // audience of a device's tokens; no version of the program mistakes one for a login's
	widgetScope  = "widget"
	maxTokenSize = 4 << 10      // bytes; ours have about 400
	latestSecond = 253402300799 // 9999-12-31T23:59:59Z
)

// ClockLeeway is how far the clock of another replica may be ahead.
const ClockLeeway = time.Minute

// DeviceLifetime is how long a device's access token is valid. A device that is
// revoked is refused at once; what this bounds is the use of a stolen token.
const DeviceLifetime = 15 * time.Minute

// MaxUserID is the largest ID of a user, 2^53-1, so that JSON readers keep it exact.
// The smallest is 1.
const MaxUserID = 1<<53 - 1

// ErrInvalid is returned for a text that is not a valid access token of this server.
var ErrInvalid = errors.New("invalid access token")

// Ref names an access token by the user it was issued to and its ID (the JWT's jti). It
// also has what else the token says.
type Ref struct {
	UserID   int64
	ID       string // UUID in its canonical text form
	DeviceID string // of a device, which may do little; "" for a login
	IssuedAt timeline.Instant
}

// Key returns UserID and ID alone, by which the store knows the token.
func (r Ref) Key() Ref { return Ref{UserID: r.UserID, ID: r.ID} }

// Holder is the user that a token is issued to.
type Holder struct {
	ID          int64
	Email, Role string // for clients to show
}

// Issued is a new access token. It is worth nothing before the store knows it.
type Issued struct {
	Signed    string
	Ref       Ref
	ExpiresAt timeline.Instant
}

// Access issues and reads access tokens: JWTs signed with HS256. It is safe for
// concurrent use.
type Access struct {
	signWith   []byte
	verifyWith jwt.VerificationKeySet
	lifetime   time.Duration
	now        func() time.Time
	parser     *jwt.Parser
	verified   verified
}

// payload is the whole content of an access token. Email and Role are for clients to
// show; the server reads both from the user's row.
type payload struct {
	claims
	Email string `json:"email"`
	Role  string `json:"role"`
}

// claims is the part of a payload that the server reads.
type claims struct {
	jwt.RegisteredClaims
	Scope  string `json:"scope,omitempty"`  // widgetScope for a device's
	Device string `json:"device,omitempty"` // its ID
}

// NewAccess returns an Access whose tokens for logins are valid for lifetime.
func NewAccess(keys *Keys, lifetime time.Duration, now func() time.Time) *Access {
	a := &Access{
		signWith: keys.jwt[0],
		lifetime: lifetime,
		now:      now,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
			jwt.WithIssuer(tokenParty),
			jwt.WithAudience(tokenParty, widgetParty), // any of them; see deviceOf
			jwt.WithExpirationRequired(),
			jwt.WithStrictDecoding(),
			jwt.WithTimeFunc(now),
		),
	}
	for _, key := range keys.jwt {
		a.verifyWith.Keys = append(a.verifyWith.Keys, key)
	}
	return a
}

// Issue makes a token for a login of h, valid from at.
func (a *Access) Issue(h Holder, at time.Time) (Issued, error) {
	return a.sign(h, claims{RegisteredClaims: registeredClaims(h, tokenParty, at, a.lifetime)})
}

// IssueToDevice makes a token for a device of h, valid from at for DeviceLifetime.
func (a *Access) IssueToDevice(h Holder, deviceID string, at time.Time) (Issued, error) {
	return a.sign(h, claims{
		RegisteredClaims: registeredClaims(h, widgetParty, at, DeviceLifetime),
		Scope:            widgetScope, Device: deviceID,
	})
}

func registeredClaims(h Holder, audience string, at time.Time, lifetime time.Duration) jwt.RegisteredClaims {
	return jwt.RegisteredClaims{
		Issuer:    tokenParty,
		Subject:   strconv.FormatInt(h.ID, 10),
		Audience:  jwt.ClaimStrings{audience},
		IssuedAt:  jwt.NewNumericDate(at),
		ExpiresAt: jwt.NewNumericDate(at.Add(lifetime)),
		ID:        uuid.NewString(),
	}
}

func (a *Access) sign(h Holder, c claims) (Issued, error) {
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, payload{claims: c, Email: h.Email, Role: h.Role})
	signed, err := unsigned.SignedString(a.signWith)
	if err != nil {
		return Issued{}, fmt.Errorf("sign token: %w", err)
	}
	return Issued{
		Signed:    signed,
		Ref:       Ref{UserID: h.ID, ID: c.ID, DeviceID: c.Device, IssuedAt: timeline.InstantOf(c.IssuedAt.Time)},
		ExpiresAt: timeline.InstantOf(c.ExpiresAt.Time),
	}, nil
}

// Read returns which token signed is. It does not know whether the token was
// revoked. Every error matches ErrInvalid.
func (a *Access) Read(signed string) (Ref, error) {
	if ref, ok := a.verified.find(signed, a.now()); ok {
		return ref, nil
	}
	if len(signed) > maxTokenSize {
		return Ref{}, fmt.Errorf("%w: %d bytes", ErrInvalid, len(signed))
	}
	if strings.ContainsAny(signed, "\r\n") { // base64 skips them, and a token has one spelling only
		return Ref{}, fmt.Errorf("%w: line breaks", ErrInvalid)
	}
	var c claims
	if _, err := a.parser.ParseWithClaims(signed, &c, a.verificationKeys); err != nil {
		return Ref{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	ref, err := a.refOf(c)
	if err != nil {
		return Ref{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	a.verified.add(signed, verifiedToken{ref: ref, expiresAt: c.ExpiresAt.Time})
	return ref, nil
}

// refOf checks the claims that the parser does not check. The parser could check iat, but
// only with a leeway that would also hold for exp, which has none.
func (a *Access) refOf(c claims) (Ref, error) {
	if c.IssuedAt == nil || c.IssuedAt.After(a.now().Add(ClockLeeway)) {
		return Ref{}, errors.New("iat is missing or in the future")
	}
	// The parser turns a number beyond int64 into an arbitrary time.
	for _, at := range []*jwt.NumericDate{c.IssuedAt, c.NotBefore, c.ExpiresAt} {
		if at != nil && (at.Unix() < 0 || at.Unix() > latestSecond) {
			return Ref{}, errors.New("iat, nbf or exp is not a time")
		}
	}
	userID, err := strconv.ParseInt(c.Subject, 10, 64)
	if err != nil || userID < 1 || userID > MaxUserID || strconv.FormatInt(userID, 10) != c.Subject {
		return Ref{}, errors.New("sub is not a user ID")
	}
	id, err := uuid.Parse(c.ID)
	if err != nil || id.String() != c.ID {
		return Ref{}, errors.New("jti is not a UUID")
	}
	device, err := deviceOf(c)
	if err != nil {
		return Ref{}, err
	}
	return Ref{UserID: userID, ID: c.ID, DeviceID: device, IssuedAt: timeline.InstantOf(c.IssuedAt.Time)}, nil
}

// deviceOf returns the device that a token was issued to, or "" for a login's token.
// All claims must agree, so that neither kind is ever taken for the other.
func deviceOf(c claims) (string, error) {
	switch {
	case !slices.Contains(c.Audience, widgetParty):
		if c.Scope != "" || c.Device != "" {
			return "", errors.New("a login's token with a scope or a device")
		}
		return "", nil
	case len(c.Audience) != 1 || c.Scope != widgetScope:
		return "", errors.New("a device's token with another audience or scope")
	}
	id, err := uuid.Parse(c.Device)
	if err != nil || id.String() != c.Device {
		return "", errors.New("device is not a UUID")
	}
	return c.Device, nil
}

// verificationKeys returns the keys that signatures are checked with, whatever key the
// header names. It refuses a header that says that an extension must be understood
// (RFC 7515 section 4.1.11), because the parser does not look.
func (a *Access) verificationKeys(token *jwt.Token) (any, error) {
	if _, ok := token.Header["crit"]; ok {
		return nil, errors.New("crit names an extension")
	}
	return a.verifyWith, nil
}
