package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
)

type healthOutput struct {
	Body struct {
		Status    string    `json:"status" enum:"ok"`
		Timestamp time.Time `json:"timestamp"`
	}
}

var errNotReady = fault.New(fault.Unavailable, "the database does not answer")

func (a *api) registerHealth() {
	const tag = "Health"
	register(a, public(operation(http.MethodGet, "/health", "health", "Is the program alive?", tag)), a.health)
	ready := public(operation(http.MethodGet, "/ready", "ready", "Does the database answer?", tag))
	ready.Errors = append(ready.Errors, http.StatusServiceUnavailable)
	register(a, ready, a.ready)
}

func (a *api) health(context.Context, *struct{}) (*healthOutput, error) {
	out := &healthOutput{}
	out.Body.Status, out.Body.Timestamp = "ok", a.Now().UTC().Truncate(time.Microsecond)
	return out, nil
}

// readyTimeout is how long the database may take before the server counts as not
// ready.
const readyTimeout = 2 * time.Second

func (a *api) ready(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	asking, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := a.Ready(asking); err != nil {
		a.Log.WarnContext(ctx, "not ready", "error", err)
		return nil, errNotReady
	}
	return a.health(ctx, nil)
}
