package main

import (
	"bufio"
	"net/http"
	"os"
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

// The demo first prints its address and its login, and leaves no files behind.
func TestDemo(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	command := program(t, []string{"TMPDIR=" + temporary}, "demo", "--listen", "127.0.0.1:0")
	printed, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout // the log must not come before the banner
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for lines := bufio.NewScanner(printed); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "listening on ") {
			break
		}
	}
	said := regexp.MustCompile(`^RaterHub Tracker demo, .*\n\n +address +(http://\S+)\n +e-mail +demo@example\.org\n +password +\S{12,}\n`).FindStringSubmatch(text.String())
	if said == nil {
		t.Fatalf("printed %q", text.String())
	}
	if status := get(t, said[1]+"/health"); status != http.StatusOK {
		t.Errorf("/health: %d", status)
	}
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
