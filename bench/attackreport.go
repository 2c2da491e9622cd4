package main

import (
	"fmt"
	"strconv"
	"time"
)

// attackColumns returns the head of the table of attacks.
func attackColumns() []string {
	return []string{
		"store", "attack", "round", "a second", "answers", "press p50 ms", "press p99 ms", "p99 ×", "page p50 ms", "page p99 ms", "p99 ×",
		"errors", "most memory", "CPU %", "database CPU %", "client CPU %",
	}
}

// attack adds a row. Latencies are those of raters alone, and beside the attack.
func (r *report) attack(store, about string, round int, m measured) {
	idle, beside := m.idle.presses.summarize(m.idle.length), m.beside.presses.summarize(m.beside.length)
	idlePages, besidePages := m.idle.pages.summarize(m.idle.length), m.beside.pages.summarize(m.beside.length)
	r.attacks = append(r.attacks, []string{
		store, about, strconv.Itoa(round), strconv.FormatFloat(m.answers.PerSecond(), 'f', 0, 64), m.answers.String(),
		fromTo(idle.p50, beside.p50), fromTo(idle.p99, beside.p99), times(float64(beside.p99), float64(idle.p99)),
		fromTo(idlePages.p50, besidePages.p50), fromTo(idlePages.p99, besidePages.p99), times(float64(besidePages.p99), float64(idlePages.p99)),
		strconv.Itoa(beside.errors + besidePages.errors), megabytes(m.memory),
		share(m.program, m.length), share(m.database, m.length), share(m.client, m.length),
	})
	for _, s := range []summary{idle, idlePages, beside, besidePages} {
		if s.errors > 0 {
			r.note("%s, %s: errors of raters: %d, the first: %s", store, about, s.errors, s.firstError)
		}
	}
}

func fromTo(before, after time.Duration) string {
	return milliseconds(before) + " → " + milliseconds(after)
}

// share writes CPU time as a share of one core.
func share(cpu, of time.Duration) string {
	return fmt.Sprintf("%.0f", 100*float64(cpu)/float64(of))
}
