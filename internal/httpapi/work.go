package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

type workInput struct {
	PreviewInput
	Body workBody `doc:"A session that was worked without the clock."`
}

type workBody struct {
	StartedAt string   `json:"started_at" format:"date-time"`
	EndedAt   string   `json:"ended_at" format:"date-time" doc:"At most 24 hours after started_at."`
	Questions *int     `json:"questions,omitempty" nullable:"true" minimum:"1" maximum:"500" doc:"How many questions of equal length it had; without it and times one."`
	Times     []string `json:"times,omitempty" nullable:"true" maxItems:"499" doc:"Instead of questions: when each question but the last was done, in order."`
}

type resumeInput struct {
	Body struct {
		EventID string `json:"event_id" format:"uuid" doc:"ID of the EXIT that ended the newest session."`
	} `doc:"What to take back."`
}

func (a *api) registerWork() {
	register(a, a.correcting(mayFail(operation("POST /sessions", "enter-session", tagSessions, "Enter a session that was worked without the clock",
		"Records a session from its start to its end. It is refused with 409 where it would overlap another session. "+
			"Deleting the session takes it back."), http.StatusConflict)), a.enterSession)
	resume := forWidget(operation("POST /events/resume", "resume", tagEvents, "Take back the end of the newest session",
		"Removes the EXIT of the newest session, so that it runs on; the time since counts. "+
			"It is refused with 409 if another session has begun since. A repeat changes nothing."))
	register(a, a.correcting(mayFail(resume, http.StatusNotFound, http.StatusConflict)), a.resume)
}

func (a *api) enterSession(ctx context.Context, in *workInput) (*correctionOutput, error) {
	var errs fault.FieldErrors
	w := tracker.Work{
		StartedAt: readTime(&errs, "started_at", &in.Body.StartedAt), EndedAt: readTime(&errs, "ended_at", &in.Body.EndedAt),
	}
	switch {
	case in.Body.Questions != nil:
		w.Questions = *in.Body.Questions
	case len(in.Body.Times) == 0:
		w.Questions = 1
	}
	for i, text := range in.Body.Times {
		w.Times = append(w.Times, readTime(&errs, "times["+strconv.Itoa(i)+"]", &text))
	}
	if err := errs.OrNil(); err != nil {
		return nil, err
	}
	do := a.Tracker.EnterSession
	if in.Preview {
		do = a.Tracker.PreviewSession
	}
	entered, err := do(ctx, a.Rater(currentUser(ctx)), w)
	if err != nil {
		return nil, err
	}
	return a.answerCorrection(ctx, entered, in.PreviewInput, said{changed: "session entered"})
}

func (a *api) resume(ctx context.Context, in *resumeInput) (*answerOutput, error) {
	id, err := httpx.ID(in.Body.EventID, tracker.ErrUnknownPress)
	if err != nil {
		return nil, err
	}
	answer, err := a.Tracker.Resume(ctx, a.Rater(currentUser(ctx)), id)
	if err != nil {
		return nil, err
	}
	body := answerOf(answer)
	if !answer.Duplicate {
		body.Message = "the session runs on"
	}
	return &answerOutput{Body: body}, nil
}
