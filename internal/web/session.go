package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

func (f *face) session(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	id, err := httpx.ID(r.PathValue("session_id"), tracker.ErrUnknownSession)
	if err != nil {
		return err
	}
	revision, err := f.revision(r, v, true)
	if err != nil {
		return err
	}
	list, err := listingIn(r.URL.Query())
	if err != nil {
		return err
	}
	s, err := f.Tracker.SessionPage(r.Context(), f.Rater(v.User), id, list.asReport())
	if err != nil {
		return err
	}
	if !s.IsActive {
		revision = ""
	}
	return f.showSession(w, r, http.StatusOK, v, s, revision, refusedAdjustment{})
}

// refusedAdjustment is an active time that was refused; the zero value is none.
type refusedAdjustment struct{ question, typed, problem string }

// showSession shows the page of a session. live is the revision that the page follows, or
// "": a page with a refused form must not change while somebody types.
func (f *face) showSession(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, s report.SessionPage, live string, refused refusedAdjustment) error {
	calendar, err := site.CalendarOf(v.User)
	if err != nil {
		return err
	}
	zone := calendar.Zone
	m := sessionPage(s, calendar, refused)
	m.Listed, m.Filter = listedOf(s), listing{choice: s.Choice}.filterOf(s)
	if m.Presses, err = f.pressesOf(r, v, zone, s.SessionInfo); err != nil {
		return err
	}
	if m.Notice, err = f.notice(r, v, zone); err != nil {
		return err
	}
	if m.Presses == nil && m.Notice == nil {
		if m.Notice, err = f.pressedNotice(r, v, zone); err != nil {
			return err
		}
	}
	if r.URL.Query().Get("deleted") == "show" {
		deleted, err := f.Tracker.DeletedQuestions(r.Context(), f.Rater(v.User), s.ID)
		if err != nil {
			return err
		}
		m.ShowsDeleted, m.DeletedCount = true, len(deleted)
		m.Deleted = deletedQuestions(deleted[:min(len(deleted), report.QuestionsPerPage)], zone)
	}
	if m.Log, err = f.history.Log(r, v, s.ID, zone); err != nil {
		return err
	}
	if m.Resume, err = f.resumeOf(r, f.Rater(v.User), s.SessionInfo, zone); err != nil {
		return err
	}
	frame := f.Frame(w, r, "Session", "", v.User)
	frame.Live = live
	return site.Show(w, r, status, frame, view.SessionView(frame, m, view.Charts(sessionCharts(s))))
}

func sessionAddress(id string) string { return "/dashboard/sessions/" + id }

// sessionQuestionAddress returns the address of a question on its page of a session.
func sessionQuestionAddress(session, question string) string {
	return listing{with: question}.address(session) + "#" + questionAnchor(question)
}

func questionAddress(session, id string) string { return sessionAddress(session) + "/questions/" + id }

// questionAnchor returns the fragment of a question on the page of its session.
func questionAnchor(id string) string { return "question-" + id }

// sessionPage returns the page of a session that lists some of its questions.
func sessionPage(s report.SessionPage, calendar report.Calendar, refused refusedAdjustment) view.SessionPage {
	date, zone := calendar.DateOf(s.StartedAt), calendar.Zone
	day := date
	if s.QuestionCount > 0 { // the first ones may be deleted, and the others of the next day
		day = calendar.DateOf(s.FirstAt)
	}
	m := view.SessionPage{
		ID: s.ID, Heading: "Session of " + words.LongDate(date), Span: words.SessionSpan(s.SessionInfo, zone), Zone: zone.String(),
		Target: report.MMSS(s.Target), IsActive: s.IsActive, Day: dayAddress(day), Totals: words.Totals(s.Totals, 1),
	}
	for _, q := range s.Questions {
		line := questionOf(q, zone)
		if q.ID == refused.question {
			line.Adjust = view.Field{Value: refused.typed, Problem: refused.problem}
		}
		m.Questions = append(m.Questions, line)
	}
	return m
}

func questionOf(q report.Question, zone *time.Location) view.Question {
	m := view.Question{
		ID: q.ID, Anchor: questionAnchor(q.ID), Index: q.Index, Span: words.Span(q.StartedAt, q.EndedAt, zone),
		Raw: report.MMSS(q.Raw), Active: report.MMSS(q.Active), Target: report.MMSS(q.Target),
		OverUnder: report.SignedMMSS(q.OverUnder()), Pace: words.Pace(report.PaceOf(q.Active, q.Target)),
		Task:   strings.TrimSpace(q.Task.Type + " " + q.Task.ID),
		Adjust: view.Field{Value: report.MMSS(q.Active)}, IsImprobable: q.IsImprobable(),
		Tasks: words.Tasks(q.Task.Tasks(), 1), Outcome: words.Outcome(q.Outcome),
	}
	if q.IsAdjusted {
		m.Original = report.MMSS(q.OriginalActive)
	}
	return m
}
