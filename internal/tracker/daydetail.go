package tracker

import (
	"context"
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

const (
	// mostDrawn is how many questions the line of a day shows. Of a day with more it shows the
	// sessions alone.
	mostDrawn = 1000
	// MostSuspects is how many improbable questions a day names.
	MostSuspects = 50
)

// DayDetail is a day with what its page shows of single questions.
type DayDetail struct {
	report.Day
	// Line are the listed sessions with the questions that started on the day, and those that
	// ran into it: these count on the day on which they began. A session that only ran into
	// the day comes first.
	Line []report.Session
	// OnlyBands says that the day has more than mostDrawn questions, so Line has none of them.
	OnlyBands bool
	Timings   []report.Timing // of all questions of the day
	// Suspects are the first MostSuspects questions that were improbably long.
	Suspects     []Suspect
	SuspectCount int // all of them
}

// Suspect is a question that took so long that a pause was probably forgotten.
type Suspect struct {
	SessionID       string
	report.Question // without an index
}

// DayInDetail returns a day with a page of its sessions. It reads each question of the day once,
// whatever the number of sessions.
func (t *Tracker) DayInDetail(ctx context.Context, rater Rater, date report.Date, page int) (DayDetail, error) {
	var d DayDetail
	questions := map[string][]report.Question{} // by session
	period, err := t.period(ctx, rater, oneDay(date), page, func(s report.SessionInfo, q timeline.Question) {
		shown := report.QuestionOf(q, s.Target)
		d.note(s.ID, shown)
		if d.OnlyBands = len(d.Timings) > mostDrawn; d.OnlyBands {
			questions = nil
			return
		}
		questions[s.ID] = append(questions[s.ID], shown)
	})
	if err != nil {
		return DayDetail{}, err
	}
	d.Day = period.Days[0]
	for _, s := range d.Sessions {
		d.Line = append(d.Line, report.Session{SessionInfo: s.SessionInfo, Totals: s.Totals, Questions: questions[s.ID]})
	}
	return d, t.addCarried(ctx, rater, &d)
}

func (d *DayDetail) note(session string, q report.Question) {
	d.Timings = append(d.Timings, q.Timing())
	if !q.IsImprobable() {
		return
	}
	if d.SuspectCount++; d.SuspectCount <= MostSuspects {
		d.Suspects = append(d.Suspects, Suspect{session, q})
	}
}

// addCarried adds to the line the question that ran into the day. Sessions do not overlap, so
// there is at most one.
func (t *Tracker) addCarried(ctx context.Context, rater Rater, d *DayDetail) error {
	start, _ := d.Date.Cover(d.Calendar)
	before, err := t.store.SessionsBefore(ctx, rater.ID, start, 1)
	if err != nil || len(before) == 0 || before[0].State.LastAt <= start || d.OnlyBands {
		return err
	}
	latest, err := t.store.QuestionsBefore(ctx, before[0], start, 1)
	if err != nil || len(latest) == 0 || latest[0].EndedAt <= start {
		return err
	}
	seen, err := t.asSeen(ctx, before[0])
	if err != nil {
		return err
	}
	info := infoOf(seen[0])
	carried := report.QuestionOf(latest[0], info.Target)
	if i := slices.IndexFunc(d.Line, func(s report.Session) bool { return s.ID == info.ID }); i >= 0 {
		d.Line[i].Questions = slices.Insert(d.Line[i].Questions, 0, carried)
	} else if d.Page == 1 {
		d.Line = slices.Insert(d.Line, 0, report.Session{SessionInfo: info, Questions: []report.Question{carried}})
	}
	return nil
}
