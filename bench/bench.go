package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// scenario is one kind of request to measure. Each scenario has its own file.
type scenario struct {
	name  string
	about string // the title of its table
	run   func(ctx context.Context, b *bench) error
}

func scenarios() []scenario {
	return []scenario{
		{"ingest", "POST /events, one user per connection, closed loop", ingest},
		{"pages", "pages and JSON, by the length of the day and of the history; then a new start", pages},
		{"streams", "open pages that follow a user's presses, 20 of each user", streams},
		{"attacks", "raters work at a fixed pace, alone and beside somebody who costs as much as the limits allow", attacks},
	}
}

func scenarioNames() []string {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}

// bench is what every scenario works with.
type bench struct {
	options options
	dir     string // the temporary directory, on the disk that is measured
	binary  string // path of the program
	secret  string // the setting of the programs' key: a login outlives a restart
	stores  []store
	report  *report // of the scenario that runs
	log     io.Writer
}

// progress tells the person who waits what runs now.
func (b *bench) progress(format string, arguments ...any) {
	_, _ = fmt.Fprintf(b.log, format+"\n", arguments...) // nothing depends on it
}

// runBench measures what o asks for. It writes tables to out and progress to log. After an
// error it still prints what it has measured before.
func runBench(ctx context.Context, o options, out, log io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{options: o, dir: dir, secret: "SECRET_KEY=" + rand.Text() + rand.Text(), log: log}
	if b.binary, err = b.findProgram(ctx); err != nil {
		return err
	}
	for _, name := range o.stores {
		s, err := openStore(ctx, name, dir)
		if err != nil {
			return err
		}
		defer s.close()
		b.stores = append(b.stores, s)
	}
	facts, err := b.machineFacts(ctx)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, facts); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	for _, s := range scenarios() {
		if !slices.Contains(o.scenarios, s.name) {
			continue
		}
		if err := b.runScenario(ctx, s, out); err != nil {
			return err
		}
	}
	return nil
}

// findProgram returns the path of the binary that the options name, or builds one.
func (b *bench) findProgram(ctx context.Context) (path string, err error) {
	// The programs run in another directory, so their paths must be absolute.
	if b.options.before != "" {
		if b.options.before, err = filepath.Abs(b.options.before); err != nil {
			return "", fmt.Errorf("finding the program of before: %w", err)
		}
	}
	if b.options.program == "" {
		b.progress("building the program")
		return buildProgram(ctx, b.dir)
	}
	if path, err = filepath.Abs(b.options.program); err != nil {
		return "", fmt.Errorf("finding the program: %w", err)
	}
	return path, nil
}

// named is a binary that is measured; suffix tells it from another one in the table.
type named struct{ binary, suffix string }

// programs returns the binaries to measure, one after the other.
func (b *bench) programs() []named {
	if b.options.before == "" {
		return []named{{b.binary, ""}}
	}
	return []named{{b.options.before, ", before"}, {b.binary, ""}}
}

// machineFacts returns a Markdown list of what the numbers depend on.
func (b *bench) machineFacts(ctx context.Context) (string, error) {
	b.progress("measuring the disk")
	syncs, err := measureSync(ctx, b.dir, time.Second)
	if err != nil {
		return "", err
	}
	disk := syncs.summarize(time.Second)
	facts := []string{
		fmt.Sprintf("cores: %d, shared by the program, its database and this load generator", runtime.NumCPU()),
		fmt.Sprintf("%s, %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH),
		fmt.Sprintf("filesystem sync (4 KiB write + fsync): p50 %s ms, p99 %s ms", milliseconds(disk.p50), milliseconds(disk.p99)),
		fmt.Sprintf("each measurement: %v after %v of warm-up", b.options.length, warmUp),
	}
	for _, s := range b.stores {
		version, err := s.version(ctx)
		if err != nil {
			return "", err
		}
		if version != "" {
			facts = append(facts, version)
		}
	}
	return "- " + strings.Join(facts, "\n- ") + "\n", nil
}

func (b *bench) runScenario(ctx context.Context, s scenario, out io.Writer) error {
	b.report = &report{}
	runErr := s.run(ctx, b)
	if b.report.empty() {
		return runErr
	}
	_, err := fmt.Fprintf(out, "\n## %s: %s\n\n", s.name, s.about)
	if err == nil {
		err = b.report.write(out)
	}
	return errors.Join(runErr, err)
}
