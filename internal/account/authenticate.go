package account

import (
	"context"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/coalesce"
)

const (
	maxLookupGroup = 256             // refs in one query, as Store promises
	lookupTimeout  = 2 * time.Second // of one query
)

// lookups finds the users of access tokens. It sits before every request, so requests that
// arrive while a query is in flight are looked up together by the next one. An answer is
// never older than its request, so a revocation holds for the next request.
type lookups struct {
	store   Store
	queries *coalesce.Coalescer[*lookup]
}

// lookup is one request for a user, and its answer once a query has found it.
type lookup struct {
	ref  TokenRef
	user User
	err  error
}

func newLookups(store Store) *lookups {
	l := &lookups{store: store}
	l.queries = coalesce.New(coalesce.Options[*lookup]{Run: l.answer, MaxItems: maxLookupGroup})
	return l
}

// find returns the user of a token that exists. It returns ErrUnauthenticated if
// it does not, the error of the query, or ctx's error if it ends first.
func (l *lookups) find(ctx context.Context, ref TokenRef) (User, error) {
	asked := &lookup{ref: ref.Key()}
	if err := l.queries.Do(ctx, asked); err != nil {
		return User{}, err
	}
	return asked.user, asked.err
}

// answer finds the users of a group in one query. It belongs to no single request, so it
// has a time limit of its own.
func (l *lookups) answer(group []*lookup) {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	users, err := l.store.UsersOfTokens(ctx, distinct(group))
	for _, asked := range group {
		user, exists := users[asked.ref]
		switch {
		case err != nil:
			asked.err = fmt.Errorf("look up tokens: %w", err)
		case !exists:
			asked.err = fmt.Errorf("%w: token does not exist", ErrUnauthenticated)
		default:
			asked.user = user
		}
	}
}

// distinct returns the refs of a group, each once.
func distinct(group []*lookup) []TokenRef {
	refs := make([]TokenRef, 0, len(group))
	seen := make(map[TokenRef]struct{}, len(group))
	for _, asked := range group {
		if _, ok := seen[asked.ref]; !ok {
			seen[asked.ref] = struct{}{}
			refs = append(refs, asked.ref)
		}
	}
	return refs
}
