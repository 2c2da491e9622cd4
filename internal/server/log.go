package server

import (
	"io"
	"log/slog"
)

// NewLog writes structured lines, or readable ones with every request.
func NewLog(w io.Writer, debug bool) *slog.Logger {
	if debug {
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}
