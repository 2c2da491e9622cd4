package httpx

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// The most bytes that a body may have.
const (
	MaxBody      = 64 << 10
	MaxBatchBody = 1 << 20
)

// Limits are how much of the server a client may use, and for how long. A connection that
// exceeds one is closed.
type Limits struct {
	HeaderBytes   int           // request line and headers; net/http adds 4 KiB of its own
	HeaderTimeout time.Duration // from the first byte of a request to the end of its headers
	ReadTimeout   time.Duration // to the end of its body
	WriteTimeout  time.Duration // from the end of its headers to the end of the answer
	IdleTimeout   time.Duration // between two requests
}

// ProductLimits returns the limits of the product.
func ProductLimits() Limits {
	return Limits{
		HeaderBytes:   16 << 10,
		HeaderTimeout: 5 * time.Second,
		ReadTimeout:   20 * time.Second,
		WriteTimeout:  60 * time.Second,
		IdleTimeout:   2 * time.Minute,
	}
}

// NewServer returns a server with these limits.
func NewServer(handler http.Handler, log *slog.Logger, limits Limits) *http.Server {
	return &http.Server{
		Handler:           handler,
		MaxHeaderBytes:    limits.HeaderBytes,
		ReadHeaderTimeout: limits.HeaderTimeout,
		ReadTimeout:       limits.ReadTimeout,
		WriteTimeout:      limits.WriteTimeout,
		IdleTimeout:       limits.IdleTimeout,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Log notes each request at debug level, and turns a panic into a problem.
func Log(log *slog.Logger, now func() time.Time) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := now()
			recorded := &statusWriter{ResponseWriter: w}
			defer func() {
				p := recover()
				if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it in the same way
					panic(p) // the handler cut its answer off and logged why
				}
				if p != nil {
					log.Error("panic in a request", "panic", p, "path", r.URL.Path, "stack", string(debug.Stack()))
					if recorded.status != 0 {
						panic(http.ErrAbortHandler) // half an answer must not look like a whole one
					}
					forgetAnswer(recorded.Header())
					WriteProblem(recorded, ProblemOf(nil))
				}
				if log.Enabled(r.Context(), slog.LevelDebug) {
					log.Debug("request", "method", r.Method, "path", r.URL.Path,
						"status", recorded.status, "duration", now().Sub(start))
				}
			}()
			next.ServeHTTP(recorded, r)
		})
	}
}

// forgetAnswer removes the headers of an answer that the handler did not finish.
func forgetAnswer(header http.Header) {
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Last-Modified", "Location", "Set-Cookie"} {
		header.Del(name)
	}
	header.Set("Cache-Control", "no-store")
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Hijack notes that a stream begins, which answers with 200.
func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status = http.StatusOK
	}
	return conn, buffered, err
}

// Unwrap gives http.ResponseController access to the ResponseWriter below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
