//go:build !linux

package pgtest

import "syscall"

// serverOwner is the current user; PostgreSQL itself refuses root.
func serverOwner() (*owner, error) { return nil, nil }

// attributes are empty: only Linux ends a child together with its parent.
func attributes(*owner) *syscall.SysProcAttr { return nil }
