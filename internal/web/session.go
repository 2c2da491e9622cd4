package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

func (f *face) session(w http.ResponseWriter, r *http.Request, v visitor) error {
	id, err := idIn(r, "session_id", tracker.ErrUnknownSession)
	if err != nil {
		return err
	}
	revision, err := f.revision(r, v, true)
	if err != nil {
		return err
	}
	s, err := f.Tracker.Summary(r.Context(), f.rater(v.user), id)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(v.user.Timezone)
	if err != nil {
		return fmt.Errorf("loading the user's time zone: %w", err)
	}
	frame := f.frame(w, r, "Session", "", v.user)
	if s.IsActive {
		frame.Live = revision
	}
	return show(w, r, http.StatusOK, frame, view.SessionView(frame, sessionPage(s, zone), view.Charts(sessionCharts(s))))
}

// idIn is the canonical form of an id in the path. What cannot be one is answered as
// an id that does not exist.
func idIn(r *http.Request, name string, unknown error) (string, error) {
	text := r.PathValue(name)
	id, err := uuid.Parse(text)
	if err != nil || len(text) != len(id.String()) {
		return "", unknown
	}
	return id.String(), nil
}

func sessionAddress(id string) string { return "/dashboard/sessions/" + id }

func sessionPage(s report.Session, zone *time.Location) view.SessionPage {
	date, end := report.DateOf(s.StartedAt, zone), s.EndedAt
	if s.IsActive {
		end = 0
	}
	m := view.SessionPage{
		ID: s.ID, Heading: "Session of " + longDate(date), Span: span(s.StartedAt, end, zone), Zone: zone.String(),
		Target: report.MMSS(s.Target), IsActive: s.IsActive, Day: dayAddress(date), Totals: totalsOf(s.Totals, 1),
	}
	for _, q := range s.Questions {
		m.Questions = append(m.Questions, questionOf(q, zone))
	}
	return m
}

func questionOf(q report.Question, zone *time.Location) view.Question {
	return view.Question{
		ID: q.ID, Index: q.Index, Span: span(q.StartedAt, q.EndedAt, zone),
		Raw: report.MMSS(q.Raw), Active: report.MMSS(q.Active), Target: report.MMSS(q.Target),
		OverUnder: report.SignedMMSS(q.OverUnder()), Pace: paceOf(report.PaceOf(q.Active, q.Target)),
		Task: strings.TrimSpace(q.Task.Type + " " + q.Task.ID),
	}
}

func (f *face) deleteSession(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if err != nil {
		return err
	}
	id, err := idIn(r, "session_id", tracker.ErrUnknownSession)
	if err != nil {
		return err
	}
	if err := f.Tracker.DeleteSession(r.Context(), f.rater(v.user), id); err != nil {
		return err
	}
	f.Accounts.Note(r.Context(), account.SessionDeleted, v.user.ID, f.by(r, v), id)
	goOn(w, r, localPath(form.Get("next"), home))
	return nil
}

func (f *face) deleteQuestion(w http.ResponseWriter, r *http.Request, v visitor) error {
	form, err := f.form(w, r)
	if err != nil {
		return err
	}
	id, err := idIn(r, "session_id", tracker.ErrUnknownSession)
	if err != nil {
		return err
	}
	question, err := idIn(r, "question_id", tracker.ErrUnknownQuestion)
	if err != nil {
		return err
	}
	if err := f.Tracker.DeleteQuestion(r.Context(), f.rater(v.user), id, question); err != nil {
		return err
	}
	f.Accounts.Note(r.Context(), account.QuestionDeleted, v.user.ID, f.by(r, v), id+"/"+question)
	goOn(w, r, localPath(form.Get("next"), sessionAddress(id)))
	return nil
}
