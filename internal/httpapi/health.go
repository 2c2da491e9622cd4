package httpapi

import (
	"context"
	"time"
)

type healthOutput struct {
	Body struct {
		Status    string    `json:"status" enum:"ok"`
		Timestamp time.Time `json:"timestamp" doc:"The server's clock."`
	} `doc:"It works."`
}

func (a *api) registerHealth() {
	register(a, public(operation("GET /health", "health", tagHealth, "Is the program alive?",
		"Answers as long as the program runs, whatever the database does: for a liveness probe.")), a.health)
	register(a, public(operation("GET /ready", "ready", tagHealth, "Can the server record?",
		"Answers 503 while nothing can be written to the database: for a readiness probe.")), a.ready)
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
