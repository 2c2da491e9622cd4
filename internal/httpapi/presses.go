package httpapi

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// PressPath names a press of a session in a path.
type PressPath struct {
	SessionPath
	EventID string `path:"event_id" format:"uuid" doc:"ID of a press, from its answer or from the session's log." example:"0190a8f2-9d2e-7c41-a6b8-1c2d3e4f5a61"`
}

type addPressInput struct {
	SessionPath
	PreviewInput
	Body addedPressBody `doc:"The press that was forgotten; its timestamp says when it would have been made."`
}

// addedPressBody is a press whose time is not now.
type addedPressBody struct {
	PressBody
	Timestamp string `json:"timestamp" format:"date-time"`
}

type movePressInput struct {
	PressPath
	PreviewInput
	Body struct {
		Timestamp string `json:"timestamp" format:"date-time" doc:"The new time, between the neighbours of the press."`
	} `doc:"When the press counts."`
}

type pressInput struct {
	PressPath
	PreviewInput
}

func (a *api) registerPresses() {
	const path = "/sessions/{session_id}/presses"
	register(a, a.correctionOf(operation("POST "+path, "add-press", tagSessions, "Add a press that was forgotten",
		"Adds a press to a session at its time, as if it had been made then. With an id it is added once.")), a.addPress)
	register(a, a.correctionOf(operation("PATCH "+path+"/{event_id}", "move-press", tagSessions, "Move a press in time",
		"The press counts at another time, between the presses before and after it.")), a.movePress)
	register(a, a.correctionOf(operation("DELETE "+path+"/{event_id}", "remove-press", tagSessions, "Remove a press",
		"The press no longer counts: without a NEXT two questions become one, and without its EXIT the newest session runs on.")), a.removePress)
	register(a, a.correctionOf(operation("POST "+path+"/{event_id}/restore", "restore-press", tagSessions, "Take back a correction of a press",
		"A removed press counts again; one that was moved counts at its own time again. Otherwise nothing changes.")), a.restorePress)
}

func (a *api) addPress(ctx context.Context, in *addPressInput) (*correctionOutput, error) {
	session, err := httpx.ID(in.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	in.Body.PressBody.Timestamp = &in.Body.Timestamp
	p, err := in.Body.press()
	if err != nil {
		return nil, err
	}
	return a.correct(ctx, tracker.Correction{SessionID: session, Event: timeline.Event{
		ID: p.ID, Type: p.Type, At: p.At, WantPaused: p.WantPaused, Task: p.Task, Outcome: p.Outcome,
	}}, in.PreviewInput, said{"press added", "the press was added before, nothing changed"}, "")
}

func (a *api) movePress(ctx context.Context, in *movePressInput) (*correctionOutput, error) {
	var errs fault.FieldErrors
	to := readTime(&errs, "timestamp", &in.Body.Timestamp)
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	return a.correctPress(ctx, in.PressPath, in.PreviewInput, timeline.Event{Type: timeline.MovePress, MovedTo: to},
		said{"press moved", "the press is at that time already, nothing changed"})
}

func (a *api) removePress(ctx context.Context, in *pressInput) (*correctionOutput, error) {
	return a.correctPress(ctx, in.PressPath, in.PreviewInput, timeline.Event{Type: timeline.RemovePress},
		said{"press removed", "the press is removed already, nothing changed"})
}

func (a *api) restorePress(ctx context.Context, in *pressInput) (*correctionOutput, error) {
	return a.correctPress(ctx, in.PressPath, in.PreviewInput, timeline.Event{Type: timeline.RestorePress},
		said{"press restored", "the press is neither removed nor moved, nothing changed"})
}

func (a *api) correctPress(ctx context.Context, path PressPath, in PreviewInput, e timeline.Event, say said) (*correctionOutput, error) {
	session, err := httpx.ID(path.SessionID, tracker.ErrUnknownSession)
	if err != nil {
		return nil, err
	}
	if e.PressID, err = httpx.ID(path.EventID, tracker.ErrUnknownPress); err != nil {
		return nil, err
	}
	return a.correct(ctx, tracker.Correction{SessionID: session, Event: e}, in, say, "")
}
