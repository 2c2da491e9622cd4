package account_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

// attempt returns an attempt to log in as Ann.
func attempt(password, address string) account.Attempt {
	return account.Attempt{Email: "ann@example.com", Password: password, Address: address}
}

// The outcomes of attempts.
const (
	in      = "logged in"
	refused = "refused"
	busy    = "busy"
)

func outcome(t *testing.T, err error) string {
	t.Helper()
	var throttled *fault.Throttled
	switch {
	case err == nil:
		return in
	case errors.Is(err, account.ErrBadCredentials):
		return refused
	case errors.As(err, &throttled):
		return "wait " + throttled.RetryAfter.String()
	case errors.Is(err, password.ErrBusy):
		return busy
	}
	t.Fatalf("unexpected error %v", err)
	return ""
}

// The account is locked at exact times, whatever the address of the right password. Each
// address here makes one try, so that only the account's count matters.
func TestAccountLockout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	start := h.now
	for i, step := range []struct {
		at       time.Duration
		password string
		want     string
	}{
		{0, "wrong", refused},
		{0, "wrong", refused},
		{time.Second, "wrong", refused},                        // the 3rd: 30 s
		{31*time.Second - 1000, goodPassword, refused},         // too early
		{31 * time.Second, "wrong", refused},                   // the 4th: 60 s
		{91*time.Second - 1000, goodPassword, refused},         // too early
		{91 * time.Second, "wrong", refused},                   // the 5th: 15 minutes
		{991*time.Second - 1000, goodPassword, refused},        // too early
		{991 * time.Second, goodPassword, in},                  // it is over
		{991 * time.Second, "wrong", refused},                  // and the count starts again
		{991 * time.Second, goodPassword, in},                  // a success clears it
		{991 * time.Second, "wrong", refused},                  //
		{991 * time.Second, "wrong", refused},                  //
		{991 * time.Second, goodPassword, in},                  // the 3rd try does not fail
		{991 * time.Second, "wrong", refused},                  //
		{991 * time.Second, "wrong", refused},                  //
		{991 * time.Second, "wrong", refused},                  // the 3rd failure
		{991*time.Second + 10*1000, goodPassword, refused},     // 30 s again
		{1021*time.Second + 10*1000, goodPassword, in},         //
		{1021*time.Second + 10*1000, goodPassword + "", in},    //
		{1021*time.Second + 10*1000, "wrong", refused},         //
		{1021*time.Second + 20*1000, goodPassword, in},         //
		{1021*time.Second + 30*1000, "another wrong", refused}, //
	} {
		h.now = start.Add(step.at)
		_, err := h.Login(t.Context(), attempt(step.password, fmt.Sprintf("192.0.2.%d", i)))
		if got := outcome(t, err); got != step.want {
			t.Errorf("step %d at %s: %s, want %s", i, step.at, got, step.want)
		}
	}
	locked := 0
	for _, e := range h.store.noted() {
		if e.Kind == account.LockedOut {
			locked++
		}
	}
	if locked != 1 {
		t.Errorf("%d lockouts in the security log, want 1", locked)
	}
}

// An address is told to wait, whatever accounts it tries. A success takes back its own
// try and no other.
func TestAddressIsThrottled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const address = "192.0.2.9"
	fail := func(i int) error {
		_, err := h.Login(t.Context(), account.Attempt{Email: fmt.Sprintf("someone%d@example.com", i), Password: "x", Address: address})
		return err
	}
	for i := range 2 {
		if got := outcome(t, fail(i)); got != refused {
			t.Fatalf("failure %d: %s", i, got)
		}
		if _, err := h.Login(t.Context(), attempt(goodPassword, address)); err != nil {
			t.Fatalf("a success in between: %v", err)
		}
	}
	if got := outcome(t, fail(3)); got != refused {
		t.Errorf("the 3rd failure: %s", got)
	}
	if got := outcome(t, fail(4)); got != "wait 30s" {
		t.Errorf("after the 3rd failure: %s; the successes must not have cleared the address", got)
	}
	if _, err := h.Login(t.Context(), attempt(goodPassword, address)); outcome(t, err) != "wait 30s" {
		t.Errorf("the right password from there: %v", err)
	}
	if _, err := h.Login(t.Context(), attempt(goodPassword, "192.0.2.10")); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	h.advance(30 * time.Second)
	if _, err := h.Login(t.Context(), attempt(goodPassword, address)); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// An owner whom strangers have locked out can still log in with a known browser, and with
// no other.
func TestKnownBrowser(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	registered, err := h.Register(t.Context(), account.Registration{Email: "ann@example.com", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	other, err := h.Register(t.Context(), account.Registration{Email: "eve@example.com", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	lockOut := func() {
		for i, wait := range []time.Duration{0, 0, 0, 30 * time.Second, time.Minute} {
			h.advance(wait)
			_, err := h.Login(t.Context(), attempt("wrong", fmt.Sprintf("198.51.100.%d", i)))
			if got := outcome(t, err); got != refused {
				t.Fatalf("stranger's try %d: %s", i, got)
			}
		}
	}
	lockOut()
	try := func(browser, password string) string {
		a := attempt(password, "198.51.100.1") // the attacker's own address, even
		a.KnownBrowser = browser
		_, err := h.Login(t.Context(), a)
		return outcome(t, err)
	}
	for name, browser := range map[string]string{
		"no browser": "", "garbage": "AAAA", "of another account": other.KnownBrowser, "changed": registered.KnownBrowser[1:] + "A",
	} {
		if got := try(browser, goodPassword); got == in {
			t.Errorf("%s: logged in", name)
		}
	}
	if got := try(registered.KnownBrowser, goodPassword); got != in {
		t.Errorf("the known browser: %s", got)
	}
	if got := try(registered.KnownBrowser, goodPassword); got != in {
		t.Errorf("once more: %s", got)
	}
	for i := range 3 { // somebody who has the browser cannot guess without limit either
		if got := try(registered.KnownBrowser, "wrong"); got != refused {
			t.Errorf("guess %d: %s", i, got)
		}
	}
	if got := try(registered.KnownBrowser, goodPassword); got != refused {
		t.Errorf("the known browser after three failures of its own: %s", got)
	}
	h.advance(15 * time.Minute)
	reset, err := h.ResetPassword(t.Context(), "ann@example.com", home)
	if err != nil {
		t.Fatal(err)
	}
	lockOut()
	if got := try(registered.KnownBrowser, reset); got == in {
		t.Error("a browser that knew the password before is still known")
	}
	h.advance(15 * time.Minute)
	login, err := h.Login(t.Context(), attempt(reset, "198.51.100.77"))
	if err != nil {
		t.Fatal(err)
	}
	lockOut()
	if got := try(login.KnownBrowser, reset); got != in {
		t.Errorf("a browser that knows the new one: %s", got)
	}
	h.advance(account.KnownBrowserLifetime + time.Second)
	lockOut()
	if got := try(login.KnownBrowser, reset); got == in {
		t.Error("a browser that logged in more than a year ago is still known")
	}
}

// 500 guesses at once, each from an address of its own: at most 5 are checked against
// the account's hash, and the right one among the others does not get in.
func TestParallelGuesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	service := h.replica(t, func(o *account.Options) { o.Pool = password.NewPool(1) })
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	for i := range 500 {
		group.Go(func() {
			_, err := service.Login(context.Background(), attempt(fmt.Sprintf("guess %d", i), fmt.Sprintf("2001:db8:%x::/64", i)))
			mu.Lock()
			defer mu.Unlock()
			seen[outcome(t, err)]++
		})
	}
	group.Wait()
	if seen[refused]+seen[busy] != 500 || seen[refused] == 0 {
		t.Errorf("outcomes %v, want 500 refused or told to come back", seen)
	}
	checked := 0
	for _, e := range h.store.noted() {
		if e.Kind == account.LoginFailed && e.Detail == "wrong password" {
			checked++
		}
	}
	if checked < 1 || checked > 5 {
		t.Errorf("%d guesses reached the hash, want 1 to 5", checked)
	}
}

// A flood that fills the strangers' queue keeps no known browser waiting, and nobody who is
// logged in. Strangers are told to come back, without a hash.
func TestKnownBrowserBesideAFlood(t *testing.T) {
	t.Parallel()
	h := newEmptyHouse(t)
	known, err := h.Register(t.Context(), account.Registration{Email: annsEmail, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	var flood sync.WaitGroup
	results := make(chan error, 500)
	for i := range cap(results) {
		turn := password.Turn{Lane: password.Strangers, Key: fmt.Sprint(i)}
		flood.Go(func() { results <- h.pool.Run(context.Background(), turn, func() { <-release }) })
	}
	if err := <-results; !errors.Is(err, password.ErrBusy) { // so the queue is full
		t.Errorf("one of the flood: got %v, want ErrBusy", err)
	}
	if _, err := h.Login(t.Context(), attempt(goodPassword, "192.0.2.1")); outcome(t, err) != busy {
		t.Errorf("a stranger with the right password: got %v, want ErrBusy", err)
	}
	a := attempt(goodPassword, "192.0.2.1")
	a.KnownBrowser = known.KnownBrowser
	if _, err := h.Login(t.Context(), a); err != nil {
		t.Errorf("the known browser: %v", err)
	}
	if err := h.Confirm(t.Context(), goodPassword, account.By{UserID: known.User.ID}); err != nil {
		t.Errorf("somebody who is logged in: %v", err)
	}
	close(release)
	flood.Wait()
}

// An attempt does not count as failed if the store or the pool fails.
func TestUncheckedAttemptsDoNotCount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	failure := errors.New("disk is full")
	h.store.fail(failure)
	for range 6 {
		if _, err := h.Login(t.Context(), attempt(goodPassword, "192.0.2.1")); !errors.Is(err, failure) {
			t.Fatalf("got %v, want the store's failure", err)
		}
	}
	h.store.fail(nil)
	if _, err := h.Login(t.Context(), attempt(goodPassword, "192.0.2.1")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
