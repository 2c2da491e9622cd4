package tracker

import (
	"context"
	"errors"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// DeletedQuestion is a question that was taken out of its session, and can be
// restored.
type DeletedQuestion struct {
	timeline.Question
	Index int // the number that it had, and has again once it is restored
}

// DeletedSession returns a session that is deleted now. It returns ErrUnknownSession for
// any other.
func (t *Tracker) DeletedSession(ctx context.Context, rater Rater, sessionID string) (report.SessionInfo, error) {
	session, err := t.store.Session(ctx, SessionKey{UserID: rater.ID, ID: sessionID})
	if errors.Is(err, ErrUnknown) || err == nil && !session.State.Deleted {
		return report.SessionInfo{}, ErrUnknownSession
	}
	if err != nil {
		return report.SessionInfo{}, err
	}
	return infoOf(session), nil
}

// DeletedQuestions returns the questions of a session that are deleted now, in the order in
// which they closed. It reads and folds the whole log, because only the log has them: do
// not call it for every page. It returns ErrUnknownSession or ErrSessionTooLong.
func (t *Tracker) DeletedQuestions(ctx context.Context, rater Rater, sessionID string) ([]DeletedQuestion, error) {
	session, err := t.session(ctx, rater, sessionID)
	if err != nil {
		return nil, err
	}
	if session.Version > maxReadable {
		return nil, ErrSessionTooLong
	}
	log, err := t.events(ctx, session.SessionKey)
	if err != nil {
		return nil, err
	}
	return deletedOf(timeline.Fold(log)), nil
}

// DeletedQuestion returns one of the DeletedQuestions. It returns their errors, or
// ErrUnknownQuestion.
func (t *Tracker) DeletedQuestion(ctx context.Context, rater Rater, sessionID, questionID string) (DeletedQuestion, error) {
	questions, err := t.DeletedQuestions(ctx, rater, sessionID)
	if err != nil {
		return DeletedQuestion{}, err
	}
	for _, q := range questions {
		if q.ID == questionID {
			return q, nil
		}
	}
	return DeletedQuestion{}, ErrUnknownQuestion
}

func deletedOf(s timeline.Session) []DeletedQuestion {
	var deleted []DeletedQuestion
	index := 1
	for _, q := range s.Questions {
		switch {
		case q.Deleted:
			deleted = append(deleted, DeletedQuestion{Question: q, Index: index})
		case q.Counts():
			index++
		}
	}
	return deleted
}
