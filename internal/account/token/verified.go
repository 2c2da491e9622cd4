package token

import (
	"sync"
	"time"
)

// maxVerified bounds each half of a cache of verified tokens.
const maxVerified = 4096

// verified remembers tokens whose signature and claims are good. Every press brings the
// same token, and after the database, checking it was the largest cost of a request. Expiry
// and revocation, which may change, are checked each time. Only good tokens are kept, so a
// flood of bad ones cannot fill it. The zero value is empty.
type verified struct {
	mu sync.Mutex
	// When recent is full it becomes older, and what was older is forgotten.
	recent, older map[string]verifiedToken
}

type verifiedToken struct {
	ref       Ref
	expiresAt time.Time
}

// find returns which token signed is, unless it is expired or not remembered.
func (v *verified) find(signed string, now time.Time) (Ref, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	token, ok := v.recent[signed]
	if !ok {
		if token, ok = v.older[signed]; ok {
			v.put(signed, token)
		}
	}
	if !ok || !now.Before(token.expiresAt) {
		return Ref{}, false
	}
	return token.ref, true
}

func (v *verified) add(signed string, token verifiedToken) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.put(signed, token)
}

// put needs mu to be held.
func (v *verified) put(signed string, token verifiedToken) {
	if v.recent == nil || len(v.recent) >= maxVerified {
		v.recent, v.older = make(map[string]verifiedToken), v.recent
	}
	v.recent[signed] = token
}
