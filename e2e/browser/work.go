package browser

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// CountWork makes MainThread count from here on.
func (p *Page) CountWork() {
	p.t.Helper()
	p.Do(call(performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}))
}

// MainThread is how long the page's main thread has worked since CountWork: time of the
// processor, so that what else runs on the machine does not count.
func (p *Page) MainThread() time.Duration {
	p.t.Helper()
	found := Get(p, func(ctx context.Context, t *chromedp.Target) (performance.GetMetricsResult, error) {
		return cdp.Call(ctx, t, performance.GetMetrics, cdp.Empty{})
	})
	for _, metric := range found.Metrics {
		if metric.Name == "TaskDuration" {
			return time.Duration(metric.Value * float64(time.Second))
		}
	}
	p.t.Fatal("the browser does not count the work of the main thread")
	return 0
}

// Resize gives the window of the page another size.
func (p *Page) Resize(width, height int64) {
	p.t.Helper()
	p.Do(chromedp.EmulateViewport(width, height))
}
