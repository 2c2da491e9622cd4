package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	programPackage = "github.com/raterhub-tracker/raterhub-tracker/cmd/raterhub-tracker"
	readyLine      = "listening on http://" // on stdout; host:port follows
	startWithin    = 30 * time.Second
	stopWithin     = 10 * time.Second
	logExcerpt     = 4096 // bytes of the program's log that an error shows
)

// buildProgram builds a static binary in dir, as a release does.
func buildProgram(ctx context.Context, dir string) (path string, err error) {
	path = filepath.Join(dir, "raterhub-tracker")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, programPackage)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, output)
	}
	return path, nil
}

// program is a running server.
type program struct {
	address string // host:port
	command *exec.Cmd
	cancel  context.CancelFunc
	ended   chan struct{} // closed when the process is gone
	log     string        // file of its stderr
}

// startProgram runs the binary without limits: see startLimited.
func startProgram(ctx context.Context, binary, dir, databaseURL string, settings ...string) (*program, error) {
	return startLimited(ctx, binary, dir, databaseURL, append(noLimits(), settings...)...)
}

// startLimited runs the binary, with its default limits, on a database and waits until it listens.
// dir is its working directory; it must be its own, because a .env there would be read.
// settings, as NAME=value, replace those of programEnvironment. The program ends with stop,
// or when ctx ends.
func startLimited(ctx context.Context, binary, dir, databaseURL string, settings ...string) (*program, error) {
	log, err := os.Create(filepath.Join(dir, "stderr.log"))
	if err != nil {
		return nil, fmt.Errorf("starting the program: %w", err)
	}
	defer func() { _ = log.Close() }() // the child has its own handle

	ctx, cancel := context.WithCancel(ctx)
	command := exec.CommandContext(ctx, binary, "serve")
	command.Dir, command.Stderr, command.Env = dir, log, append(programEnvironment(databaseURL), settings...)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = stopWithin
	stdout, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("starting the program: %w", err)
	}

	p := &program{command: command, cancel: cancel, ended: make(chan struct{}), log: log.Name()}
	listening := make(chan string, 1)
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() { // to the end, so that the program never waits for its reader
			if address, found := strings.CutPrefix(lines.Text(), readyLine); found {
				select {
				case listening <- address:
				default: // said twice
				}
			}
		}
		_ = command.Wait() // stop reads the state it leaves
	}()
	return p, p.awaitReady(listening)
}

// awaitReady stops a program that does not listen in time.
func (p *program) awaitReady(listening <-chan string) error {
	var problem error
	select {
	case p.address = <-listening:
		return nil
	case <-p.ended:
		problem = errors.New("it ended at its start")
	case <-time.After(startWithin):
		problem = fmt.Errorf("no line %q within %v", readyLine, startWithin)
	}
	return fmt.Errorf("starting the program: %w", errors.Join(problem, p.stop()))
}

func (p *program) pid() int { return p.command.Process.Pid }

// stop asks the program to end, waits, and kills it when it does not end. It returns an
// error, with the end of the log, unless the program ended cleanly.
func (p *program) stop() error {
	p.cancel()
	<-p.ended
	if state := p.command.ProcessState; !state.Success() {
		return fmt.Errorf("the program ended with %s: %s", state, tail(p.log))
	}
	return nil
}

// programEnvironment returns the whole environment of the program: a setting of the
// caller's shell must not change what is measured.
func programEnvironment(databaseURL string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + os.Getenv("HOME"),
		"TMPDIR=" + os.TempDir(),
		"SECRET_KEY=" + rand.Text() + rand.Text(),
		"DATABASE_URL=" + databaseURL,
		"LISTEN=127.0.0.1:0",
	}
}

// noLimits returns the settings of a program that takes whatever comes.
func noLimits() []string {
	return []string{
		"RATE_LIMIT_EVENTS=off", "MAX_EVENTS_PER_DAY=off", "RATE_LIMIT_CORRECTIONS=off", "RATE_LIMIT_READS=off",
		"RATE_LIMIT_LOGIN=off",
		"RATE_LIMIT_REGISTER=off",
	}
}

// tail returns the end of a log file, or why there is none.
func tail(path string) string {
	log, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-logExcerpt):])
}
