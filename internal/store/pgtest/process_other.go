//go:build !linux

package pgtest

import "syscall"

// serverOwner returns nil, the current user; PostgreSQL itself refuses root.
func serverOwner() (*owner, error) { return nil, nil }

// attributes returns nil, because only Linux ends a child together with its parent.
func attributes(*owner, syscall.Signal) *syscall.SysProcAttr { return nil }
