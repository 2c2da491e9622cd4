//go:build !linux

package program

import "syscall"

// dieTogether does nothing: only Linux can end a child together with its parent.
func dieTogether() *syscall.SysProcAttr { return nil }
