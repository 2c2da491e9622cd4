package account

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Keys holds what tokens are signed with. The JWT and CSRF keys are derived from
// SECRET_KEY apart from each other, so that neither signs for the other. The
// first of each list signs; all of them verify, so that a change of SECRET_KEY
// logs nobody out (SPEC section 6).
type Keys struct {
	jwt, csrf [][]byte
}

// The labels that keep the derived keys apart. To change one makes every token
// of its kind invalid.
const (
	jwtKeyLabel  = "raterhub-tracker jwt hs256 v1"
	csrfKeyLabel = "raterhub-tracker csrf hmac-sha256 v1"
)

const derivedKeySize = 32 // bytes; the output size of HMAC-SHA256

// NewKeys derives the keys from SECRET_KEY and, unless it is "",
// SECRET_KEY_PREVIOUS. It returns an error if current is empty.
func NewKeys(current, previous string) (*Keys, error) {
	if current == "" {
		return nil, errors.New("derive keys: the secret key is empty")
	}
	secrets := []string{current}
	if previous != "" && previous != current {
		secrets = append(secrets, previous)
	}
	k := &Keys{}
	for _, secret := range secrets {
		jwtKey, err := hkdf.Key(sha256.New, []byte(secret), nil, jwtKeyLabel, derivedKeySize)
		if err != nil {
			return nil, fmt.Errorf("derive JWT key: %w", err)
		}
		csrfKey, err := hkdf.Key(sha256.New, []byte(secret), nil, csrfKeyLabel, derivedKeySize)
		if err != nil {
			return nil, fmt.Errorf("derive CSRF key: %w", err)
		}
		k.jwt = append(k.jwt, jwtKey)
		k.csrf = append(k.csrf, csrfKey)
	}
	return k, nil
}
