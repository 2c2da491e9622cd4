package main

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// A server whose disk is full answers reads, and is not ready until there is room again.
func TestReadyWithAFullDisk(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "app.db")
	command := program(t, []string{"SECRET_KEY=a test key of more than 32 characters", "DATABASE_URL=sqlite:///" + file}, "serve", "--listen", "127.0.0.1:0")
	url := startProgram(t, command)
	awaitStatus(t, url+"/ready", http.StatusOK)

	journal, err := os.Stat(file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	// For the program this is as if the disk had no room for one more byte of the journal.
	limitFileSize(t, command.Process.Pid, uint64(journal.Size()))
	awaitStatus(t, url+"/ready", http.StatusServiceUnavailable)
	if status := get(t, url+"/health"); status != http.StatusOK {
		t.Errorf("/health: %d", status)
	}
	_, stderr, code := output(t, program(t, nil, "healthcheck", "--listen", strings.TrimPrefix(url, "http://")))
	if code == 0 || !strings.Contains(stderr, "503") {
		t.Errorf("healthcheck: exit %d, %s", code, stderr)
	}
	limitFileSize(t, command.Process.Pid, noLimit)
	awaitStatus(t, url+"/ready", http.StatusOK)
}

// startProgram starts a program that serves, and returns its address.
func startProgram(t *testing.T, command *exec.Cmd) (url string) {
	t.Helper()
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			return url
		}
	}
	t.Fatal("the program ended before it listened")
	return ""
}

// awaitStatus asks until a path answers with this status. One answer is not enough, because
// a result of /ready is reused for a second.
func awaitStatus(t *testing.T, url string, want int) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(time.Minute)
	for {
		status := get(t, url)
		if status == want {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("%s: %d, want %d", url, status, want)
		}
	}
}

const noLimit = ^uint64(0)

// limitFileSize limits the size of the files that a process writes. The limit can be raised
// again.
func limitFileSize(t *testing.T, pid int, bytes uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: bytes, Max: noLimit}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		t.Fatalf("limiting the size of files: %v", errno)
	}
}
