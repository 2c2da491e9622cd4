package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoPooler is returned when the machine has no PgBouncer.
var ErrNoPooler = errors.New("no pgbouncer in PATH or /usr/sbin")

// Pooler is a PgBouncer in transaction mode in front of a Server. It uses the server's
// connections in turn, so that a client's next transaction does not find what the last one
// left on a connection.
type Pooler struct {
	dir     string
	port    int
	process *process
}

// poolerConfig is the pgbouncer.ini. Its verbs are the server's port, the pooler's port and
// the pooler's directory.
const poolerConfig = `[databases]
* = host=127.0.0.1 port=%d user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
max_client_conn = 1000
default_pool_size = 20
logfile = %s/log
`

// StartPooler runs a PgBouncer in front of the server until Stop. It returns
// ErrNoPooler when the machine has none. ctx limits the start only.
func (s *Server) StartPooler(ctx context.Context) (_ *Pooler, err error) {
	binary, err := findPooler()
	if err != nil {
		return nil, err
	}
	p := &Pooler{}
	defer func() {
		if err != nil {
			p.Stop()
			err = fmt.Errorf("pgtest: start PgBouncer: %w", err)
		}
	}()
	if p.dir, err = makeDir(s.owner); err != nil {
		return nil, err
	}
	for range portAttempts {
		if p.port, err = freePort(); err != nil {
			return nil, err
		}
		if err = p.run(ctx, binary, s); err == nil {
			return p, nil
		}
	}
	return nil, err
}

func findPooler() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoPooler
}

func (p *Pooler) run(ctx context.Context, binary string, s *Server) error {
	ini := filepath.Join(p.dir, "pgbouncer.ini")
	if err := os.WriteFile(ini, fmt.Appendf(nil, poolerConfig, s.port, p.port, p.dir), 0o644); err != nil { // its user reads it
		return err
	}
	cmd := exec.Command(binary, ini)
	cmd.Dir = p.dir
	var err error
	if p.process, err = startOwned(cmd, s.owner); err != nil {
		return err
	}
	if err := awaitConnection(ctx, p.process, p.DSN(s.DSN("postgres"))); err != nil {
		p.process.stop()
		said, _ := os.ReadFile(filepath.Join(p.dir, "log")) // only makes the error clearer
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// DSN returns the address of a server's database by way of the pooler.
func (p *Pooler) DSN(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(fmt.Sprintf("pgtest: %q is not an address of a server's database: %v", dsn, err))
	}
	u.Host = "127.0.0.1:" + strconv.Itoa(p.port)
	return u.String()
}

// Stop ends the pooler and every connection through it.
func (p *Pooler) Stop() {
	if p.process != nil {
		p.process.stop()
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir) // a leftover in the temporary directory harms nobody
	}
}

// awaitConnection waits until connections are taken at an address.
func awaitConnection(ctx context.Context, by *process, dsn string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-by.done:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", errors.Join(ctx.Err(), err))
		case <-poll.C:
		}
	}
}

func makeDir(owner *owner) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "pgtest-"); err != nil || owner == nil {
		return dir, err
	}
	return dir, os.Chown(dir, owner.uid, owner.gid)
}
