package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReportIsAnAlignedMarkdownTable(t *testing.T) {
	var r report
	r.add(place{"sqlite", 1, 1}, "POST /events", summary{
		perSecond: 2400.4, p50: 405 * time.Microsecond, p99: 1200 * time.Microsecond, max: 11 * time.Millisecond,
	})
	r.add(place{"postgres", 64, 1}, "pgbench – plain", summary{
		perSecond: 9000.5, p50: time.Millisecond, p99: time.Second, max: 2 * time.Second,
		errors: 3, firstError: "status 500:\nno disk",
	})
	r.note("pgbench is %s", "old")
	const want = `
| store    | what            | connections | round | per second | p50 ms |  p99 ms |  max ms | errors |
|----------|-----------------|------------:|------:|-----------:|-------:|--------:|--------:|-------:|
| sqlite   | POST /events    |           1 |     1 |       2400 |   0.41 |    1.20 |   11.00 |      0 |
| postgres | pgbench – plain |          64 |     1 |       9000 |   1.00 | 1000.00 | 2000.00 |      3 |

- postgres, connections: 64, round 1: pgbench – plain: errors: 3, the first: status 500: no disk
- pgbench is old
`
	var got strings.Builder
	if err := r.write(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), got.String()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}
