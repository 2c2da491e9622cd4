package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/token"
)

const (
	lookupGroup   = 256             // tokens in one query, at most
	lookupTimeout = 2 * time.Second // of one query
)

// holder is a user who is logged in.
type holder struct {
	user   int64
	ref    account.TokenRef
	signed string
}

// loggedIn adds users 1 to n, each with one token that is valid.
func (h *house) loggedIn(t testing.TB, n int) []holder {
	t.Helper()
	holders := make([]holder, n)
	for i := range holders {
		user := account.User{ID: int64(i + 1), Email: fmt.Sprintf("user%d@example.com", i+1), Active: true, Role: account.RoleUser, Timezone: "UTC"}
		if err := h.store.CreateUser(t.Context(), user); err != nil {
			t.Fatal(err)
		}
		holders[i] = h.newToken(t, user)
	}
	return holders
}

// newToken stores one more valid token of a user.
func (h *house) newToken(t testing.TB, user account.User) holder {
	t.Helper()
	issued := h.issue(t, user.ID)
	err := h.store.RecordLogin(t.Context(), account.Token{TokenRef: issued.Ref, ExpiresAt: issued.ExpiresAt}, user.PasswordChangedAt, 1)
	if err != nil {
		t.Fatal(err)
	}
	return holder{user: user.ID, ref: issued.Ref.Key(), signed: issued.Signed}
}

// issue makes a token that the store does not know.
func (h *house) issue(t testing.TB, userID int64) token.Issued {
	t.Helper()
	tokens := token.NewAccess(keys(t, secret, ""), time.Hour, func() time.Time { return h.now })
	issued, err := tokens.Issue(token.Holder{ID: userID}, h.now)
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

// hold makes each query wait, before it reads, for a value on release.
func (h *house) hold() (release chan struct{}) {
	release = make(chan struct{})
	h.store.beforeLookup = func(context.Context) error { <-release; return nil }
	return release
}

// queriedUsers returns the users of each query's refs, sorted.
func (h *house) queriedUsers() [][]int64 {
	var queries [][]int64
	for _, refs := range h.store.queried() {
		users := make([]int64, len(refs))
		for i, ref := range refs {
			users[i] = ref.UserID
		}
		slices.Sort(users)
		queries = append(queries, users)
	}
	return queries
}

// pending is an Authenticate that runs in its own goroutine.
type pending struct {
	of   holder
	done chan struct{}
	user account.User
	err  error
}

// start calls Authenticate, and returns when that call waits or has ended.
func (h *house) start(ctx context.Context, of holder) *pending {
	p := &pending{of: of, done: make(chan struct{})}
	go func() {
		p.user, _, p.err = h.Authenticate(ctx, of.signed)
		close(p.done)
	}()
	synctest.Wait()
	return p
}

func (p *pending) expectUser(t *testing.T) {
	t.Helper()
	<-p.done
	if p.err != nil || p.user.ID != p.of.user {
		t.Errorf("the token of user %d is user %d's, %v", p.of.user, p.user.ID, p.err)
	}
}

func (p *pending) expectError(t *testing.T, want error) {
	t.Helper()
	<-p.done
	if !errors.Is(p.err, want) {
		t.Errorf("the token of user %d: %v, want %v", p.of.user, p.err, want)
	}
}
