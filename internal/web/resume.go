package web

import (
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

// resumeToday offers to let the newest session run on if it is one of today's, or returns nil.
func (f *face) resumeToday(r *http.Request, rater tracker.Rater, today report.Day) (*view.Resume, error) {
	if len(today.Sessions) == 0 {
		return nil, nil //nolint:nilnil // an older one is not offered here
	}
	session, exit, ok, err := f.Tracker.CanResume(r.Context(), rater)
	if err != nil || !ok {
		return nil, err
	}
	for _, s := range today.Sessions {
		if s.ID == session {
			return f.resume(s.SessionInfo, exit, site.Home, today.Zone), nil
		}
	}
	return nil, nil //nolint:nilnil // see above
}

// resumeOf offers to let a session run on, or returns nil if it cannot.
func (f *face) resumeOf(r *http.Request, rater tracker.Rater, s report.SessionInfo, zone *time.Location) (*view.Resume, error) {
	if s.IsActive {
		return nil, nil //nolint:nilnil // it runs
	}
	session, exit, ok, err := f.Tracker.CanResume(r.Context(), rater)
	if err != nil || !ok || session != s.ID {
		return nil, err
	}
	return f.resume(s, exit, sessionAddress(s.ID), zone), nil
}

func (f *face) resume(s report.SessionInfo, exit, next string, zone *time.Location) *view.Resume {
	ended := s.EndedAt.Time().In(zone)
	since := ended.Format("15:04")
	if now := f.Now().In(zone); ended.Format(time.DateOnly) != now.Format(time.DateOnly) {
		since = ended.Format("15:04 on 2 January 2006")
	}
	return &view.Resume{Action: sessionAddress(s.ID) + "/presses/" + exit + "/resume", Next: next, Since: since}
}
