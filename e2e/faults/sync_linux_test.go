package faults

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// TestPressesAreSynced checks with strace that the disk is told to keep a press (fsync or fdatasync)
// between the press and its answer: by the program on SQLite, by a process of PostgreSQL there.
func TestPressesAreSynced(t *testing.T) {
	t.Parallel()
	const presses = 20
	tracker.EachStore(t, func(t *testing.T, databaseURL string) {
		s := tracker.Start(t, databaseURL)
		one := program.NewUser(t, s.URL)
		one.Press(t, map[string]any{"type": "NEXT"}) // connections to the database are made
		processes := []int{s.PID()}
		if strings.HasPrefix(databaseURL, "postgres") {
			processes = append(processes, postgresProcesses(t, databaseURL)...)
		}
		stop := trace(t, processes, "-s", "64", "-e", "trace=read,write,fsync,fdatasync")
		for range presses {
			one.Press(t, map[string]any{"type": "NEXT"})
		}
		seen := syncsOfPresses(stop())
		t.Logf("times that the disk was told to keep data, for each press: %d", seen)
		if len(seen) != presses {
			t.Fatalf("the trace has %d answers, want %d", len(seen), presses)
		}
		for n, syncs := range seen {
			if syncs == 0 {
				t.Errorf("press %d was answered before anything was synced", n+1)
			}
		}
	})
}

// TestSyncsOfPresses checks that the test above finds what it is looking for, and only that.
func TestSyncsOfPresses(t *testing.T) {
	t.Parallel()
	trace := `
7 fdatasync(5) = 0
7 read(9, "POST /events HTTP/1.1\r\n", 4096) = 300
8 fdatasync(5 <unfinished ...>
7 read(10, 0x1, 4096) = -1 EAGAIN
8 <... fdatasync resumed>) = 0
7 write(9, "HTTP/1.1 200 OK\r\n", 200) = 200
7 <... read resumed>"POST /events HTTP/1.1\r\n", 4096) = 300
8 fsync(5) = -1 EIO (Input/output error)
9 fdatasync(5 <unfinished ...>
7 write(9, "HTTP/1.1 200 OK\r\n", 200 <unfinished ...>
`
	if got := fmt.Sprint(syncsOfPresses([]byte(trace))); got != "[1 0]" {
		t.Errorf("the syncs of the presses are %s, want [1 0]", got)
	}
}

// syncsOfPresses returns how many syncs ended well between each press and its answer, of presses that
// came one after another.
func syncsOfPresses(trace []byte) (syncs []int) {
	waits, count := false, 0
	for line := range bytes.Lines(trace) {
		text := string(line)
		switch {
		case strings.Contains(text, `OST /events HTTP`): // Go may read the first letter alone
			waits, count = true, 0
		case strings.Contains(text, "sync") && strings.HasSuffix(strings.TrimSpace(text), "= 0"):
			count++
		case waits && strings.Contains(text, `"HTTP/1.1 200`):
			syncs = append(syncs, count)
			waits = false
		}
	}
	return syncs
}

// postgresProcesses returns the processes of a server: those that serve connections or work in the
// background, and their parent, which makes new ones.
func postgresProcesses(t *testing.T, databaseURL string) (pids []int) {
	t.Helper()
	var mine int
	conn := connect(t, databaseURL)
	if err := conn.QueryRow(t.Context(), `SELECT pg_backend_pid(), array_agg(pid) FROM pg_stat_activity`).Scan(&mine, &pids); err != nil {
		t.Fatal(err)
	}
	// Of "pid (name) state parent", the name is postgres.
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", mine))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	parent, err := strconv.Atoi(strings.Fields(rest)[1])
	if err != nil {
		t.Fatal(err)
	}
	return append(pids, parent)
}

// trace follows processes and their children with strace, whose options say what of them, until stop
// returns it. It skips the test where strace is missing or not allowed; where CI is set, it fails.
func trace(t *testing.T, processes []int, options ...string) (stop func() []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	arguments := append([]string{"-f", "-o", file}, options...)
	for _, pid := range processes {
		arguments = append(arguments, "-p", strconv.Itoa(pid))
	}
	cmd := exec.Command("strace", arguments...)
	printed, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		withoutTrace(t, err)
	}
	end := func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // it then lets go of the processes
		_ = cmd.Wait()                         // by a signal, as it was told
	}
	t.Cleanup(end)
	lines := bufio.NewScanner(printed)
	for attached := 0; attached < len(processes); {
		if !lines.Scan() || strings.Contains(lines.Text(), "not permitted") {
			withoutTrace(t, fmt.Errorf("strace says: %s", lines.Text()))
		}
		for _, pid := range processes { // it also names the threads
			if strings.Contains(lines.Text(), fmt.Sprintf("Process %d attached", pid)) {
				attached++
			}
		}
	}
	return func() []byte {
		end()
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
}

func withoutTrace(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "strace tests SKIPPED: %v\n", err) // a skip alone is not seen
	t.Skipf("strace tests SKIPPED: %v", err)
}
