package httpx

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// The limits of a request (SPEC section 6).
const (
	MaxBody      = 64 << 10
	MaxBatchBody = 1 << 20

	maxHeader         = 16 << 10
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 20 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
)

// NewServer is a server with the product's limits.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Headers sets what every answer carries: nothing is guessed, framed, leaked to
// another site, or kept by a cache.
func Headers(secure bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Cache-Control", "no-store")
			if secure {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Log notes each request at debug level, and turns a panic into a problem.
func Log(log *slog.Logger, now func() time.Time) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := now()
			recorded := &statusWriter{ResponseWriter: w}
			defer func() {
				if p := recover(); p != nil {
					log.Error("panic in a request", "panic", p, "path", r.URL.Path, "stack", string(debug.Stack()))
					if recorded.status != 0 {
						panic(http.ErrAbortHandler) // half an answer must not look like a whole one
					}
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

// Unwrap lets http.ResponseController reach what is below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Routes serves what mux knows. For the rest, a path that does not exist or a
// method that it does not take, it answers with a problem where mux would send
// plain text.
func Routes(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		unknown := &discardedBody{header: w.Header()}
		mux.ServeHTTP(unknown, r)
		w.Header().Del("Content-Type")
		switch unknown.status {
		case http.StatusMethodNotAllowed:
			WriteProblem(w, NewProblem(unknown.status, r.Method+" is not possible here; see the Allow header"))
		case http.StatusNotFound:
			WriteProblem(w, NewProblem(unknown.status, "there is nothing at this address"))
		default: // a redirect to the clean form of the path
			w.WriteHeader(unknown.status)
		}
	})
}

// discardedBody takes an answer's status and headers, and drops its body.
type discardedBody struct {
	header http.Header
	status int
}

func (d *discardedBody) Header() http.Header         { return d.header }
func (d *discardedBody) WriteHeader(status int)      { d.status = status }
func (d *discardedBody) Write(b []byte) (int, error) { return len(b), nil }
