package password

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// Hasher hashes and verifies passwords in a pool. It is safe for concurrent use.
type Hasher struct {
	pool  *Pool
	cost  Cost   // of new hashes
	dummy string // the hash of no password
}

// NewHasher returns a Hasher that works in pool and makes hashes of a cost.
func NewHasher(pool *Pool, cost Cost) *Hasher {
	dummy := newArgonHash(cost)
	dummy.key = randomBytes(keySize)
	return &Hasher{pool: pool, cost: cost, dummy: dummy.String()}
}

// Hash returns the PHC string of a normalised password. It returns ErrBusy, or
// ctx's error if it ends while waiting for its turn.
func (h *Hasher) Hash(ctx context.Context, turn Turn, normalised string) (_ string, err error) {
	defer fault.Wrap(&err, "hash password")
	hash := newArgonHash(h.cost)
	if err := h.pool.Run(ctx, turn, func() { hash.key = hash.derive(normalised) }); err != nil {
		return "", err
	}
	return hash.String(), nil
}

// Verify reports whether stored is the hash of a password, and whether a new hash would be
// stronger. The hash "" stands for a user who has no password or does not exist: no
// password matches it, after the same work. Verify returns ErrMalformedHash, ErrBusy, or
// ctx's error if it ends while waiting for its turn.
func (h *Hasher) Verify(ctx context.Context, turn Turn, typed Typed, stored string) (ok, outdated bool, err error) {
	defer fault.Wrap(&err, "verify password")
	if stored == "" {
		stored = h.dummy
	}
	hash, err := parseHash(stored)
	if err != nil {
		return false, false, err
	}
	if err := h.pool.Run(ctx, turn, func() { ok = hash.matches(typed) }); err != nil {
		return false, false, err
	}
	return ok, hash.outdated(h.cost), nil
}
