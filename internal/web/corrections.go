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
	mux.HandleFunc(session+"/delete", f.open(f.member(f.deleteSession)))
	mux.HandleFunc(session+"/restore", f.open(f.member(f.restoreSession)))
	mux.HandleFunc(question+"/delete", f.open(f.member(f.deleteQuestion)))
	mux.HandleFunc(question+"/restore", f.open(f.member(f.restoreQuestion)))
	mux.HandleFunc(question+"/adjust", f.open(f.member(f.adjustQuestion)))
}

// sessionForm is a form about a session or, if question is not "", about one of its
// questions; the path says which.
type sessionForm struct {
	url.Values
	session, question string
}

// sessionForm reads a form of ours and the ids in its path. It returns errStaleForm,
// tracker.ErrUnknownSession or tracker.ErrUnknownQuestion.
func (f *face) sessionForm(w http.ResponseWriter, r *http.Request) (form sessionForm, err error) {
	if form.Values, err = f.form(w, r); err != nil {
		return form, err
	}
	if form.session, err = idIn(r, "session_id", tracker.ErrUnknownSession); err != nil {
		return form, err
	}
	if r.PathValue("question_id") != "" {
		form.question, err = idIn(r, "question_id", tracker.ErrUnknownQuestion)
	}
	return form, err
}

// next is where the form wants to go on to, or otherwise.
func (form sessionForm) next(otherwise string) string { return localPath(form.Get("next"), otherwise) }

// subject names in the security log what the form was about.
func (form sessionForm) subject() string {
	if form.question == "" {
		return form.session
	}
	return form.session + "/" + form.question
}

func (f *face) deleteSession(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.sessionForm(w, r)
	if err != nil {
		return err
	}
	if err := f.Tracker.DeleteSession(r.Context(), f.Rater(v.user), form.session); err != nil {
		return err
	}
	f.Accounts.Note(r.Context(), account.SessionDeleted, v.user.ID, f.by(r, v), form.subject())
	goOn(w, r, offeringUndo(form.next(home), form))
	return nil
}

func (f *face) deleteQuestion(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.sessionForm(w, r)
	if err != nil {
		return err
	}
	if err := f.Tracker.DeleteQuestion(r.Context(), f.Rater(v.user), form.session, form.question); err != nil {
		return err
	}
	f.Accounts.Note(r.Context(), account.QuestionDeleted, v.user.ID, f.by(r, v), form.subject())
	goOn(w, r, offeringUndo(form.next(sessionAddress(form.session)), form))
	return nil
}

func (f *face) restoreSession(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.sessionForm(w, r)
	if err != nil {
		return err
	}
	restored, err := f.Tracker.RestoreSession(r.Context(), f.Rater(v.user), form.session)
	if err != nil {
		return err
	}
	if restored {
		f.Accounts.Note(r.Context(), account.SessionRestored, v.user.ID, f.by(r, v), form.subject())
	}
	goOn(w, r, sayingDone(form.next(sessionAddress(form.session)), doneRestored))
	return nil
}

func (f *face) restoreQuestion(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.sessionForm(w, r)
	if err != nil {
		return err
	}
	restored, err := f.Tracker.RestoreQuestion(r.Context(), f.Rater(v.user), form.session, form.question)
	if err != nil {
		return err
	}
	if restored {
		f.Accounts.Note(r.Context(), account.QuestionRestored, v.user.ID, f.by(r, v), form.subject())
	}
	goOn(w, r, sayingDone(form.next(sessionAddress(form.session)), doneRestored))
	return nil
}

// adjustQuestion sets the active time of a question or, with as_pressed, takes that
// back. What cannot be read or be true is answered by the page again (422).
func (f *face) adjustQuestion(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.sessionForm(w, r)
	if err != nil {
		return err
	}
	session, err := f.Tracker.Summary(r.Context(), f.Rater(v.user), form.session)
	if err != nil {
		return err
	}
	q, ok := questionWith(form.question, session.Questions)
	if !ok {
		return tracker.ErrUnknownQuestion
	}
	to, err := adjustmentIn(form, q)
	if err == nil {
		err = f.Tracker.AdjustQuestion(r.Context(), f.Rater(v.user), form.session, form.question, to)
	}
	if errs, ok := errors.AsType[fault.FieldErrors](err); ok {
		return f.showSession(w, r, http.StatusUnprocessableEntity, v, session, "", refusedAdjustment{
			question: form.question, typed: form.Get("active_time"), problem: problemWith(errs, "active_seconds"),
		})
	}
	if err != nil {
		return err
	}
	done := doneAdjusted
	if !to.Set {
		done = doneSetBack
	}
	goOn(w, r, sayingDone(form.next(sessionAddress(form.session)), done)+"#"+questionAnchor(q.ID))
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
func adjustmentIn(form sessionForm, q report.Question) (timeline.Adjustment, error) {
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
