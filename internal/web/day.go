package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/history"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

func (f *face) day(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked, today, err := f.dayIn(r, v.User)
	if err != nil {
		return err
	}
	page, err := httpx.PageNumber(r.URL.Query().Get("page"))
	if err != nil {
		return err
	}
	rater, date := asked.rater, asked.dates.From
	revision, err := f.revision(r, v, date == today)
	if err != nil {
		return err
	}
	day, err := f.Tracker.DayInDetail(r.Context(), rater, date, page)
	if err != nil {
		return err
	}
	m := dayPage(day.Day, today, asked)
	if m.IsToday {
		if m.Presses, err = f.pressesToday(r, v, day.Zone); err != nil {
			return err
		}
		if m.Presses.Running == nil {
			if m.Resume, err = f.resumeToday(r, rater, day.Day); err != nil {
				return err
			}
		}
	}
	if err := f.markForgotten(r, rater, day.Day, m.Sessions); err != nil {
		return err
	}
	if !asked.inWeekZone && date.Compare(today) <= 0 {
		m.AddWork = history.WorkAddress(date)
	}
	if m.Notice, err = f.notice(r, v, day.Zone); err != nil {
		return err
	}
	m.Suspects, m.SuspectCount = suspectsOf(day), day.SuspectCount
	charts := f.dayCharts(day)
	m.RunInto = day.SessionCount == 0 && len(day.Line) > 0
	title, section := "Today", "today"
	if !m.IsToday || asked.inWeekZone {
		title, section = date.String(), ""
	}
	frame := f.Frame(w, r, title, section, v.User)
	frame.Live = revision
	return site.Show(w, r, http.StatusOK, frame, view.DayPage(frame, m, view.Charts(charts)))
}

func dayPage(d report.Day, today report.Date, asked askedRange) view.Day {
	m := view.Day{
		Date: d.Date.String(), Address: asked.dayAddress(d.Date), Heading: words.LongDate(d.Date),
		Zone: words.Days(d.Calendar), Target: report.MMSS(asked.rater.Target),
		Steps: view.Steps{
			Previous: wayTo(d.Date.AddDays(-1), asked.dayAddress), Next: wayTo(d.Date.AddDays(1), asked.dayAddress),
			Now: site.Home, NowLabel: "Today", Unit: "day",
		},
		IsToday: d.Date == today,
		Totals:  words.Totals(d.Totals, d.SessionCount),
	}
	if asked.inWeekZone {
		m.Zone = "A day of your weeks, in " + m.Zone
		m.InWeek, m.Steps.Now = weekAddress(d.Date), site.Home+"?zone="+weekZone
	}
	for _, h := range d.Hours {
		if h.Totals.Questions > 0 {
			m.Hours = append(m.Hours, hourOf(h))
		}
	}
	m.Listed = partOf("Sessions", d.Page, d.Pages(), report.SessionsPerPage, d.SessionCount, func(page int) string {
		return sessionsAddress(m.Address, page)
	})
	m.Address = m.Listed.Address
	for _, s := range d.Sessions {
		m.Sessions = append(m.Sessions, sessionOf(s, d.Zone))
	}
	return m
}

// wayTo returns the address of a date's page, or "" when the date has no page.
func wayTo(d report.Date, address func(report.Date) string) string {
	if !d.IsAskable() {
		return ""
	}
	return address(d)
}

func dayAddress(d report.Date) string { return site.Home + "?date=" + d.String() }

// sessionsAddress returns the address of a page of a day's sessions.
func sessionsAddress(day string, page int) string {
	if page == 1 {
		return day
	}
	return day + "&page=" + strconv.Itoa(page)
}

// suspectsOf returns the questions of a day that took so long that a pause was probably
// forgotten.
func suspectsOf(day tracker.DayDetail) []view.Suspect {
	found := make([]view.Suspect, len(day.Suspects))
	for i, q := range day.Suspects {
		found[i] = view.Suspect{
			Address: sessionQuestionAddress(q.SessionID, q.ID),
			Span:    words.Span(q.StartedAt, q.EndedAt, day.Zone), Active: report.MMSS(q.Active),
		}
	}
	return found
}

func hourOf(h report.Hour) view.Hour {
	return view.Hour{
		Span:      fmt.Sprintf("%02d:00 – %02d:00", h.Hour, h.Hour+1),
		Questions: h.Totals.Questions, Active: report.MMSS(h.Totals.Active),
		Average: report.MMSS(h.Totals.Average()), Pace: words.Pace(h.Totals.Pace()),
	}
}

func sessionOf(s report.SessionDay, zone *time.Location) view.Session {
	return view.Session{
		ID: s.ID, Span: words.SessionSpan(s.SessionInfo, zone), Questions: s.Totals.Questions,
		Active: words.Clock(s.Totals.Active), Average: report.MMSS(s.Totals.Average()), Pace: words.Pace(s.Totals.Pace()),
	}
}

// runningOf describes the running question. Its bar turns amber at 80 % of the target and
// red past it, as in the widget.
func runningOf(q report.Running, zone *time.Location) *view.Running {
	m := &view.Running{
		Number: q.Number, Paused: q.IsPaused, Clock: report.MMSS(q.Active), Class: "good",
		Seconds: int64(min(q.Active, q.Target) / timeline.Second), Target: max(1, int64(q.Target/timeline.Second)),
		Session: sessionAddress(q.SessionID), StartedAt: q.StartedAt.Time().In(zone).Format("15:04:05"),
		Pauses: report.MMSS(q.Paused), TargetMMS: report.MMSS(q.Target),
		Left:   report.MMSS(q.Target-q.Active) + " left to the target",
		Active: strconv.FormatFloat(q.Active.Seconds(), 'f', 3, 64),
	}
	switch {
	case q.Active > q.Target:
		m.Class, m.Left = "over", report.MMSS(q.Active-q.Target)+" over the target"
	case 10*q.Active >= 8*q.Target:
		m.Class = "slow"
	}
	return m
}
