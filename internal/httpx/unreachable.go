package httpx

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
)

// sqlState is an error of a PostgreSQL server, with its code (Appendix A of the manual).
type sqlState interface {
	error
	SQLState() string
}

// unavailableStates begin the codes of errors that pass by themselves: the connection is broken
// (08), the server is a standby (25006), lacks something (53, such as connections or room on the
// disk), waited too long for a lock (55P03), stops, starts or cancels (57), or cannot read
// or write a file (58).
var unavailableStates = [...]string{"08", "25006", "53", "55P03", "57", "58"}

// sqliteCode is an error of SQLite, with its extended result code (sqlite.org/rescode.html).
type sqliteCode interface {
	error
	Code() int
}

// unavailableCodes are the primary codes of errors that pass by themselves: the file is locked by
// another process (5 and 6), must not be written (8), cannot be read, written or opened (10 and 14),
// or has no room on the disk (13).
var unavailableCodes = [...]int{5, 6, 8, 10, 13, 14}

// unsent is an error of a connection that was broken before anything was sent on it.
type unsent interface {
	error
	SafeToRetry() bool
}

// isUnreachable reports whether err means that the database, or the way to it, is out of order
// for now. The request may have been done or not.
func isUnreachable(err error) bool {
	if e, ok := errors.AsType[sqlState](err); ok {
		for _, state := range unavailableStates {
			if strings.HasPrefix(e.SQLState(), state) {
				return true
			}
		}
		return false
	}
	if e, ok := errors.AsType[sqliteCode](err); ok && slices.Contains(unavailableCodes[:], e.Code()&0xff) {
		return true
	}
	if e, ok := errors.AsType[unsent](err); ok && e.SafeToRetry() {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, broken := range []error{driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}
