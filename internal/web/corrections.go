package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
)

// registerCorrections adds the forms with which a person corrects the record.
func (f *face) registerCorrections(mux httpx.Mux) {
	const session = "POST /dashboard/sessions/{session_id}"
	const question = session + "/questions/{question_id}"
	mux.HandleFunc(session+"/delete", f.Member(f.Form(f.Correcting(on(f.deleteSession)), nil)))
	mux.HandleFunc(session+"/restore", f.Member(f.Form(f.Correcting(on(f.restoreSession)), nil)))
	mux.HandleFunc(question+"/delete", f.Member(f.Form(f.Correcting(on(f.deleteQuestion)), nil)))
	mux.HandleFunc(question+"/restore", f.Member(f.Form(f.Correcting(on(f.restoreQuestion)), nil)))
	mux.HandleFunc(question+"/adjust", f.Member(f.Form(f.Correcting(on(f.adjustQuestion)), f.adjustQuestionAgain)))
}

// subject is what the path of a form names: a session or, when question is not empty, one
// of its questions.
type subject struct{ session, question string }

// subjectOf reads the path. For an id that is not a UUID it returns
// tracker.ErrUnknownSession or tracker.ErrUnknownQuestion.
func subjectOf(r *http.Request) (of subject, err error) {
	if of.session, err = httpx.ID(r.PathValue("session_id"), tracker.ErrUnknownSession); err != nil {
		return of, err
	}
	if question := r.PathValue("question_id"); question != "" {
		of.question, err = httpx.ID(question, tracker.ErrUnknownQuestion)
	}
	return of, err
}

// String names the subject in the security log.
func (of subject) String() string {
	if of.question == "" {
		return of.session
	}
	return of.session + "/" + of.question
}

// on calls do with the subject that the path of a form names.
func on(do func(site.Submission, subject) error) func(site.Submission) error {
	return func(s site.Submission) error {
		of, err := subjectOf(s.R)
		if err != nil {
			return err
		}
		return do(s, of)
	}
}

func (f *face) deleteSession(s site.Submission, of subject) error {
	if err := f.Tracker.DeleteSession(s.R.Context(), f.Rater(s.User), of.session); err != nil {
		return err
	}
	f.note(s, account.SessionDeleted, of)
	site.GoOn(s.W, s.R, offeringUndo(s.Next(site.Home), of))
	return nil
}

func (f *face) deleteQuestion(s site.Submission, of subject) error {
	if err := f.Tracker.DeleteQuestion(s.R.Context(), f.Rater(s.User), of.session, of.question); err != nil {
		return err
	}
	f.note(s, account.QuestionDeleted, of)
	site.GoOn(s.W, s.R, offeringUndo(s.Next(sessionAddress(of.session)), of))
	return nil
}

func (f *face) restoreSession(s site.Submission, of subject) error {
	restored, err := f.Tracker.RestoreSession(s.R.Context(), f.Rater(s.User), of.session)
	return f.restored(s, of, account.SessionRestored, restored, err)
}

func (f *face) restoreQuestion(s site.Submission, of subject) error {
	restored, err := f.Tracker.RestoreQuestion(s.R.Context(), f.Rater(s.User), of.session, of.question)
	return f.restored(s, of, account.QuestionRestored, restored, err)
}

// restored answers after a restoration; changed says whether there was anything to
// restore.
func (f *face) restored(s site.Submission, of subject, kind account.SecurityKind, changed bool, err error) error {
	if err != nil {
		return err
	}
	if changed {
		f.note(s, kind, of)
	}
	site.GoOn(s.W, s.R, sayingDone(s.Next(sessionAddress(of.session)), doneRestored))
	return nil
}

func (f *face) note(s site.Submission, kind account.SecurityKind, of subject) {
	f.Accounts.Note(s.R.Context(), kind, s.User.ID, f.By(s.R, s.Visitor), of.String())
}

// adjustQuestion sets the active time of a question or, when the form has as_pressed,
// removes the adjustment.
func (f *face) adjustQuestion(s site.Submission, of subject) error {
	_, q, err := f.Tracker.Question(s.R.Context(), f.Rater(s.User), of.session, of.question)
	if err != nil {
		return err
	}
	to, err := adjustmentIn(s.Values, q)
	if err != nil {
		return err
	}
	if err := f.Tracker.AdjustQuestion(s.R.Context(), f.Rater(s.User), of.session, of.question, to); err != nil {
		return err
	}
	done := doneAdjusted
	if !to.Set {
		done = doneSetBack
	}
	site.GoOn(s.W, s.R, sayingDone(s.Next(pageWith(q.Index).address(of.session)), done)+"#"+questionAnchor(q.ID))
	return nil
}

// adjustQuestionAgain shows the session with the problem beside the time that was typed.
// Any other refusal becomes a page of its own.
func (f *face) adjustQuestionAgain(s site.Submission, refused site.Refusal) error {
	problem := refused.With("active_seconds")
	if problem == "" {
		return refused.Cause
	}
	of, err := subjectOf(s.R)
	if err != nil {
		return err
	}
	session, err := f.Tracker.SessionPage(s.R.Context(), f.Rater(s.User), of.session, report.Listing{With: of.question})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(session.Questions, func(q report.Question) bool { return q.ID == of.question }) { // deleted since the form was read
		return tracker.ErrUnknownQuestion
	}
	return f.showSession(s.W, s.R, refused.Status, s.Visitor, session, "", refusedAdjustment{
		question: of.question, typed: s.Get("active_time"), problem: problem,
	})
}

// adjustmentIn reads what a form sets q to. It returns a fault.FieldErrors of
// "active_seconds". The page shows whole seconds, so a form that sends back the time it
// showed means the exact time behind it.
func adjustmentIn(form url.Values, q report.Question) (timeline.Adjustment, error) {
	if form.Get("as_pressed") != "" {
		return timeline.Adjustment{}, nil
	}
	active, problem := activeTimeOf(form.Get("active_time"))
	switch shown := report.MMSS(active); {
	case problem != "":
		return timeline.Adjustment{}, fault.Field("active_seconds", problem)
	case shown == report.MMSS(q.Active):
		active = q.Active
	case shown == report.MMSS(q.Raw):
		active = q.Raw
	case active > q.Raw:
		return timeline.Adjustment{}, fault.Field("active_seconds", "must be from 00:00 to "+report.MMSS(q.Raw)+", the time from the question's start to its end")
	}
	return timeline.Adjustment{Set: true, Active: active}, nil
}
