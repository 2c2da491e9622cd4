package program

import "syscall"

// dieTogether makes the program end when the test binary ends, even if its timeout kills it.
func dieTogether() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
