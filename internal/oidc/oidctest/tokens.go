package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// lifetime is how long an ID token is valid.
const lifetime = 5 * time.Minute

// keys are the provider's own. Which of them are published is decided by public.
type keys struct {
	rs256, es256, unpublished jose.SigningKey
	kids                      map[jose.SignatureAlgorithm]string
}

const rsaBits = 2048

func newKeys() (*keys, error) {
	published, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return nil, err
	}
	unpublished, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return nil, err
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return &keys{
		rs256:       jose.SigningKey{Algorithm: jose.RS256, Key: published},
		es256:       jose.SigningKey{Algorithm: jose.ES256, Key: curve},
		unpublished: jose.SigningKey{Algorithm: jose.RS256, Key: unpublished},
		kids:        map[jose.SignatureAlgorithm]string{jose.RS256: rand.Text(), jose.ES256: rand.Text()},
	}, nil
}

// public returns the published keys.
func (k *keys) public() jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for _, key := range []jose.SigningKey{k.rs256, k.es256} {
		private := jose.JSONWebKey{
			Key: key.Key, KeyID: k.kids[key.Algorithm], Algorithm: string(key.Algorithm), Use: "sig",
		}
		set.Keys = append(set.Keys, private.Public())
	}
	return set
}

// issue makes the ID token of a login.
func (p *Provider) issue(g grant, accessToken string) (string, error) {
	claims := p.idClaims(g, accessToken)
	p.mu.Lock()
	defer p.mu.Unlock()
	for quirk := range p.quirks {
		spoil(claims, quirk, p.now())
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	switch kid := p.keys.kids[jose.RS256]; {
	case p.quirks[AlgNone]:
		return unsigned(payload), nil
	case p.quirks[AlgHS256]:
		return sign(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(ClientSecret)}, kid, payload)
	case p.quirks[UnknownKey]:
		return sign(p.keys.unpublished, "unknown", payload)
	case p.quirks[ForgedSignature]:
		return sign(p.keys.unpublished, kid, payload)
	case p.quirks[SignsES256]:
		return sign(p.keys.es256, p.keys.kids[jose.ES256], payload)
	default:
		return sign(p.keys.rs256, kid, payload)
	}
}

// idClaims returns the claims of a good ID token.
func (p *Provider) idClaims(g grant, accessToken string) map[string]any {
	claims := map[string]any{"sub": g.user.Subject}
	if !p.has(ThinToken) {
		maps.Copy(claims, p.claimsOf(g.user))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	maps.Copy(claims, map[string]any{
		"iss":     p.Issuer(),
		"aud":     ClientID,
		"iat":     now.Unix(),
		"exp":     now.Add(lifetime).Unix(),
		"nonce":   g.nonce,
		"at_hash": hashOf(accessToken),
	})
	return claims
}

// spoil makes one claim wrong, or unusual.
func spoil(claims map[string]any, q Quirk, now time.Time) {
	const another = "another"
	switch q {
	case WrongNonce:
		claims["nonce"] = another
	case NoNonce:
		delete(claims, "nonce")
	case WrongIssuer:
		claims["iss"] = "https://" + another + ".example"
	case WrongAudience:
		claims["aud"] = another
	case TwoAudiences:
		claims["aud"], claims["azp"] = []string{another, ClientID}, ClientID
	case NoParty:
		claims["aud"] = []string{another, ClientID}
	case WrongParty:
		claims["azp"] = another
	case Expired:
		claims["exp"] = now.Add(-time.Second).Unix()
	case NoExpiry:
		delete(claims, "exp")
	case NoSubject:
		delete(claims, "sub")
	case LongSubject:
		claims["sub"] = strings.Repeat("s", 256)
	case ControlSubject:
		claims["sub"] = "ada\x00"
	case LongEmail:
		const domain = "@example.org"
		claims["email"] = strings.Repeat("e", 255-len(domain)) + domain
	case WrongAccessToken:
		claims["at_hash"] = hashOf(another)
	default: // other quirks do not concern the claims
	}
}

// hashOf returns at_hash (OpenID Connect Core 1.0 section 3.1.3.6) for algorithms on
// SHA-256.
func hashOf(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

func sign(key jose.SigningKey, kid string, payload []byte) (string, error) {
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", kid)
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

func unsigned(payload []byte) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + "."
}
