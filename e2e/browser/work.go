package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// CountWork makes MainThread count from now on.
func (p *Page) CountWork() {
	p.t.Helper()
	p.Do(call(performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}))
}

// Work is the processor time of a page's main thread. What else runs on the machine does not
// count.
type Work struct {
	// Total is all of the work, including what the browser does to draw a frame.
	Total time.Duration
	// Script, Style and Layout are the parts of Total that a page causes.
	Script, Style, Layout time.Duration
}

// Minus returns the work between two readings.
func (w Work) Minus(before Work) Work {
	return Work{w.Total - before.Total, w.Script - before.Script, w.Style - before.Style, w.Layout - before.Layout}
}

// MainThread returns the work of the page's main thread since CountWork.
func (p *Page) MainThread() Work {
	p.t.Helper()
	found := Get(p, func(ctx context.Context, t *chromedp.Target) (performance.GetMetricsResult, error) {
		return cdp.Call(ctx, t, performance.GetMetrics, cdp.Empty{})
	})
	seconds := map[string]time.Duration{}
	for _, metric := range found.Metrics {
		seconds[metric.Name] = time.Duration(metric.Value * float64(time.Second))
	}
	total, ok := seconds["TaskDuration"]
	if !ok {
		p.t.Fatal("the browser does not count the work of the main thread")
	}
	return Work{total, seconds["ScriptDuration"], seconds["RecalcStyleDuration"], seconds["LayoutDuration"]}
}

// Resize changes the size of the page's window.
func (p *Page) Resize(width, height int64) {
	p.t.Helper()
	p.Do(chromedp.EmulateViewport(width, height))
}
