package widget

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/browser"
	"github.com/raterhub-tracker/raterhub-tracker/e2e/ratingsite"
)

const benchPresses = 60

// watchPresses measures in the page, by the page's clock, the time from the time stamp of a
// key event to the first change of the element SEEN, and to the frame after it.
const watchPresses = `(() => {
	const taken = globalThis.taken = []
	let at = 0, changed = 0
	const take = (from, drawn) => {
		at = 0
		requestAnimationFrame(() => taken.push([drawn - from, performance.now() - from]))
	}
	addEventListener("keydown", (event) => {
		// The widget's listener runs first, so it may have drawn already.
		if (changed >= event.timeStamp) take(event.timeStamp, changed)
		else at = event.timeStamp
	}, { capture: true })
	new MutationObserver(() => {
		changed = performance.now()
		if (at) take(at, changed)
	}).observe(SEEN, { subtree: true, childList: true, characterData: true })
	document.activeElement.blur()
	return true
})()`

// BenchmarkWidgetPress measures how long it takes from a press until the overlay's clock is
// drawn, and beside it the same for a handler that only changes one text.
func BenchmarkWidgetPress(b *testing.B) {
	for range b.N {
		for _, kind := range []string{"userscript", "extension"} {
			r := newRig(b, kind, benchTasks)
			tab := r.task(1)
			r.pair(tab)
			reportPresses(b, kind, tab.Page, overlayRoot+`.querySelector(".card")`)
			peer := r.browser.Open(b, ratingsite.Elsewhere, browser.View{})
			peer.Go(ratingsite.TaskPath(1))
			browser.Eval[bool](peer, `(addEventListener("keydown", () => {
				document.querySelector(".secret").firstChild.data = String(Math.random())
			}), true)`)
			reportPresses(b, kind+"-peer", peer, `document.querySelector(".secret")`)
		}
	}
}

var benchTasks = []ratingsite.Task{{AET: "3 - 4 minutes", Type: "Needs Met", Markup: ratingsite.Today}} // constant

func reportPresses(b *testing.B, name string, p *browser.Page, seen string) {
	b.Helper()
	browser.Eval[bool](p, strings.Replace(watchPresses, "SEEN", seen, 1))
	for n := range benchPresses {
		// A person presses long after the last press has been sent.
		p.Await("quiet", func() bool {
			return browser.Eval[bool](p, "!("+overlayRoot+`?.querySelector(".sent")?.textContent.includes("unsent"))`)
		})
		p.Chord("Ctrl+Q")
		p.Await("a press to be drawn", func() bool { return browser.Eval[int](p, "taken.length") == n+1 })
	}
	var drawn, framed []float64
	for _, pair := range browser.Eval[[][]float64](p, "taken") {
		drawn, framed = append(drawn, pair[0]), append(framed, pair[1])
	}
	slices.Sort(drawn)
	slices.Sort(framed)
	const p95 = benchPresses*95/100 - 1
	b.Logf("%-16s drawn: median %5.2f ms, p95 %5.2f ms; next frame: median %5.2f ms, p95 %5.2f ms",
		name, drawn[benchPresses/2], drawn[p95], framed[benchPresses/2], framed[p95])
	b.ReportMetric(drawn[p95], name+"-p95-ms")
}

// idleFor is how long the work of an idle page is measured.
const idleFor = 12 * time.Second

// BenchmarkWidgetIdle measures the work of the main thread per second while nothing is pressed:
// on a page with the overlay, on the same page without it, and on one where a short text
// changes every second, which shows what the browser needs to draw a frame. The mouse rests on
// each page: after a change the browser looks again at what is under the mouse, which is a
// third of the work.
func BenchmarkWidgetIdle(b *testing.B) {
	for range b.N {
		for _, kind := range []string{"userscript", "extension"} {
			r := newRig(b, kind, benchTasks)
			without := r.browser.Open(b, ratingsite.Elsewhere, browser.View{})
			without.Go(ratingsite.TaskPath(1))
			tab := r.task(1)
			r.pair(tab)
			ticking := r.browser.Open(b, ratingsite.Elsewhere, browser.View{})
			ticking.Go(ratingsite.TaskPath(1))
			browser.Eval[bool](ticking, `(setInterval(() => {
				document.querySelector(".secret").firstChild.data = String(Math.random())
			}, 1000), true)`)
			idle := idlePages{without, tab.Page, ticking}
			idle.report(b, kind+"-none")
			tab.press("Next")
			tab.awaitText("Question 1")
			idle.report(b, kind+"-running")
			tab.press("Pause")
			tab.awaitText("paused")
			idle.report(b, kind+"-paused")
		}
	}
}

type idlePages struct{ without, with, ticking *browser.Page }

// report measures all pages at the same time, so that the browser's own work is in each.
func (idle idlePages) report(b *testing.B, name string) {
	b.Helper()
	pages := []*browser.Page{idle.without, idle.with, idle.ticking}
	var before, work [3]browser.Work
	for i, p := range pages {
		p.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 400, 300))
		p.CountWork()
		before[i] = p.MainThread()
	}
	<-time.After(idleFor) // the time itself is what is measured
	for i, p := range pages {
		work[i] = p.MainThread().Minus(before[i])
	}
	perSecond := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / idleFor.Seconds() }
	without, with, ticking := work[0], work[1], work[2]
	b.Logf("%-18s %.2f ms/s more than without it (script %.2f, style %.2f, layout %.2f); a text that changes every second: %.2f more",
		name, perSecond(with.Total-without.Total), perSecond(with.Script), perSecond(with.Style), perSecond(with.Layout),
		perSecond(ticking.Total-without.Total))
	b.ReportMetric(perSecond(with.Total-without.Total), name+"-ms/s")
}
