package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// The query parameters that tell a page what was just done, and the values of done. A
// value only names one of our texts, so an address cannot put words on a page.
const (
	undoParameter = "undo" // session:ID or question:ID of its session:ID
	doneParameter = "done"

	doneRestored = "restored"
	doneAdjusted = "adjusted"
	doneSetBack  = "set-back"
)

// doneWords returns the text for a value of done, or "".
func doneWords(done string) string {
	return map[string]string{
		doneRestored: "Restored.",
		doneAdjusted: "Active time adjusted.",
		doneSetBack:  "Active time set back.",
	}[done]
}

// offeringUndo returns a path whose page offers to undo a deletion.
func offeringUndo(path string, deleted subject) string {
	value := "session:" + deleted.session
	if deleted.question != "" {
		value = "question:" + deleted.session + ":" + deleted.question
	}
	return withNotice(path, undoParameter, value)
}

// sayingDone returns a path whose page says what was done.
func sayingDone(path, done string) string { return withNotice(path, doneParameter, done) }

// withNotice replaces the notices in the query of a local path by one, or by none when
// name is empty. It keeps the rest of the query and drops the fragment.
func withNotice(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return site.Home
	}
	query := u.Query()
	query.Del(undoParameter)
	query.Del(doneParameter)
	query.Del(pressedParameter)
	query.Del(refusedParameter)
	if name != "" {
		query.Set(name, value)
	}
	u.RawQuery, u.Fragment = query.Encode(), ""
	return site.LocalPath(u.String(), site.Home)
}

// notice returns what the page says about the correction that was just made, or nil.
func (f *face) notice(r *http.Request, v site.Visitor, zone *time.Location) (*view.Notice, error) {
	query := r.URL.Query()
	if words := doneWords(query.Get(doneParameter)); words != "" {
		return &view.Notice{Text: words}, nil
	}
	session, question, ok := undoIn(query.Get(undoParameter))
	if !ok {
		n, err := f.history.Notice(r, v, query.Get(undoParameter), zone)
		if n != nil {
			n.Next = withNotice(r.URL.RequestURI(), "", "")
		}
		return n, err
	}
	n, err := f.deletion(r, v, session, question, zone)
	// The address may name anything; only what is deleted is offered for restoring.
	if errors.Is(err, tracker.ErrUnknownSession) || errors.Is(err, tracker.ErrUnknownQuestion) || errors.Is(err, tracker.ErrSessionTooLong) {
		return nil, nil //nolint:nilnil // see above
	}
	if err != nil {
		return nil, err
	}
	n.Next = withNotice(r.URL.RequestURI(), "", "")
	return n, nil
}

// deletion returns the notice for a deleted session or question. It returns the tracker's
// error when that is not deleted.
func (f *face) deletion(r *http.Request, v site.Visitor, session, question string, zone *time.Location) (*view.Notice, error) {
	if question == "" {
		s, err := f.Tracker.DeletedSession(r.Context(), f.Rater(v.User), session)
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("Session of %s deleted.", words.Span(s.StartedAt, s.EndedAt, zone))
		return &view.Notice{Text: text, Undo: sessionAddress(session) + "/restore"}, nil
	}
	q, err := f.Tracker.DeletedQuestion(r.Context(), f.Rater(v.User), session, question)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("Question %d of %s deleted.", q.Index, words.Span(q.StartedAt, q.EndedAt, zone))
	return &view.Notice{Text: text, Undo: questionAddress(session, question) + "/restore"}, nil
}

// undoIn splits the parameter undo; question is "" for a session. It accepts ids in
// canonical form only.
func undoIn(text string) (session, question string, ok bool) {
	kind, ids, _ := strings.Cut(text, ":")
	switch kind {
	case "session":
		return ids, "", isCanonical(ids)
	case "question":
		session, question, _ = strings.Cut(ids, ":")
		return session, question, isCanonical(session) && isCanonical(question)
	}
	return "", "", false
}

func isCanonical(text string) bool {
	id, ok := httpx.CanonicalUUID(text)
	return ok && id == text
}

// deletedQuestions returns a line for each question that can be restored.
func deletedQuestions(questions []tracker.DeletedQuestion, zone *time.Location) []view.DeletedQuestion {
	lines := make([]view.DeletedQuestion, len(questions))
	for i, q := range questions {
		lines[i] = view.DeletedQuestion{
			ID: q.ID, Span: words.Span(q.StartedAt, q.EndedAt, zone), Active: report.MMSS(q.Active()),
		}
	}
	return lines
}
