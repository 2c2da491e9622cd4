package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// registerCorrections adds the forms by which a person corrects what was recorded.
func (f *face) registerCorrections(mux httpx.Mux) {
	const session = "POST /dashboard/sessions/{session_id}"
	const question = session + "/questions/{question_id}"
	mux.HandleFunc(session+"/delete", f.open(f.member(f.correction(f.deleteSession))))
	mux.HandleFunc(session+"/restore", f.open(f.member(f.correction(f.restoreSession))))
	mux.HandleFunc(question+"/delete", f.open(f.member(f.correction(f.deleteQuestion))))
	mux.HandleFunc(question+"/restore", f.open(f.member(f.correction(f.restoreQuestion))))
	mux.HandleFunc(question+"/adjust", f.open(f.member(f.correction(f.adjustQuestion))))
}

// subject is the session that the path of a form names or, if question is not "", one of
// its questions.
type subject struct{ session, question string }

// subjectOf returns tracker.ErrUnknownSession or tracker.ErrUnknownQuestion for an id
// that cannot be one.
func subjectOf(r *http.Request) (on subject, err error) {
	if on.session, err = httpx.ID(r.PathValue("session_id"), tracker.ErrUnknownSession); err != nil {
		return on, err
	}
	if question := r.PathValue("question_id"); question != "" {
		on.question, err = httpx.ID(question, tracker.ErrUnknownQuestion)
	}
	return on, err
}

// String names the subject in the security log.
func (on subject) String() string {
	if on.question == "" {
		return on.session
	}
	return on.session + "/" + on.question
}

// correction is a form that corrects what its path names.
func (f *face) correction(do func(submission, subject) error) memberHandler {
	return f.form(func(s submission) error {
		on, err := subjectOf(s.r)
		if err != nil {
			return err
		}
		return do(s, on)
	}, nil)
}

func (f *face) deleteSession(s submission, on subject) error {
	if err := f.Tracker.DeleteSession(s.r.Context(), f.Rater(s.user), on.session); err != nil {
		return err
	}
	f.note(s, account.SessionDeleted, on)
	goOn(s.w, s.r, offeringUndo(s.next(home), on))
	return nil
}

func (f *face) deleteQuestion(s submission, on subject) error {
	if err := f.Tracker.DeleteQuestion(s.r.Context(), f.Rater(s.user), on.session, on.question); err != nil {
		return err
	}
	f.note(s, account.QuestionDeleted, on)
	goOn(s.w, s.r, offeringUndo(s.next(sessionAddress(on.session)), on))
	return nil
}

func (f *face) restoreSession(s submission, on subject) error {
	restored, err := f.Tracker.RestoreSession(s.r.Context(), f.Rater(s.user), on.session)
	return f.restored(s, on, account.SessionRestored, restored, err)
}

func (f *face) restoreQuestion(s submission, on subject) error {
	restored, err := f.Tracker.RestoreQuestion(s.r.Context(), f.Rater(s.user), on.session, on.question)
	return f.restored(s, on, account.QuestionRestored, restored, err)
}

// restored answers a restoration; changed says whether it changed anything.
func (f *face) restored(s submission, on subject, kind account.SecurityKind, changed bool, err error) error {
	if err != nil {
		return err
	}
	if changed {
		f.note(s, kind, on)
	}
	goOn(s.w, s.r, sayingDone(s.next(sessionAddress(on.session)), doneRestored))
	return nil
}

func (f *face) note(s submission, kind account.SecurityKind, on subject) {
	f.Accounts.Note(s.r.Context(), kind, s.user.ID, f.by(s.r, s.visitor), on.String())
}

// adjustQuestion sets the active time of a question or, with as_pressed, takes that
// back. A time that cannot be read or be true is answered by the page of the session
// with the problem beside the field.
func (f *face) adjustQuestion(s submission, on subject) error {
	session, err := f.Tracker.Summary(s.r.Context(), f.Rater(s.user), on.session)
	if err != nil {
		return err
	}
	q, ok := questionWith(on.question, session.Questions)
	if !ok {
		return tracker.ErrUnknownQuestion
	}
	to, err := adjustmentIn(s.Values, q)
	if err == nil {
		err = f.Tracker.AdjustQuestion(s.r.Context(), f.Rater(s.user), on.session, on.question, to)
	}
	if fields, ok := errors.AsType[fault.FieldErrors](err); ok {
		refused := refusal{fields: fields}
		return f.showSession(s.w, s.r, http.StatusUnprocessableEntity, s.visitor, session, "", refusedAdjustment{
			question: on.question, typed: s.Get("active_time"), problem: refused.with("active_seconds"),
		})
	}
	if err != nil {
		return err
	}
	done := doneAdjusted
	if !to.Set {
		done = doneSetBack
	}
	goOn(s.w, s.r, sayingDone(s.next(sessionAddress(on.session)), done)+"#"+questionAnchor(q.ID))
	return nil
}

func questionWith(id string, questions []report.Question) (report.Question, bool) {
	for _, q := range questions {
		if q.ID == id {
			return q, true
		}
	}
	return report.Question{}, false
}

// adjustmentIn is what a form sets q to. It returns a fault.FieldErrors of
// "active_seconds". The page shows whole seconds: who sends back what it shows means
// the exact time behind that.
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
