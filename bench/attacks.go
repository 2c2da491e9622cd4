package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/bench/crowd"
)

// attacks measures what an attack costs others: honest raters work at a pace that never changes,
// first alone, then beside the attack, then alone again. Each attack meets a new process with the
// default limits, so that it starts with the memory of an idle one.
func attacks(ctx context.Context, b *bench) error {
	for _, s := range b.stores {
		for _, p := range b.programs() {
			if err := attacksOn(ctx, b, s, p); err != nil {
				return fmt.Errorf("%s%s: %w", s.name(), p.suffix, err)
			}
		}
	}
	return nil
}

// target is a program with users on a database.
type target struct {
	b      *bench
	store  store
	binary string
	dir    string
	url    string
	raters *crew
	*villain
}

func attacksOn(ctx context.Context, b *bench, s store, p named) (err error) {
	t := &target{b: b, store: s, binary: p.binary}
	if err := t.prepare(ctx); err != nil {
		return err
	}
	for round := range b.options.rounds {
		for _, a := range attackList() {
			if !slices.Contains(b.options.attacks, a.name) {
				continue
			}
			b.progress("%s, round %d: %s%s", s.name(), round+1, a.about, p.suffix)
			row, err := t.attack(ctx, a)
			if err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			b.report.attack(s.name(), a.about+p.suffix, round+1, row)
		}
	}
	return nil
}

// prepare registers everybody, and records what the attacks need, at a program without limits.
func (t *target) prepare(ctx context.Context) (err error) {
	if t.url, err = t.store.newDatabase(ctx); err != nil {
		return err
	}
	if t.dir, err = os.MkdirTemp(t.b.dir, "program-"); err != nil {
		return fmt.Errorf("making the program's directory: %w", err)
	}
	running, err := startProgram(ctx, t.binary, t.dir, t.url, t.b.secret)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	t.b.progress("%s: registering %d raters", t.store.name(), t.b.options.raters)
	tokens, err := registerUsers(ctx, "http://"+running.address, t.b.options.raters+1)
	if err != nil {
		return err
	}
	t.raters = newCrew(tokens[1:], time.Now())
	t.b.progress("%s: recording what the attacks need", t.store.name())
	t.villain, err = newVillain(ctx, running.address, tokens[0], slices.Max(t.b.options.history))
	return err
}

// measured is a row of the table.
type measured struct {
	idle, beside work // of the raters
	answers      crowd.Tally
	length       time.Duration
	memory       int64         // of the program, the most beside the attack
	program      time.Duration // CPU beside the attack
	database     time.Duration
	client       time.Duration // of raters and attackers
}

// attack starts the program, makes one attack and measures it.
func (t *target) attack(ctx context.Context, a attack) (m measured, err error) {
	running, err := startLimited(ctx, t.binary, t.dir, t.url, t.b.secret, "TRUSTED_PROXIES=127.0.0.1")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, running.stop()) }()
	working, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan []deed, 1)
	go func() { ended <- t.raters.work(working, running.address) }()

	before, err := t.between(ctx)
	if err != nil {
		return m, err
	}
	attacked, err := t.during(ctx, running, a, &m)
	if err != nil {
		return m, err
	}
	after, err := t.between(ctx)
	if err != nil {
		return m, err
	}
	stop()
	deeds := <-ended
	m.idle, m.beside = workIn(deeds, before, after), workIn(deeds, attacked)
	if m.idle.presses.completed == 0 {
		return m, fmt.Errorf("no rater's press was recorded while nobody attacked; the first error: %s", m.idle.presses.firstError)
	}
	return m, nil
}

// during makes the attack and notes in m what it takes.
func (t *target) during(ctx context.Context, running *program, a attack, m *measured) (window, error) {
	attacking, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan crowd.Tally, 1)
	began := time.Now()
	go func() { ended <- a.crowd(t, running.address).Run(attacking, running.address) }()
	if err := errors.Join(forgetMostMemory(running.pid()), crowd.Wait(ctx, t.settle())); err != nil {
		return window{}, err
	}
	before, err := t.used(running)
	if err != nil {
		return window{}, err
	}
	w := newWindow(time.Now(), 0, t.b.options.length)
	if err := crowd.Wait(ctx, t.b.options.length); err != nil {
		return w, err
	}
	after, err := t.used(running)
	if err != nil {
		return w, err
	}
	m.length = t.b.options.length
	m.program, m.database, m.client = after[0]-before[0], after[1]-before[1], after[2]-before[2]
	if _, m.memory, err = memoryOf(running.pid()); err != nil {
		return w, err
	}
	took := time.Since(began)
	stop()
	m.answers = <-ended
	m.answers.Took = took
	return w, nil
}

// between waits for a window without an attack, after what came before has settled.
func (t *target) between(ctx context.Context) (window, error) {
	w := newWindow(time.Now(), t.settle(), t.b.options.length)
	return w, crowd.Wait(ctx, t.settle()+t.b.options.length)
}

// settle is how long everything runs before it is measured.
func (t *target) settle() time.Duration { return min(t.b.options.length/4, 2*time.Second) }

// used returns the CPU time of the program, the database and this process.
func (t *target) used(running *program) (times [3]time.Duration, err error) {
	for i, of := range []struct {
		pid   int
		usage func(int) (consumption, error)
	}{{running.pid(), usageOfOne}, {t.store.pid(), usageOf}, {os.Getpid(), usageOfOne}} {
		if of.pid == 0 {
			continue
		}
		used, err := of.usage(of.pid)
		if err != nil {
			return times, err
		}
		times[i] = used.cpu
	}
	return times, nil
}
