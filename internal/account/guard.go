package account

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/emailkey"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// guards slow down people who guess passwords.
//
// The rules are:
//   - Every attempt counts for its address and for its account, known or not.
//   - An address that must wait is told so; it learns nothing about any account.
//   - An account that must wait looks like a wrong password to everybody.
//   - Attempts from known browsers of an account have a count of their own, so that
//     strangers cannot lock the owner out.
//   - A success clears the counts of the account. From the address's count it removes
//     only its own try.
type guards struct {
	addresses, accounts, browsers *limit.Throttle
	known                         *knownBrowsers
}

// guard is one attempt: its tries count as failures until it succeeds.
type guard struct {
	*guards
	throttle *limit.Throttle // of the account, or of its known browsers
	key      string          // what the account is counted under
	account  limit.Try
	address  *limit.Try // nil for a known browser
}

// begin counts an attempt to log in as a user, who is the zero User if nobody has the
// e-mail. It returns fault.Throttled if the address must wait.
func (g *guards) begin(ctx context.Context, a Attempt, user User) (*guard, error) {
	guard := &guard{guards: g, throttle: g.accounts, key: accountKey(user, a.Email)}
	if g.known.has(a.KnownBrowser, user) {
		guard.throttle = g.browsers
	} else {
		address, err := g.addresses.Begin(ctx, a.Address)
		if err != nil {
			return nil, err
		}
		guard.address = &address
		if !address.Allowed {
			return guard, &fault.Throttled{RetryAfter: address.RetryAfter}
		}
	}
	var err error
	if guard.account, err = guard.throttle.Begin(ctx, guard.key); err != nil {
		return nil, errors.Join(err, guard.forgive(ctx))
	}
	return guard, nil
}

// locked reports whether the account, or its known browsers, must wait.
func (g *guard) locked() bool { return !g.account.Allowed }

// turn returns the attempt's turn for hashing. It counts on the e-mail address, whether
// somebody has it or not, so that the wait tells nothing.
func (g *guard) turn() password.Turn {
	lane := password.Strangers
	if g.address == nil {
		lane = password.KnownBrowsers
	}
	return password.Turn{Lane: lane, Key: g.key}
}

// forgive takes back an attempt that neither failed nor logged in.
func (g *guard) forgive(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // an attempt that its caller gave up has not failed
	var err error
	if g.account.Allowed {
		err = g.throttle.Forgive(ctx, g.account)
	}
	if g.address != nil && g.address.Allowed {
		err = errors.Join(err, g.addresses.Forgive(ctx, *g.address))
	}
	return err
}

// succeed ends an attempt that logged in.
func (g *guard) succeed(ctx context.Context) error {
	err := g.clear(ctx, g.key)
	if g.address != nil {
		err = errors.Join(err, g.addresses.Forgive(context.WithoutCancel(ctx), *g.address))
	}
	return err
}

// clear forgets the failures of an account whose owner has logged in.
func (g *guards) clear(ctx context.Context, key string) error {
	ctx = context.WithoutCancel(ctx)
	return errors.Join(g.accounts.Clear(ctx, key), g.browsers.Clear(ctx, key))
}

// accountKey returns what an account is counted under: all spellings of an address together,
// whether somebody has it or not. A user without a key is counted alone, so that the owner
// of the key, by logging in, clears no failures but their own. It is not the e-mail itself:
// people type passwords into the wrong field.
func accountKey(user User, typed string) string {
	counted := cmp.Or(user.EmailKey, user.Email)
	if user.ID == 0 {
		counted = typed
		if email, problem := cleanEmail(typed); problem == "" {
			counted = emailkey.Of(email)
		}
	}
	sum := sha256.Sum256([]byte(counted))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
