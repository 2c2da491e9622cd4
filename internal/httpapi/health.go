package httpapi

import (
	"context"
	"net/http"
	"time"
)

type healthOutput struct {
	Body struct {
		Status    string    `json:"status" enum:"ok"`
		Timestamp time.Time `json:"timestamp"`
	}
}

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

func (a *api) ready(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	if err := a.Ready(ctx); err != nil {
		return nil, err
	}
	return a.health(ctx, nil)
}
