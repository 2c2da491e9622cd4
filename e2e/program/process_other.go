//go:build !linux

package program

import "syscall"

// dieTogether is nothing: only Linux ends a child together with its parent.
func dieTogether() *syscall.SysProcAttr { return nil }
