package faults

import (
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/faults/proxy"
)

// TestOutage checks what a press, a page and /ready answer while the database is of no use, and
// that everything works again afterwards without a restart.
func TestOutage(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*proxy.Proxy){
		"refused":     (*proxy.Proxy).Refuse,
		"dropped":     (*proxy.Proxy).Drop,
		"stalled":     (*proxy.Proxy).Stall,
		"half closed": (*proxy.Proxy).HalfClose,
		"too slow":    func(p *proxy.Proxy) { p.Delay(3 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databaseURL := tracker.Postgres(t)
			t.Cleanup(func() { tracker.Verify(t, databaseURL) })
			p, throughProxy := proxy.Start(t, databaseURL)
			outage{
				server:   tracker.Start(t, throughProxy),
				begin:    func() { begin(p) },
				end:      func() { p.Pass(t) },
				refusals: 3 * pressers,
			}.outlast(t)
		})
	}
}
