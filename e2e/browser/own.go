package browser

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Setup is what a browser of a test's own is made of.
type Setup struct {
	// Profile is the folder of the browser's profile, so that another browser can be started
	// on it. "" is a temporary one.
	Profile string
	// Extension is the folder of an unpacked extension, or "".
	Extension string
	// Rules are further host-resolver-rules of Chromium: "MAP www.example.org:443 127.0.0.1:8443".
	Rules string
	// Trusted is the fingerprint of the key of a certificate that the browser trusts, in the
	// form of Chromium's flag ignore-certificate-errors-spki-list.
	Trusted string
}

// Own is a browser of one test. All its pages share one profile, and no page gets the cookies
// of another site.
type Own struct {
	browser context.Context
	stop    func()
	pages   []*Page
}

// Start runs a browser until it is stopped or the test ends. Under -short it skips the test.
func Start(t testing.TB, setup Setup) *Own {
	t.Helper()
	SkipWhenShort(t)
	flags := []chromedp.ExecAllocatorOption{
		chromedp.Flag("test-third-party-cookie-phaseout", true),
	}
	if setup.Profile != "" {
		flags = append(flags, chromedp.UserDataDir(setup.Profile))
	}
	if setup.Rules != "" {
		flags = append(flags, chromedp.Flag(resolverFlag, setup.Rules+", "+noNames))
	}
	if setup.Trusted != "" {
		// Chromium ignores this flag unless a profile is named.
		flags = append(flags, chromedp.Flag("ignore-certificate-errors-spki-list", setup.Trusted))
	}
	if setup.Extension != "" {
		flags = append(flags, chromedp.Flag("disable-extensions", false), chromedp.Flag("load-extension", setup.Extension))
	}
	browser, stop, err := start(flags)
	requireStarted(t, err)
	o := &Own{browser: browser, stop: stop}
	t.Cleanup(o.Stop)
	return o
}

// Open makes an empty tab, as Shared.Open does; all tabs share the profile.
func (o *Own) Open(t testing.TB, origin string, view View) *Page {
	t.Helper()
	return o.keep(open(t, o.browser, origin, view))
}

func (o *Own) keep(p *Page) *Page {
	o.pages = append(o.pages, p)
	return p
}

// Find waits until a tab that a page or an extension has opened is at an address that
// begins with path at origin, and takes it over.
func (o *Own) Find(t testing.TB, origin, path string) *Page {
	t.Helper()
	late := time.After(actWithin)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		targets, err := chromedp.Targets(o.browser)
		if err != nil {
			t.Fatalf("list the tabs: %v", err)
		}
		for _, found := range targets {
			if found.Type == "page" && strings.HasPrefix(found.URL, origin+path) {
				return o.keep(open(t, o.browser, origin, View{}, chromedp.WithTargetID(found.TargetID)))
			}
		}
		select {
		case <-late:
			t.Fatalf("no tab is at %s%s", origin, path)
		case <-again.C:
		}
	}
}

// Stop checks the pages, as the end of the test would, and ends the browser. Stop may be called
// twice.
func (o *Own) Stop() {
	if o.stop == nil {
		return
	}
	for _, p := range o.pages {
		p.check()
	}
	o.stop()
	o.stop = nil
}

// Kill ends the browser's process at once, in the middle of what it was doing. Its pages
// are not checked any more.
func (o *Own) Kill(t testing.TB) {
	t.Helper()
	if err := chromedp.FromContext(o.browser).Browser.Process().Kill(); err != nil {
		t.Fatalf("kill the browser: %v", err)
	}
	for _, p := range o.pages {
		p.checked = true
	}
	o.stop()
	o.stop = nil
}

// ExtensionOrigin returns the origin of the pages of an unpacked extension, which Chromium
// derives from the name of its folder.
func ExtensionOrigin(folder string) string {
	sum := sha256.Sum256([]byte(folder))
	name := hex.EncodeToString(sum[:16])
	letters := strings.Map(func(digit rune) rune {
		value := strings.IndexRune("0123456789abcdef", digit)
		return 'a' + rune(value)
	}, name)
	return "chrome-extension://" + letters
}
