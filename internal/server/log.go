package server

import (
	"io"
	"log/slog"
)

// NewLog returns a log of JSON lines; with debug, of plain text, with a line for every
// request.
func NewLog(w io.Writer, debug bool) *slog.Logger {
	if debug {
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}
