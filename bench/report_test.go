package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/bench/crowd"
)

func TestReportIsAnAlignedMarkdownTable(t *testing.T) {
	var r report
	r.add(place{"sqlite", 1, 1}, "POST /events", summary{
		perSecond: 2400.4, p50: 405 * time.Microsecond, p99: 1200 * time.Microsecond, max: 11 * time.Millisecond,
		costs: &costs{program: 86 * time.Microsecond, written: 26_000},
	})
	r.add(place{"postgres", 64, 1}, "pgbench – plain", summary{
		perSecond: 9000.5, p50: time.Millisecond, p99: time.Second, max: 2 * time.Second,
		errors: 3, firstError: "status 500:\nno disk",
	})
	r.pair(place{"sqlite", 1, 1}, "POST /events",
		summary{perSecond: 1000, p50: 10, p99: 20, costs: &costs{program: 80, database: 20, written: 400}},
		summary{perSecond: 2500, p50: 4, p99: 10, costs: &costs{program: 50, written: 100}})
	r.figure("sqlite", "idle", "38 MB", "")
	var m measured
	m.length, m.memory, m.program = time.Second, 90<<20, 250*time.Millisecond
	m.answers = crowd.Tally{Answers: map[string]int{"200": 1, "429": 7}, Took: 2 * time.Second}
	m.idle.presses.latencies, m.beside.presses.latencies = []time.Duration{time.Millisecond}, []time.Duration{3 * time.Millisecond}
	m.beside.pages.failure("status 503")
	r.attack("sqlite", "a flood", 1, m)
	r.note("pgbench is %s", "old")
	const want = `
| store    | what            | connections | round | per second | p50 ms |  p99 ms |  max ms | CPU µs | database CPU µs | bytes written | errors |
|----------|-----------------|------------:|------:|-----------:|-------:|--------:|--------:|-------:|----------------:|--------------:|-------:|
| sqlite   | POST /events    |           1 |     1 |       2400 |   0.41 |    1.20 |   11.00 |     86 |               – |         26000 |      0 |
| postgres | pgbench – plain |          64 |     1 |       9000 |   1.00 | 1000.00 | 2000.00 |      – |               – |             – |      3 |

| store  | what, program ÷ before | connections | round | per second |  p50 |  p99 |  CPU | bytes written |
|--------|------------------------|------------:|------:|-----------:|-----:|-----:|-----:|--------------:|
| sqlite | POST /events           |           1 |     1 |       2.50 | 0.40 | 0.50 | 0.50 |          0.25 |

| store  | what | measured | goal |
|--------|------|---------:|-----:|
| sqlite | idle |    38 MB |    – |

| store  | attack  | round | a second |        answers | press p50 ms | press p99 ms | p99 × | page p50 ms | page p99 ms | p99 × | errors | most memory | CPU % | database CPU % | client CPU % |
|--------|---------|------:|---------:|---------------:|-------------:|-------------:|------:|------------:|------------:|------:|-------:|------------:|------:|---------------:|-------------:|
| sqlite | a flood |     1 |        4 | 429: 7, 200: 1 |  1.00 → 3.00 |  1.00 → 3.00 |  3.00 | 0.00 → 0.00 | 0.00 → 0.00 |     – |      1 |       90 MB |    25 |              0 |            0 |

- postgres, connections: 64, round 1: pgbench – plain: errors: 3, the first: status 500: no disk
- sqlite, a flood: errors of raters: 1, the first: status 503
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
