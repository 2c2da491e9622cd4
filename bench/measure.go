package main

import (
	"slices"
	"time"
)

// window is the part of a run that is measured. The part before it is the warm-up.
type window struct {
	start, end time.Time
}

// newWindow returns the window that follows a warm-up that begins now.
func newWindow(now time.Time, warmUp, length time.Duration) window {
	return window{start: now.Add(warmUp), end: now.Add(warmUp + length)}
}

// samples are the operations of a run. Each is kept, so percentiles are exact: a few hundred
// thousand fit in memory. Only one goroutine may use them.
//
// The rules are the same for the program and for its peers:
//   - the rate counts operations that ended within the window;
//   - a latency counts when its operation began within the window, however late
//     it ended, so that a stall at the end still shows;
//   - a failed operation counts as an error at any time, and as nothing else.
type samples struct {
	latencies  []time.Duration
	completed  int
	all        int // that succeeded, also before and after the window
	errors     int
	firstError string
}

// success adds an operation that succeeded.
func (s *samples) success(w window, began, ended time.Time) {
	s.all++
	if !ended.Before(w.start) && ended.Before(w.end) {
		s.completed++
	}
	if !began.Before(w.start) && began.Before(w.end) {
		s.latencies = append(s.latencies, ended.Sub(began))
	}
}

// failure adds an operation that failed. Only the first reason is kept.
func (s *samples) failure(reason string) {
	if s.errors == 0 {
		s.firstError = reason
	}
	s.errors++
}

// merge adds the operations of other.
func (s *samples) merge(other samples) {
	if s.errors == 0 {
		s.firstError = other.firstError
	}
	s.latencies = append(s.latencies, other.latencies...)
	s.completed += other.completed
	s.all += other.all
	s.errors += other.errors
}

// summary is what the table shows of a run.
type summary struct {
	perSecond     float64       // operations
	p50, p99, max time.Duration // 0 when no operation succeeded
	errors        int
	firstError    string
	costs         *costs // nil: they are not known
}

// costs are what an operation costs on average, from the first of the warm-up to the last.
type costs struct {
	program  time.Duration // CPU
	database time.Duration // CPU of the database's own processes; 0 if it has none
	written  int64         // bytes that all of them wrote
}

// costsOf returns the costs of an operation, or nil if none succeeded.
func costsOf(program, database consumption, operations int) *costs {
	if operations == 0 {
		return nil
	}
	n := int64(operations)
	return &costs{program.cpu / time.Duration(n), database.cpu / time.Duration(n), (program.written + database.written) / n}
}

// summarize sorts the samples in place.
func (s *samples) summarize(length time.Duration) summary {
	slices.Sort(s.latencies)
	return summary{
		perSecond:  float64(s.completed) / length.Seconds(),
		p50:        percentile(s.latencies, 50),
		p99:        percentile(s.latencies, 99),
		max:        percentile(s.latencies, 100),
		errors:     s.errors,
		firstError: s.firstError,
	}
}

// percentile returns the nearest-rank percentile: the smallest value that at least percent %
// of the values do not exceed, or 0 if there are none. sorted is in ascending order; percent
// is 1 to 100.
func percentile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*percent + 99) / 100 // rounded up, in integers: exact
	return sorted[rank-1]
}
