package pgtest

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// member is one PostgreSQL server with the Patroni that keeps it.
type member struct {
	name       string
	dir        string   // holds the configuration, data and log
	port, rest int      // PostgreSQL's, and that of Patroni's API
	process    *process // Patroni; nil before its first start
}

func (p *Patroni) configure(m *member, etcd string) error {
	if err := os.Mkdir(m.dir, 0o700); err != nil {
		return err
	}
	if p.owner != nil {
		if err := os.Chown(m.dir, p.owner.uid, p.owner.gid); err != nil {
			return err
		}
	}
	return p.write(m.config(), strings.NewReplacer("NAME", m.name, "DIR", m.dir, "BIN", p.binaries.folder(), "ETCD", etcd,
		"POSTGRES", address(m.port), "REST", address(m.rest)).Replace(patroniConfig))
}

// write writes a file that the cluster's user can read.
func (p *Patroni) write(file, text string) error {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil || p.owner == nil {
		return err
	}
	return os.Chown(file, p.owner.uid, p.owner.gid)
}

// roles asks each member what it is. Each result is nil if no member says so.
func (p *Patroni) roles(ctx context.Context) (leader, standby *member) {
	for _, m := range p.members {
		if m.is(ctx, "primary") {
			leader = m
		}
		if m.is(ctx, "synchronous") {
			standby = m
		}
	}
	return leader, standby
}

func (m *member) is(ctx context.Context, role string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address(m.rest)+"/"+role, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }() // nobody reads it
	return answer.StatusCode == http.StatusOK
}

func (m *member) config() string { return filepath.Join(m.dir, "patroni.yml") }
func (m *member) lock() string   { return filepath.Join(m.dir, "data", "postmaster.pid") }

// signalPostgres reaches PostgreSQL, which is nobody's child: Patroni lets it outlive itself. Its
// number may belong to another process when it was killed, so the process is looked at first.
func (m *member) signalPostgres(s os.Signal) error {
	said, err := os.ReadFile(m.lock())
	if err != nil {
		return err
	}
	number, _, _ := strings.Cut(string(said), "\n")
	pid, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	command, err := os.ReadFile("/proc/" + number + "/cmdline")
	if err != nil {
		return err
	}
	if !strings.Contains(string(command), m.dir) {
		return os.ErrProcessDone
	}
	found, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return found.Signal(s)
}

// stopPostgres stops it at once, and returns when it has gone.
func (m *member) stopPostgres() {
	if m.signalPostgres(syscall.SIGQUIT) != nil {
		return // it does not run
	}
	deadline := time.After(stopWithin)
	for {
		if _, err := os.Stat(m.lock()); err != nil {
			return
		}
		select {
		case <-deadline:
			_ = m.signalPostgres(syscall.SIGKILL) // fails only when it has ended
			return
		case <-time.After(pollEvery):
		}
	}
}
