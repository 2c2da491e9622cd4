package main

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParsePgbenchLog(t *testing.T) {
	const log = "0 1 1500 0 1763950000 250000\n" +
		"3 12 800 0 1763950000 001000 0\n" + // with the lag that --rate adds
		"1 2 deadlock 0 1763950001 0\n"
	at := func(seconds, micros int64) time.Time { return time.Unix(seconds, micros*1000) }
	want := []transaction{
		{began: at(1763950000, 248500), ended: at(1763950000, 250000)},
		{began: at(1763950000, 200), ended: at(1763950000, 1000)},
		{began: at(1763950001, 0), ended: at(1763950001, 0), failed: true},
	}
	got, err := parsePgbenchLog(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(transaction{})); diff != "" {
		t.Errorf("transactions (-want +got):\n%s", diff)
	}
}

func TestParsePgbenchLogRefuses(t *testing.T) {
	for name, log := range map[string]string{
		"short line":     "0 1 1500 0 1763950000\n",
		"seconds amiss":  "0 1 1500 0 then 250000\n",
		"micros amiss":   "0 1 1500 0 1763950000 x\n",
		"empty line":     "0 1 1500 0 1763950000 250000\n\n",
		"other document": "<html>\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := parsePgbenchLog(strings.NewReader(log)); err == nil {
				t.Errorf("got %v, want an error", got)
			}
		})
	}
}

func TestReadPgbenchLogsReadsEveryThread(t *testing.T) {
	got, err := readPgbenchLogs(fstest.MapFS{
		"log.71":      {Data: []byte("0 1 1500 0 1763950000 250000\n")},
		"log.71.1":    {Data: []byte("1 1 1500 0 1763950000 260000\n1 2 1500 0 1763950000 270000\n")},
		"pgbench/log": {Data: []byte("no log\n")},
	})
	if err != nil || len(got) != 3 {
		t.Errorf("got %v, %v; want 3 transactions", got, err)
	}
}

func TestSamplesOfLeavesOutTheWarmUp(t *testing.T) {
	start := time.Unix(1763950000, 0)
	one := func(began, latency time.Duration) transaction {
		return transaction{began: start.Add(began), ended: start.Add(began + latency)}
	}
	got := samplesOf([]transaction{
		one(warmUp+time.Second, 3*time.Millisecond), // threads log one after the other
		one(0, 2*time.Millisecond),
		one(warmUp-time.Millisecond, 2*time.Millisecond), // began in the warm-up
		{ended: start.Add(warmUp), began: start.Add(warmUp), failed: true},
	}, 2*time.Second)
	want := samples{
		latencies:  []time.Duration{3 * time.Millisecond},
		completed:  2,
		all:        3,
		errors:     1,
		firstError: "a transaction of pgbench failed",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(samples{})); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
	if got := samplesOf(nil, time.Second); got.completed != 0 {
		t.Errorf("of no transactions: %+v, want none", got)
	}
}
