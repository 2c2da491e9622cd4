package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// owner is the user that a server runs as; nil is the current one.
type owner struct{ uid, gid int }

// process is a running child.
type process struct {
	os   *os.Process
	done chan struct{} // closed when it has ended
}

// startOwned starts cmd so that it dies with this program where the system can
// promise that. Linux ties the promise to the thread that forked, so that
// thread is kept until the child has ended.
func startOwned(cmd *exec.Cmd, as *owner) (*process, error) {
	return startUntil(cmd, as, syscall.SIGQUIT)
}

// startUntil is startOwned for a program that ends by another signal.
func startUntil(cmd *exec.Cmd, as *owner, end syscall.Signal) (*process, error) {
	cmd.SysProcAttr = attributes(as, end)
	started := make(chan error, 1)
	p := &process{done: make(chan struct{})}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		p.os = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is read from its log
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// runOwned runs cmd to its end and returns an error when it failed.
func runOwned(cmd *exec.Cmd, as *owner) error {
	p, err := startOwned(cmd, as)
	if err != nil {
		return err
	}
	<-p.done
	if !cmd.ProcessState.Success() {
		return &exec.ExitError{ProcessState: cmd.ProcessState}
	}
	return nil
}

// hasEnded says whether the process runs no more; nil never did.
func (p *process) hasEnded() bool {
	if p == nil {
		return true
	}
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) signal(s os.Signal) error {
	if err := p.os.Signal(s); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// stop asks for an immediate shutdown, because the data is thrown away, and
// kills what does not obey.
func (p *process) stop() {
	if p.signal(syscall.SIGQUIT) == nil {
		select {
		case <-p.done:
			return
		case <-time.After(stopWithin):
		}
	}
	_ = p.os.Kill() // fails only when it has ended
	<-p.done
}
