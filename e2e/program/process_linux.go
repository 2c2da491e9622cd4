package program

import "syscall"

// dieTogether ends the program when the test binary dies, even of its timeout.
func dieTogether() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
