package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/limit"
)

// guards slow down who guesses passwords (SPEC section 6).
//
// The rules are:
//   - Every attempt counts for its address and for its account, known or not.
//   - An address that must wait is told so; it learns nothing of any account.
//   - An account that must wait looks like a wrong password to everybody.
//   - An attempt from a browser that has logged in to the account before counts for
//     that browser alone, so that strangers cannot lock an owner out.
//   - A success clears the account's count, and only its own try of the address's.
type guards struct {
	addresses, accounts, browsers *limit.Throttle
	devices                       *devices
}

// guard is the tries of one attempt, which count as failures until it succeeds.
type guard struct {
	*guards
	account     limit.Try  // or the browser's
	address     *limit.Try // nil for a known browser
	email       string
	knownDevice bool
}

// begin counts an attempt. It returns fault.Throttled if the address must wait.
func (g *guards) begin(ctx context.Context, a Attempt) (*guard, error) {
	email, problem := cleanEmail(a.Email)
	if problem != "" {
		email = strings.ToValidUTF8(a.Email, "")
	}
	guard := &guard{guards: g, email: email}
	device, known := g.devices.verify(a.Device, email)
	if known {
		guard.knownDevice = true
		var err error
		guard.account, err = g.browsers.Begin(ctx, device)
		return guard, err
	}
	address, err := g.addresses.Begin(ctx, a.Address)
	if err != nil {
		return nil, err
	}
	if !address.Allowed {
		return nil, &fault.Throttled{RetryAfter: address.RetryAfter}
	}
	guard.address = &address
	if guard.account, err = g.accounts.Begin(ctx, accountKey(email)); err != nil {
		return nil, errors.Join(err, guard.forgive(ctx))
	}
	return guard, nil
}

// locked reports whether the account, or the known browser, must wait.
func (g *guard) locked() bool { return !g.account.Allowed }

// forgive takes back an attempt that did not fail, although it did not log in either.
func (g *guard) forgive(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // an attempt that was given up has not failed
	var err error
	if g.account.Allowed {
		err = g.ofAccount().Forgive(ctx, g.account)
	}
	if g.address != nil {
		err = errors.Join(err, g.addresses.Forgive(ctx, *g.address))
	}
	return err
}

// succeed is the end of an attempt that logged in.
func (g *guard) succeed(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	err := g.ofAccount().Clear(ctx, g.account.Key)
	if g.address != nil {
		err = errors.Join(err, g.addresses.Forgive(ctx, *g.address))
	}
	return err
}

// passed clears the count of an account that has shown a second factor too.
func (g *guards) passed(ctx context.Context, email string) error {
	return g.accounts.Clear(ctx, accountKey(email))
}

func (g *guard) ofAccount() *limit.Throttle {
	if g.knownDevice {
		return g.browsers
	}
	return g.accounts
}

// accountKey is not the e-mail itself: people type passwords into the wrong field.
func accountKey(email string) string {
	sum := sha256.Sum256([]byte(email))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
