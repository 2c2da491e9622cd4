package token

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Keys holds the keys that the server signs and seals with. Every purpose has its own
// keys, derived separately from SECRET_KEY, so that none can serve for another. The
// first key of each list signs or seals; all of them verify or open, so that a change
// of SECRET_KEY logs nobody out.
type Keys struct {
	jwt, csrf, seal, browser, refresh [][]byte
}

// The labels keep the derived keys apart. Changing a label invalidates what its keys
// signed or sealed, so the label for known browsers still says "device".
const (
	jwtKeyLabel     = "raterhub-tracker jwt hs256 v1"
	csrfKeyLabel    = "raterhub-tracker csrf hmac-sha256 v1"
	sealKeyLabel    = "raterhub-tracker seal aes-256-gcm v1"
	browserKeyLabel = "raterhub-tracker device hmac-sha256 v1"
	refreshKeyLabel = "raterhub-tracker refresh hmac-sha256 v1"
)

const derivedKeySize = 32 // bytes; the output size of HMAC-SHA256, and what AES-256 takes

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
	for label, keys := range map[string]*[][]byte{
		jwtKeyLabel:     &k.jwt,
		csrfKeyLabel:    &k.csrf,
		sealKeyLabel:    &k.seal,
		browserKeyLabel: &k.browser,
		refreshKeyLabel: &k.refresh,
	} {
		for _, secret := range secrets {
			key, err := hkdf.Key(sha256.New, []byte(secret), nil, label, derivedKeySize)
			if err != nil {
				return nil, fmt.Errorf("derive key %q: %w", label, err)
			}
			*keys = append(*keys, key)
		}
	}
	return k, nil
}
