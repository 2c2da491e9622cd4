package program

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Bounds that only a program that hangs reaches, however busy the machine is.
const (
	ReadyWithin = 3 * time.Minute
	stopWithin  = 2 * time.Minute
)

// Server is one running process of the program.
type Server struct {
	URL    string // http://127.0.0.1:port
	cmd    *exec.Cmd
	Output *output
	done   chan struct{} // closed when the process has ended
	killed bool
}

// Start runs the program on a database until the test ends. Then it fails the test unless the
// program stops cleanly: with exit code 0 and without a data race.
//
// settings have the form NAME=value and override those of Command.
func (p *Shared) Start(t testing.TB, databaseURL string, settings ...string) *Server {
	t.Helper()
	cmd := p.Command(t, databaseURL, "serve")
	cmd.Env = append(cmd.Env, settings...) // of two, the later one counts
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{cmd: cmd, Output: &output{}, done: make(chan struct{})}
	cmd.Stderr = s.Output
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the program: %v", err)
	}
	listening := make(chan string, 1)
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() { // ends with the process
			if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				listening <- url
				continue
			}
			_, _ = io.WriteString(s.Output, lines.Text()+"\n")
		}
		_ = cmd.Wait() // ProcessState says how it ended
	}()
	t.Cleanup(func() { s.Stop(t) })
	select {
	case s.URL = <-listening:
	case <-s.done:
		t.Fatalf("the program ended before it listened (%v):\n%s", cmd.ProcessState, s.Output.Tail())
	case <-time.After(ReadyWithin):
		t.Fatalf("the program does not listen after %v:\n%s", ReadyWithin, s.Output.Tail())
	}
	return s
}

// PID returns the number of the process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the process at once, in the middle of what it was doing.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.killed = true
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatalf("kill the program: %v (%v)\n%s", err, s.cmd.ProcessState, s.Output.Tail())
	}
	<-s.done
}

// Stop asks the process to end and checks that it does so cleanly.
func (s *Server) Stop(t testing.TB) {
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
	raced := strings.Contains(s.Output.String(), "DATA RACE")
	if raced {
		t.Error("the race detector reports a race in the program")
	}
	if raced || t.Failed() && !s.killed {
		t.Logf("the program's log ends:\n%s", s.Output.Tail())
	}
}

// AwaitNil repeats try until it returns nil. After within it gives up and returns try's last
// error.
func AwaitNil(ctx context.Context, within time.Duration, try func(context.Context) error) error {
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

// output keeps what a process prints. Several goroutines may use it.
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

// Tail returns the last part, enough for a failure message.
func (o *output) Tail() string {
	const most = 4096
	all := o.String()
	return all[max(0, len(all)-most):]
}

// FreeAddress returns an address on which nobody listened a moment ago.
func FreeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}
