package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// View is the way in which a person looks at a page. The zero value is light, on a desktop,
// with JavaScript.
type View struct {
	Dark     bool // prefers-color-scheme
	Phone    bool // 390×844, touched; else 1280×900
	Small    bool // 360×740, touched, the smallest phone that pages are made for
	Tablet   bool // 820×1180, touched
	Zoomed   bool // a desktop at 200 %: half as wide and high, each dot drawn twice
	NoScript bool // the page's JavaScript is off; Eval works, but no timer does
}

// Views returns the themes and sizes in which every page is checked.
func Views() []View {
	return []View{{}, {Dark: true}, {Phone: true}, {Dark: true, Phone: true}}
}

// EachView runs test once in each of Views.
func EachView(t *testing.T, test func(t *testing.T, view View)) {
	t.Helper()
	for _, view := range Views() {
		t.Run(view.String(), func(t *testing.T) {
			t.Parallel()
			test(t, view)
		})
	}
}

// String returns the view as a part of file names, as in "dark-phone".
func (v View) String() string {
	theme, size, script := "light", "desktop", ""
	if v.Dark {
		theme = "dark"
	}
	switch {
	case v.Phone:
		size = "phone"
	case v.Small:
		size = "small-phone"
	case v.Tablet:
		size = "tablet"
	case v.Zoomed:
		size = "zoomed"
	}
	if v.NoScript {
		script = "-noscript"
	}
	return theme + "-" + size + script
}

// Look shows the open page in another view without loading it again, as when a person turns a
// phone or changes the theme.
func (p *Page) Look(view View) {
	p.t.Helper()
	p.view = view
	p.Do(view.emulate()...)
}

func (v View) emulate() []chromedp.Action[chromedp.Void] {
	scheme := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "light"}
	if v.Dark {
		scheme.Value = "dark"
	}
	size := chromedp.EmulateViewport(1280, 900)
	switch {
	case v.Zoomed:
		size = chromedp.EmulateViewport(640, 450, chromedp.EmulateScale(2))
	case v.Small:
		size = chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	case v.Tablet:
		size = chromedp.EmulateViewport(820, 1180, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	case v.Phone:
		size = chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	return []chromedp.Action[chromedp.Void]{
		focus(),
		size,
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{scheme}}),
		setScript(!v.NoScript),
	}
}

// setScript turns the JavaScript of the page on or off.
func setScript(on bool) chromedp.Action[chromedp.Void] {
	return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Screenshot writes the whole page as name-view.png to the folder that SCREENSHOTS
// in the environment names; without SCREENSHOTS it does nothing. The folder should
// be absolute: each package's tests run in a folder of their own.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	picture := Get(p, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(folder, fmt.Sprintf("%s-%s.png", name, p.view))
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Overflow returns what makes the page scroll sideways, or "".
func (p *Page) Overflow() string {
	p.t.Helper()
	return Eval[string](p, overflowing)
}

const overflowing = `(() => {
	const width = document.documentElement.clientWidth
	if (document.documentElement.scrollWidth <= width) return ""
	return [...document.querySelectorAll("body *")]
		.filter(e => e.getBoundingClientRect().right > width && !e.closest(".scroll"))
		.map(e => e.outerHTML.slice(0, 100)).slice(0, 5).join("; ") || "something"
})()`

// CutOff returns what reaches beyond the sides of the screen, or scrolls sideways in its
// own frame. It returns "" if a person sees all of the page by scrolling down.
func (p *Page) CutOff() string {
	p.t.Helper()
	return Eval[string](p, cutOff)
}

// cutOff ignores clipped elements, which are texts for screen readers and may be anywhere.
// It opens folded parts while it measures them.
const cutOff = `(() => {
	const width = document.documentElement.clientWidth
	const clipped = e => e && (getComputedStyle(e).clipPath !== "none" || clipped(e.parentElement))
	const beyond = e => {
		const box = e.getBoundingClientRect()
		return box.width > 0 && (box.right > width + 0.5 || box.left < -0.5) || e.matches(".scroll") && e.scrollWidth > e.clientWidth
	}
	const folded = [...document.querySelectorAll("main .charts details:not([open])")]
	for (const details of folded) details.open = true
	const found = [...document.querySelectorAll("body *")].filter(e => beyond(e) && e.checkVisibility() && !clipped(e))
		.map(e => e.outerHTML.slice(0, 100))
	for (const details of folded) details.open = false
	return found.slice(0, 5).join("; ")
})()`
