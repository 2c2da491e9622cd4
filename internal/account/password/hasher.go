package account

import (
	"context"
	"crypto/rand"
	"fmt"
)

// waitersPerSlot bounds the queue for a slot. A hash takes some 20 ms, so that
// the last in the queue waits for little more than a second.
const waitersPerSlot = 64

// hasher hashes and verifies passwords, a bounded number at a time: each takes
// 19 MiB and a core, which a burst of logins must not multiply without end. Nor
// must it queue without end.
type hasher struct {
	admitted chan struct{} // those at work and those who wait
	slots    chan struct{} // those at work
	dummy    string        // the hash of no password
}

func newHasher(pool int) *hasher {
	dummy := argonHash{argonParams: currentParams, salt: randomBytes(saltSize), key: randomBytes(keySize)}
	return &hasher{
		admitted: make(chan struct{}, pool*(1+waitersPerSlot)),
		slots:    make(chan struct{}, pool),
		dummy:    dummy.String(),
	}
}

// hash returns the PHC string of a normalised password. It returns ErrBusy, or
// ctx's error if it ends while waiting for its turn.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	hash := argonHash{argonParams: currentParams, salt: randomBytes(saltSize), key: make([]byte, keySize)}
	err := h.inPool(ctx, func() { hash.key = hash.derive(password) })
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash.String(), nil
}

// verify reports whether encoded is the hash of a password, and whether a new
// hash would be stronger. The hash "", of somebody who has no password or does
// not exist, is the hash of no password at the same work. It returns
// errMalformedHash, ErrBusy, or ctx's error if it ends while waiting for its turn.
func (h *hasher) verify(ctx context.Context, p typedPassword, encoded string) (ok, outdated bool, err error) {
	if encoded == "" {
		encoded = h.dummy
	}
	stored, err := parseHash(encoded)
	if err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	if err := h.inPool(ctx, func() { ok = stored.matches(p) }); err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	return ok, stored.outdated(), nil
}

// inPool runs work when there is room. It returns ErrBusy at once if too many
// wait for that already, or ctx's error.
func (h *hasher) inPool(ctx context.Context, work func()) error {
	if err := ctx.Err(); err != nil {
		return err // a select may choose a free slot all the same
	}
	select {
	case h.admitted <- struct{}{}:
	default:
		return ErrBusy
	}
	defer func() { <-h.admitted }()
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	work()
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails, as documented
	return b
}
