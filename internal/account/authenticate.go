package account

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	maxLookupGroup = 256             // refs in one query, as Store promises
	lookupTimeout  = 5 * time.Second // of one query
)

// lookups finds the users of tokens. It sits before every request, so requests
// that arrive while a query is in flight are looked up together by the next one.
//
// The rules are:
//   - One query is in flight at a time. A request that finds none starts its own
//     at once.
//   - A request joins only a group whose query has not started, so its answer is
//     never older than the request, and a revocation holds for the next one.
//   - A query belongs to no single caller: it outlives the one who gave up.
//   - The goroutine that queries ends when nobody waits.
type lookups struct {
	store Store

	mu       sync.Mutex
	querying bool
	waiting  []*lookupGroup // those whose query has not started, oldest first
}

// lookupGroup is the requests that one query answers.
type lookupGroup struct {
	refs map[TokenRef]struct{} // guarded by lookups.mu until the group leaves waiting

	done  chan struct{} // closed when the answer is there
	users map[TokenRef]User
	err   error
}

func newLookups(store Store) *lookups { return &lookups{store: store} }

// find returns the user of a token that exists. It returns ErrUnauthenticated if
// it does not, the error of the query, or ctx's error if it ends first.
func (l *lookups) find(ctx context.Context, ref TokenRef) (User, error) {
	ref = ref.Key()
	group := l.join(ref)
	select {
	case <-group.done:
	case <-ctx.Done():
		return User{}, ctx.Err()
	}
	if group.err != nil {
		return User{}, group.err
	}
	user, ok := group.users[ref]
	if !ok {
		return User{}, fmt.Errorf("%w: token does not exist", ErrUnauthenticated)
	}
	return user, nil
}

// join puts ref into the next group and makes sure that it is queried.
func (l *lookups) join(ref TokenRef) *lookupGroup {
	l.mu.Lock()
	defer l.mu.Unlock()
	group := l.openGroup()
	group.refs[ref] = struct{}{}
	if !l.querying {
		l.querying = true
		go l.query()
	}
	return group
}

// openGroup is the group that still has room; it holds mu.
func (l *lookups) openGroup() *lookupGroup {
	if n := len(l.waiting); n > 0 && len(l.waiting[n-1].refs) < maxLookupGroup {
		return l.waiting[n-1]
	}
	group := &lookupGroup{refs: make(map[TokenRef]struct{}), done: make(chan struct{})}
	l.waiting = append(l.waiting, group)
	return group
}

// query answers the waiting groups one after another until there is none.
func (l *lookups) query() {
	for group := l.next(); group != nil; group = l.next() {
		group.users, group.err = l.usersOf(group.refs)
		close(group.done)
	}
}

// next takes the oldest group, which nobody can join from here on, or returns
// nil and marks that nobody queries.
func (l *lookups) next() *lookupGroup {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.querying = false
		return nil
	}
	group := l.waiting[0]
	l.waiting = l.waiting[1:]
	return group
}

func (l *lookups) usersOf(set map[TokenRef]struct{}) (map[TokenRef]User, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	refs := make([]TokenRef, 0, len(set))
	for ref := range set {
		refs = append(refs, ref)
	}
	users, err := l.store.UsersOfTokens(ctx, refs)
	if err != nil {
		return nil, fmt.Errorf("look up tokens: %w", err)
	}
	return users, nil
}
