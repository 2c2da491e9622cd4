package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrNotInstalled is returned when the machine has no Chromium.
var ErrNotInstalled = errors.New("no chromium, chromium-browser or google-chrome in PATH")

const (
	startWithin = 3 * time.Minute
	stopWithin  = 20 * time.Second // then it is killed
)

// Shared is one browser for all tests of a package. The first test that opens a
// page starts it; TestMain stops it:
//
//	var pages browser.Shared
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		pages.Stop()
//		os.Exit(code)
//	}
type Shared struct {
	once    sync.Once
	browser context.Context // of the browser's first tab, which stays empty
	stop    func()
	err     error
}

// require returns the running browser. Under -short it skips the test. Without Chromium it
// also skips the test and says so on stderr, because nobody notices a skip alone; if CI is set
// in the environment, it fails the test instead.
func (s *Shared) require(tb testing.TB) context.Context {
	tb.Helper()
	SkipWhenShort(tb)
	s.once.Do(func() {
		s.browser, s.stop, s.err = start(nil)
		if errors.Is(s.err, ErrNotInstalled) {
			fmt.Fprintf(os.Stderr, "browser tests SKIPPED: %v\n", s.err)
		}
	})
	requireStarted(tb, s.err)
	return s.browser
}

// SkipWhenShort skips a test under -short, as everything that needs a browser does: a test
// that prepares much before it opens a page asks first.
func SkipWhenShort(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("left out under -short: it needs a browser")
	}
}

// requireStarted skips or fails a test whose browser did not start.
func requireStarted(tb testing.TB, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case errors.Is(err, ErrNotInstalled) && os.Getenv("CI") == "":
		tb.Skipf("browser tests SKIPPED: %v", err)
	default:
		tb.Fatal(err)
	}
}

// Stop ends the browser if a test has started it.
func (s *Shared) Stop() {
	s.once.Do(func() { s.err = errors.New("browser: the shared browser was stopped") })
	if s.stop != nil {
		s.stop()
	}
}

// start runs a browser until stop is called; it dies with its starter. more are options
// besides those of every browser, and win over them.
func start(more []chromedp.ExecAllocatorOption) (browser context.Context, stop func(), _ error) {
	path, err := find()
	if err != nil {
		return nil, nil, err
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), append(options(path), more...)...)
	browser, cancel := chromedp.NewContext(allocator)
	stop = func() {
		ctx, done := context.WithTimeout(browser, stopWithin)
		defer done()
		_ = chromedp.Cancel(ctx) // asks it to close; what is left of it is killed below
		cancel()
		free()
	}
	// The context of the first call is the browser's life, so it has no deadline.
	late := time.AfterFunc(startWithin, cancel)
	err = chromedp.Do(browser)
	if late.Stop() && err == nil {
		return browser, stop, nil
	}
	stop()
	return nil, nil, fmt.Errorf("browser: start %s: %w", path, errors.Join(err, context.Cause(browser)))
}

// Only this machine has an address.
const (
	resolverFlag = "host-resolver-rules"
	noNames      = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
)

func find() (path string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNotInstalled
}

// options returns the options of a browser that does nothing by itself. As chromedp does by
// default, its profile is a temporary directory, and for root its sandbox is off, because it
// refuses to run otherwise.
func options(path string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag(resolverFlag, noNames),
		chromedp.Flag("hide-scrollbars", true), // they differ by machine, and screenshots should not
	)
}
