package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	readyWithin = 60 * time.Second
	stopWithin  = 30 * time.Second
)

// server is one running process of the program.
type server struct {
	url    string // http://127.0.0.1:port
	cmd    *exec.Cmd
	output *output
	done   chan struct{} // closed when the process has ended
	killed bool
}

// startServer runs the program on a database until the test ends, and fails the
// test when it does not stop cleanly then: exit code 0, no data race seen.
//
// settings are NAME=value and win over those of programCommand.
func startServer(t testing.TB, databaseURL string, settings ...string) *server {
	t.Helper()
	cmd := programCommand(t, databaseURL, "serve")
	cmd.Env = append(cmd.Env, settings...) // of two, the later one counts
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd, output: &output{}, done: make(chan struct{})}
	cmd.Stderr = s.output
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the program: %v", err)
	}
	listening := make(chan string, 1)
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				listening <- url
				break
			}
		}
		_, _ = io.Copy(s.output, stdout) // ends with the process, whose exit code tells
		_ = cmd.Wait()                   // how it ended is asked of ProcessState
	}()
	t.Cleanup(func() { s.stop(t) })
	select {
	case s.url = <-listening:
	case <-s.done:
		t.Fatalf("the program ended before it listened (%v):\n%s", cmd.ProcessState, s.output.tail())
	case <-time.After(readyWithin):
		t.Fatalf("the program does not listen after %v:\n%s", readyWithin, s.output.tail())
	}
	return s
}

// kill ends the process at once, with whatever it was doing half done.
func (s *server) kill(t testing.TB) {
	t.Helper()
	s.killed = true
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatalf("kill the program: %v (%v)\n%s", err, s.cmd.ProcessState, s.output.tail())
	}
	<-s.done
}

// stop asks the process to end and checks that it does so cleanly.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if !s.killed {
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // fails only when it has ended, which shows below
	}
	select {
	case <-s.done:
	case <-time.After(stopWithin):
		_ = s.cmd.Process.Kill() // as above
		<-s.done
		t.Errorf("the program did not stop within %v of SIGTERM", stopWithin)
	}
	if code := s.cmd.ProcessState.ExitCode(); !s.killed && code != 0 {
		t.Errorf("the program ended with %v, want exit code 0", s.cmd.ProcessState)
	}
	raced := strings.Contains(s.output.String(), "DATA RACE")
	if raced {
		t.Error("the race detector reports a race in the program")
	}
	if raced || t.Failed() && !s.killed {
		t.Logf("the program's log ends:\n%s", s.output.tail())
	}
}

// programCommand is the program with a complete environment of its own, in an
// empty directory, so that nothing of the machine's settings reaches it.
func programCommand(t testing.TB, databaseURL string, arguments ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program, arguments...)
	cmd.Dir = t.TempDir()
	cmd.SysProcAttr = dieTogether()
	cmd.Env = []string{
		"SECRET_KEY=" + strings.Repeat("end-to-end ", 6),
		"DATABASE_URL=" + databaseURL,
		"LISTEN=127.0.0.1:0",
		"RATE_LIMIT_EVENTS=off", "RATE_LIMIT_LOGIN=off", "RATE_LIMIT_REGISTER=off",
		"DEBUG=true",
		"HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(),
	}
	return cmd
}

// runProgram runs one command of the program to its end and returns what it
// printed; it fails the test unless the exit code is 0.
func runProgram(t *testing.T, databaseURL string, arguments ...string) string {
	t.Helper()
	cmd := programCommand(t, databaseURL, arguments...)
	printed, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(arguments, " "), err, printed)
	}
	return string(printed)
}

// verify refolds every log of a database and returns the program's summary line.
func verify(t *testing.T, databaseURL string) string {
	t.Helper()
	return strings.TrimSpace(runProgram(t, databaseURL, "session", "verify"))
}

// awaitNil repeats try until it returns nil, and gives up after within.
func awaitNil(ctx context.Context, within time.Duration, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up after %v: %w", within, err)
		case <-poll.C:
		}
	}
}

// output keeps what a process prints; safe for use by several goroutines.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// tail is the last part, enough for a failure message.
func (o *output) tail() string {
	const most = 4096
	all := o.String()
	return all[max(0, len(all)-most):]
}
