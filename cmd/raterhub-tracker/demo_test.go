package main

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// The demo stores exactly the sessions and presses that it made up, and Verify finds no
// difference.
func TestFillDemo(t *testing.T) {
	t.Parallel()
	s := openTestServer(t)
	now := time.Now()
	zone := "America/New_York"
	err := fillDemo(t.Context(), s, account.Registration{Email: "demo@example.org", Password: "Tour-PASSWORD-7a"}, zone, now)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Tracker.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	presses := 0
	sessions := demoSessions(now.In(location))
	for _, session := range sessions {
		presses += len(session)
	}
	if v.Sessions != len(sessions) || v.Events != presses || len(v.Differences) != 0 {
		t.Errorf("%d sessions and %d events are stored, want %d and %d; differences: %q",
			v.Sessions, v.Events, len(sessions), presses, v.Differences)
	}
}

// The demo first prints its address and its login.
func TestDemo(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "--listen", "127.0.0.1:0")
	printed, err := d.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.Stderr = d.Stdout // the log must not come before the banner
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	text := linesUpTo(t, printed, "listening on ")
	said := regexp.MustCompile(`^RaterHub Tracker demo, .*\n\n +address +(http://\S+)\n +e-mail +demo@example\.org\n +password +\S{12,}\n`).FindStringSubmatch(text)
	if said == nil {
		t.Fatalf("printed %q", text)
	}
	if status := get(t, said[1]+"/health"); status != http.StatusOK {
		t.Errorf("/health: %d", status)
	}
	d.stop(t, syscall.SIGINT)
}

// demo is the command with a folder for its temporary files.
type demo struct {
	*exec.Cmd
	temporary string
}

func newDemo(t *testing.T, arguments ...string) demo {
	t.Helper()
	temporary := t.TempDir()
	return demo{program(t, []string{"TMPDIR=" + temporary}, append([]string{"demo"}, arguments...)...), temporary}
}

// stop sends a signal, which ends the demo in peace and without a trace.
func (d demo) stop(t *testing.T, s os.Signal) {
	t.Helper()
	if err := d.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	if err := d.Wait(); err != nil {
		t.Errorf("stopped by %v with %v", s, err)
	}
	d.expectNothing(t)
}

func (d demo) files(t *testing.T) []os.DirEntry {
	t.Helper()
	files, err := os.ReadDir(d.temporary)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (d demo) expectNothing(t *testing.T) {
	t.Helper()
	if left := d.files(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A demo that is stopped leaves nothing behind: by a signal, or by a terminal that is closed.
func TestStoppedDemoLeavesNothing(t *testing.T) {
	t.Parallel()
	signals := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup the demo ignores it too
		signals = append(signals, syscall.SIGHUP)
	}
	for _, s := range signals {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, "--listen", "127.0.0.1:0")
			startProgram(t, d.Cmd)
			d.stop(t, s)
		})
	}
}

// Neither does one that is stopped while it still fills its database.
func TestDemoStoppedEarlyLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDemo(t, "--listen", "127.0.0.1:0")
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for len(d.files(t)) == 0 {
		select {
		case <-again.C:
		case <-t.Context().Done():
			return
		}
	}
	d.stop(t, syscall.SIGTERM)
}

// Neither does one that cannot start.
func TestDemoThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, c := range map[string]struct{ listen, zone, says string }{
		"a port that is taken":     {taken.Addr().String(), "UTC", "listening on " + taken.Addr().String()},
		"a time zone that is none": {"127.0.0.1:0", "Mars/Olympus", "Mars/Olympus"},
		"no address":               {"8000", "UTC", "LISTEN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, "--listen", c.listen, "--timezone", c.zone)
			if _, stderr, code := output(t, d.Cmd); code == 0 || !strings.Contains(stderr, c.says) {
				t.Errorf("exit %d: %s", code, stderr)
			}
			d.expectNothing(t)
		})
	}
}

// The demo has no limits, so only this machine reaches it unless somebody says otherwise.
func TestDemoIsForThisMachine(t *testing.T) {
	t.Parallel()
	for listen, isHere := range map[string]bool{
		"127.0.0.1:0": true, "127.9.9.9:8000": true, "[::1]:0": true, "[::ffff:127.0.0.1]:0": true, "localhost:0": true,
		"0.0.0.0:0": false, ":0": false, "[::]:0": false, "[::ffff:0.0.0.0]:0": false, "192.0.2.1:0": false, "[2001:db8::1]:0": false,
		"example.org:0": false, "localhost.example.org:0": false, "0:0": false, "[fe80::1%eth0]:0": false,
	} {
		if got := isThisMachine(listen); got != isHere {
			t.Errorf("%s: only this machine: %t", listen, got)
		}
	}
	d := newDemo(t, "--listen", "0.0.0.0:0")
	if _, stderr, code := output(t, d.Cmd); code == 0 || !strings.Contains(stderr, "0.0.0.0:0") || !strings.Contains(stderr, "--allow-network") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	d.expectNothing(t)

	told := newDemo(t, "--listen", "0.0.0.0:0", "--allow-network")
	startProgram(t, told.Cmd)
	told.stop(t, syscall.SIGTERM)
}
