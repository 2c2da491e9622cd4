package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// ErrNoPatroni is returned when the machine lacks a program that a Patroni cluster needs.
var ErrNoPatroni = errors.New("patroni, etcd and haproxy are needed")

// errNoLeader means that no member leads the cluster now, or that it has no standby.
var errNoLeader = errors.New("the cluster has no leader, or its leader has no synchronous standby")

// clusterWithin is for what Patroni does by itself.
const clusterWithin = 3 * time.Minute

// Patroni is a cluster of two PostgreSQL servers. Patroni promotes the synchronous standby by
// itself when the leader is gone; etcd knows who leads, and HAProxy leads clients there. All run
// as the server's user, from a folder of their own: nothing of the system is used or changed.
type Patroni struct {
	binaries binaries
	owner    *owner
	dir      string
	port     int // HAProxy's
	etcd     *process
	proxy    *process
	members  [2]*member
}

// StartPatroni runs a new cluster until Stop, and returns when it has a synchronous standby. It
// returns ErrNotInstalled or ErrNoPatroni when the machine lacks a program. ctx limits the start
// only.
func StartPatroni(ctx context.Context) (_ *Patroni, err error) {
	found, err := findBinaries()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"patroni", "etcd", "haproxy"} {
		if _, err := exec.LookPath(pathOf(name)); err != nil {
			return nil, errors.Join(ErrNoPatroni, err)
		}
	}
	for range portAttempts {
		p := &Patroni{binaries: found}
		if err = p.run(ctx); err == nil {
			return p, nil
		}
		p.Stop()
		if !errors.Is(err, errEnded) {
			break
		}
	}
	return nil, fmt.Errorf("pgtest: start Patroni: %w", err)
}

// pathOf is where a program is that Debian keeps out of the PATH of ordinary users.
func pathOf(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return filepath.Join("/usr/sbin", name)
}

func (p *Patroni) run(ctx context.Context) (err error) {
	if p.owner, err = serverOwner(); err != nil {
		return err
	}
	if p.dir, err = makeDir(p.owner); err != nil {
		return err
	}
	ports, err := freePorts(7)
	if err != nil {
		return err
	}
	client, peer := address(ports[0]), address(ports[1])
	p.port = ports[2]
	p.etcd, err = p.start("etcd", "--data-dir="+filepath.Join(p.dir, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls=http://"+client, "--advertise-client-urls=http://"+client,
		"--listen-peer-urls=http://"+peer, "--initial-advertise-peer-urls=http://"+peer,
		"--initial-cluster=default=http://"+peer)
	if err != nil {
		return err
	}
	for i := range p.members {
		name := fmt.Sprintf("member%d", i+1)
		m := &member{name: name, dir: filepath.Join(p.dir, name), port: ports[3+2*i], rest: ports[4+2*i]}
		p.members[i] = m
		if err := p.configure(m, client); err != nil {
			return err
		}
	}
	file := filepath.Join(p.dir, "haproxy.cfg")
	if err := p.write(file, fmt.Sprintf(proxyConfig, p.port, p.members[0].port, p.members[0].rest, p.members[1].port, p.members[1].rest)); err != nil {
		return err
	}
	if p.proxy, err = p.start("haproxy", "-db", "-f", file); err != nil {
		return err
	}
	return p.AwaitStandby(ctx)
}

// start runs a program of the cluster. The logs of all are in one file.
func (p *Patroni) start(name string, arguments ...string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(p.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the child has its own handle
	cmd := exec.Command(pathOf(name), arguments...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "TMPDIR=" + p.dir}
	started, err := startUntil(cmd, p.owner, syscall.SIGTERM) // Patroni stops its PostgreSQL then
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return started, nil
}

// logs returns the end of what the cluster's programs printed.
func (p *Patroni) logs() string {
	const most = 8192
	said, _ := os.ReadFile(filepath.Join(p.dir, "log")) // only makes an error clearer
	return "\n" + string(said[max(0, len(said)-most):])
}

// DSN returns the address of a database of whichever member leads, by way of HAProxy.
func (p *Patroni) DSN(name string) string { return dsn(p.port, name) }

// NewDatabase creates an empty database and returns its address by way of HAProxy.
func (p *Patroni) NewDatabase(ctx context.Context, name string) (string, error) {
	return p.DSN(name), execute(ctx, p.DSN("postgres"), "CREATE DATABASE "+name)
}

// KillLeader ends the leader's PostgreSQL and its Patroni without warning.
func (p *Patroni) KillLeader(ctx context.Context) error {
	var leader *member
	err := p.await(ctx, func(ctx context.Context) error {
		if leader, _ = p.roles(ctx); leader == nil {
			return errNoLeader
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = leader.process.signal(syscall.SIGKILL) // first, or it would start PostgreSQL again
	<-leader.process.done
	return errors.Join(err, leader.signalPostgres(syscall.SIGKILL))
}

// AwaitLeader waits until HAProxy leads to a member that commits.
func (p *Patroni) AwaitLeader(ctx context.Context) error { return p.await(ctx, p.commits) }

// AwaitStandby runs Patroni on members where it has ended, and waits until one member leads and
// the other is its synchronous standby.
func (p *Patroni) AwaitStandby(ctx context.Context) error {
	return p.await(ctx, func(ctx context.Context) error {
		for _, m := range p.members {
			if !m.process.hasEnded() {
				continue
			}
			var err error
			if m.process, err = p.start("patroni", m.config()); err != nil {
				return err
			}
		}
		if leader, standby := p.roles(ctx); leader == nil || standby == nil {
			return errNoLeader
		}
		return p.commits(ctx)
	})
}

func (p *Patroni) commits(ctx context.Context) error {
	return execute(ctx, p.DSN("postgres"), commitSQL)
}

func (p *Patroni) await(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, clusterWithin)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if p.etcd.hasEnded() || p.proxy.hasEnded() {
			return fmt.Errorf("pgtest: Patroni: %w%s", errEnded, p.logs())
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pgtest: Patroni: %w%s", err, p.logs())
		case <-poll.C:
		}
	}
}

// Stop ends everything and removes all data.
func (p *Patroni) Stop() {
	for _, m := range p.members {
		if m != nil && m.process != nil {
			_ = m.process.os.Kill() // fails only when it has ended
			<-m.process.done
			m.stopPostgres()
		}
	}
	for _, other := range []*process{p.proxy, p.etcd} {
		if other != nil {
			_ = other.os.Kill() // as above
			<-other.done
		}
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir) // a leftover in the temporary directory harms nobody
	}
}
