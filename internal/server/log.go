package server

import (
	"io"
	"log/slog"
	"net/netip"
	"sync"
)

// NewLog returns a log of JSON lines; with debug, of plain text, with a line for every
// request.
func NewLog(w io.Writer, debug bool) *slog.Logger {
	if debug {
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

// namedOnce returns a function that warns of a proxy that is not trusted, the first time only:
// behind a proxy the first request shows what is wrong, and a client that writes such headers
// itself cannot fill the log.
func namedOnce(log *slog.Logger) func(peer netip.Addr, header string) {
	var once sync.Once
	return func(peer netip.Addr, header string) {
		once.Do(func() {
			log.Warn("a header of a proxy is ignored, because its sender is not in TRUSTED_PROXIES. If the sender is your proxy, "+
				"add it: until then all who come through it share the limits of one address. This is told once",
				"header", header, "sender", peer.String(), "setting", "TRUSTED_PROXIES="+peer.String())
		})
	}
}
