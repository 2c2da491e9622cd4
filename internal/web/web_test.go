package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

func TestRunningOf(t *testing.T) {
	const minute = timeline.Minute
	for _, test := range []struct {
		active      timeline.Micros
		class, left string
		seconds     int64
	}{
		{minute, "good", "04:00 left to the target", 60},
		{4 * minute, "slow", "01:00 left to the target", 240},
		{5 * minute, "slow", "00:00 left to the target", 300},
		{6 * minute, "over", "01:00 over the target", 300},
	} {
		m := runningOf(report.Running{Active: test.active, Target: 5 * minute}, time.UTC)
		if m.Class != test.class || m.Left != test.left || m.Seconds != test.seconds || m.Target != 300 || m.Active != fmt.Sprintf("%.3f", test.active.Seconds()) {
			t.Errorf("%d: %+v", test.active, m)
		}
	}
}

// The server knows every name in the list.
func TestZoneNames(t *testing.T) {
	names := strings.Fields(zoneNames)
	if len(names) < 400 {
		t.Errorf("only %d", len(names))
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}
