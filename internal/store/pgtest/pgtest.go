// Package pgtest runs a throw-away PostgreSQL server from the binaries that are
// installed on the machine: for the tests of the store, for the end-to-end tests
// and for the bench.
//
// The rules are:
//   - A server lives in its own temporary directory and dies with its starter.
//   - It is durable like a real one (fsync on) unless Options says otherwise.
//   - Tests get their own database each, on one server per test binary (Shared).
package pgtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled is returned when the machine has no PostgreSQL server binaries.
var ErrNotInstalled = errors.New("no initdb and postgres in PATH or /usr/lib/postgresql/*/bin")

// errEnded means that a program refused to run; its log says why.
var errEnded = errors.New("the program ended at its start")

// Options of Start; the zero value is a durable server.
type Options struct {
	// NoFsync makes the server faster and its commits not durable.
	NoFsync bool
	// MaxConnections is 200 when 0.
	MaxConnections int
	// Settings are further lines of postgresql.conf, such as "shared_buffers": "256MB".
	Settings map[string]string
}

// Server is one running PostgreSQL.
type Server struct {
	binaries binaries
	dir      string // holds data, socket and log; owned by the server's user
	owner    *owner
	port     int
	options  Options
	process  *process
	created  atomic.Int64 // databases so far: numbers their names
}

const (
	// portAttempts is how many ports to try, because another program may take a free one
	// first.
	portAttempts       = 3
	defaultConnections = 200
	readyWithin        = 60 * time.Second
	stopWithin         = 20 * time.Second
	pollEvery          = 10 * time.Millisecond
)

// Start makes a new cluster and runs it until Stop. ctx limits the start only.
// It returns ErrNotInstalled when the machine has no PostgreSQL.
func Start(ctx context.Context, options Options) (_ *Server, err error) {
	found, err := findBinaries()
	if err != nil {
		return nil, err
	}
	s := &Server{binaries: found, options: options}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	if s.owner, err = serverOwner(); err != nil {
		return nil, fmt.Errorf("pgtest: choose a user: %w", err)
	}
	if s.dir, err = makeDir(s.owner); err != nil {
		return nil, fmt.Errorf("pgtest: make a directory: %w", err)
	}
	if err := s.initCluster(ctx); err != nil {
		return nil, fmt.Errorf("pgtest: make a cluster: %w", err)
	}
	for range portAttempts {
		if s.port, err = freePort(); err != nil {
			return nil, fmt.Errorf("pgtest: find a port: %w", err)
		}
		if err = s.run(ctx); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("pgtest: start: %w", err)
}

// DSN returns the address of the database called name, for pgx and libpq.
func (s *Server) DSN(name string) string { return dsn(s.port, name) }

func dsn(port int, name string) string {
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", address(port), name)
}

func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// NewDatabase creates an empty database and returns its address.
func (s *Server) NewDatabase(ctx context.Context) (dsn string, err error) {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return "", fmt.Errorf("pgtest: connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	name := fmt.Sprintf("test_%d", s.created.Add(1))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("pgtest: create database %s: %w", name, err)
	}
	return s.DSN(name), nil
}

// Kill ends the postmaster without warning, and with it every connection: its
// children exit as soon as they notice, and flush nothing.
func (s *Server) Kill() error {
	if err := s.process.signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("pgtest: kill: %w", err)
	}
	<-s.process.done
	return nil
}

// Restart runs a killed server again, on the same port and data. PostgreSQL refuses
// to start while children of the killed one still run, so Restart tries again.
func (s *Server) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		err := s.run(ctx)
		if err == nil {
			return nil
		}
		if !errors.Is(err, errEnded) || ctx.Err() != nil {
			return fmt.Errorf("pgtest: restart: %w", err)
		}
	}
}

// Stop ends the server and removes all of its data.
func (s *Server) Stop() {
	if s.process != nil {
		s.process.stop()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // a leftover in the temporary directory harms nobody
	}
}

func (s *Server) initCluster(ctx context.Context) error {
	// The new cluster need not be on disk, only what is committed to it later.
	err := s.tool(ctx, "initdb", "--pgdata="+s.path("data"),
		"--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	if err != nil {
		return err
	}
	return s.configure()
}

// configure adds the settings to the server's file, where its tools find them too.
func (s *Server) configure() (err error) {
	file, err := os.OpenFile(filepath.Join(s.path("data"), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for name, value := range s.settings() {
		if _, err := fmt.Fprintf(file, "%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''")); err != nil {
			return err
		}
	}
	return nil
}

// run starts the postmaster and waits until it takes connections.
func (s *Server) run(ctx context.Context) error {
	log, err := os.OpenFile(s.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own handle
	cmd := exec.Command(s.binaries.postgres, s.arguments()...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	if s.process, err = startOwned(cmd, s.owner); err != nil {
		return err
	}
	if err := awaitConnection(ctx, s.process, s.DSN("postgres")); err != nil {
		s.process.stop()
		said, _ := os.ReadFile(s.path("log")) // only makes the error clearer
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// arguments are what differs between servers that have the same settings.
func (s *Server) arguments() []string {
	return []string{
		"-D", s.path("data"),
		"-c", "listen_addresses=127.0.0.1", "-c", "port=" + strconv.Itoa(s.port), "-c", "unix_socket_directories=" + s.dir,
	}
}

func (s *Server) settings() map[string]string {
	settings := map[string]string{
		"max_connections": strconv.Itoa(cmp.Or(s.options.MaxConnections, defaultConnections)),
	}
	if s.options.NoFsync {
		settings["fsync"] = "off"
		settings["synchronous_commit"] = "off"
		settings["full_page_writes"] = "off"
	}
	maps.Copy(settings, s.options.Settings)
	return settings
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

func freePort() (port int, err error) {
	ports, err := freePorts(1)
	if err != nil {
		return 0, err
	}
	return ports[0], nil
}

// freePorts returns n different ports on which nobody listens.
func freePorts(n int) (ports []int, err error) {
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }() // it took nothing
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
