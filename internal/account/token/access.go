package account

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
	widgetParty  = "raterhub-tracker widget" // audience of a device's tokens, which no version takes for a login's
	widgetScope  = "widget"
	maxTokenSize = 4 << 10     // bytes; ours have about 400
	clockLeeway  = time.Minute // how far the clock of another replica may be ahead

	latestSecond = 253402300799 // 9999-12-31T23:59:59Z
)

// tokens issues and reads access tokens: JWTs signed with HS256 (SPEC section 6).
type tokens struct {
	signWith   []byte
	verifyWith jwt.VerificationKeySet
	lifetime   time.Duration
	now        func() time.Time
	parser     *jwt.Parser
	verified   verified
}

// claims is the payload of an access token. Email and Role are for clients to
// show; the server reads both from the user's row.
type claims struct {
	tokenClaims
	Email string `json:"email"`
	Role  Role   `json:"role"`
}

// tokenClaims are what the server reads itself.
type tokenClaims struct {
	jwt.RegisteredClaims
	Scope  string `json:"scope,omitempty"`  // widgetScope for a device's
	Device string `json:"device,omitempty"` // its ID
}

func newTokens(keys *Keys, lifetime time.Duration, now func() time.Time) *tokens {
	t := &tokens{
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
		t.verifyWith.Keys = append(t.verifyWith.Keys, key)
	}
	return t
}

// issue makes a new token for u, valid from at. It is worth nothing before its
// row is stored.
func (t *tokens) issue(u User, at time.Time) (signed string, _ Token, _ error) {
	return t.sign(u, tokenClaims{RegisteredClaims: registeredClaims(u, tokenParty, at, t.lifetime)})
}

// issueTo is issue for a device of the user.
func (t *tokens) issueTo(u User, deviceID string, at time.Time) (signed string, _ Token, _ error) {
	return t.sign(u, tokenClaims{
		RegisteredClaims: registeredClaims(u, widgetParty, at, deviceTokenLifetime),
		Scope:            widgetScope, Device: deviceID,
	})
}

func registeredClaims(u User, audience string, at time.Time, lifetime time.Duration) jwt.RegisteredClaims {
	return jwt.RegisteredClaims{
		Issuer:    tokenParty,
		Subject:   strconv.FormatInt(u.ID, 10),
		Audience:  jwt.ClaimStrings{audience},
		IssuedAt:  jwt.NewNumericDate(at),
		ExpiresAt: jwt.NewNumericDate(at.Add(lifetime)),
		ID:        uuid.NewString(),
	}
}

func (t *tokens) sign(u User, own tokenClaims) (signed string, _ Token, _ error) {
	c := claims{tokenClaims: own, Email: u.Email, Role: u.Role}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.signWith)
	if err != nil {
		return "", Token{}, fmt.Errorf("sign token: %w", err)
	}
	return signed, Token{
		TokenRef:  TokenRef{UserID: u.ID, ID: c.ID, DeviceID: c.Device, IssuedAt: timeline.InstantOf(c.IssuedAt.Time)},
		ExpiresAt: timeline.InstantOf(c.ExpiresAt.Time),
	}, nil
}

// read returns which token signed is. It does not know whether the token was
// revoked. Every error matches ErrUnauthenticated.
func (t *tokens) read(signed string) (TokenRef, error) {
	if ref, ok := t.verified.find(signed, t.now()); ok {
		return ref, nil
	}
	if len(signed) > maxTokenSize {
		return TokenRef{}, fmt.Errorf("%w: token of %d bytes", ErrUnauthenticated, len(signed))
	}
	if strings.ContainsAny(signed, "\r\n") { // base64 skips them, and a token has one spelling only
		return TokenRef{}, fmt.Errorf("%w: token with line breaks", ErrUnauthenticated)
	}
	var c tokenClaims
	if _, err := t.parser.ParseWithClaims(signed, &c, t.keys); err != nil {
		return TokenRef{}, fmt.Errorf("%w: %w", ErrUnauthenticated, err)
	}
	ref, err := t.refOf(c)
	if err != nil {
		return TokenRef{}, fmt.Errorf("%w: %w", ErrUnauthenticated, err)
	}
	t.verified.add(signed, verifiedToken{ref: ref, expiresAt: c.ExpiresAt.Time})
	return ref, nil
}

// refOf checks the claims that the parser leaves alone. The parser's own check
// of iat would share its leeway with exp, which has none.
func (t *tokens) refOf(c tokenClaims) (TokenRef, error) {
	if c.IssuedAt == nil || c.IssuedAt.After(t.now().Add(clockLeeway)) {
		return TokenRef{}, errors.New("iat is missing or in the future")
	}
	// A number beyond int64 has become any time at all on its way through the parser.
	for _, at := range []*jwt.NumericDate{c.IssuedAt, c.NotBefore, c.ExpiresAt} {
		if at != nil && (at.Unix() < 0 || at.Unix() > latestSecond) {
			return TokenRef{}, errors.New("iat, nbf or exp is no time")
		}
	}
	userID, err := strconv.ParseInt(c.Subject, 10, 64)
	if err != nil || !validUserID(userID) || strconv.FormatInt(userID, 10) != c.Subject {
		return TokenRef{}, errors.New("sub is not a user ID")
	}
	id, err := uuid.Parse(c.ID)
	if err != nil || id.String() != c.ID {
		return TokenRef{}, errors.New("jti is not a UUID")
	}
	device, err := deviceOf(c)
	if err != nil {
		return TokenRef{}, err
	}
	return TokenRef{UserID: userID, ID: c.ID, DeviceID: device, IssuedAt: timeline.InstantOf(c.IssuedAt.Time)}, nil
}

// deviceOf is the device that a token was issued to, or "" for a login's. Everything
// about a token says the same, so that neither is ever taken for the other.
func deviceOf(c tokenClaims) (string, error) {
	switch {
	case !slices.Contains(c.Audience, widgetParty):
		if c.Scope != "" || c.Device != "" {
			return "", errors.New("a login with a scope or a device")
		}
		return "", nil
	case len(c.Audience) != 1 || c.Scope != widgetScope:
		return "", errors.New("half a device's token")
	}
	id, err := uuid.Parse(c.Device)
	if err != nil || id.String() != c.Device {
		return "", errors.New("device is not a UUID")
	}
	return c.Device, nil
}

// keys are what signatures are checked with, whatever key the header names. A
// header that says that more must be understood is refused (RFC 7515 section
// 4.1.11): the parser does not look.
func (t *tokens) keys(token *jwt.Token) (any, error) {
	if _, ok := token.Header["crit"]; ok {
		return nil, errors.New("crit names an extension")
	}
	return t.verifyWith, nil
}
