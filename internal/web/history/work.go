package history

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// The fields of the form; the tracker has the same names.
const (
	startedAt = "started_at"
	endedAt   = "ended_at"
	questions = "questions"
	doneTimes = "times"
)

// WorkAddress returns the address of the page on which work of a day is entered that was done
// without the clock.
func WorkAddress(d report.Date) string { return "/dashboard/work?date=" + d.String() }

func dayAddress(d report.Date) string { return site.Home + "?date=" + d.String() }

// workDay is the day to which a form belongs.
type workDay struct {
	date     report.Date
	calendar report.Calendar
	form     url.Values
}

func (p *Pages) workDayIn(v site.Visitor, form url.Values) (d workDay, err error) {
	d.form = form
	if d.calendar, err = site.CalendarOf(v.User); err != nil {
		return d, err
	}
	today, err := p.Tracker.Today(p.Rater(v.User))
	if err != nil {
		return d, err
	}
	d.date, err = httpx.DateOr(form.Get("date"), today)
	return d, err
}

// considerWork shows which session would be added, once the query says when it was.
func (p *Pages) considerWork(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	asked := site.Submission{W: w, R: r, Visitor: v, Values: r.URL.Query()}
	d, err := p.workDayIn(v, asked.Values)
	if err != nil {
		return err
	}
	m := d.page()
	if !asked.Has(startedAt) {
		return p.showWork(asked, http.StatusOK, m)
	}
	work, err := d.work()
	if err == nil {
		var would tracker.Corrected
		if would, err = p.previewWork(r, v, work); err == nil {
			m.Preview = previewOf(would, d.calendar.Zone)
			return p.showWork(asked, http.StatusOK, m)
		}
	}
	refused, ok := site.Refused(asked, err)
	if !ok {
		return err
	}
	d.refuse(refused, &m)
	return p.showWork(asked, refused.Status, m)
}

func (p *Pages) previewWork(r *http.Request, v site.Visitor, work tracker.Work) (tracker.Corrected, error) {
	if err := p.CountCorrection(r, v); err != nil {
		return tracker.Corrected{}, err
	}
	return p.Tracker.PreviewSession(r.Context(), p.Rater(v.User), work)
}

func (p *Pages) enterWork(s site.Submission) error {
	d, err := p.workDayIn(s.Visitor, s.Values)
	if err != nil {
		return err
	}
	work, err := d.work()
	if err != nil {
		return err
	}
	made, err := p.Tracker.EnterSession(s.R.Context(), p.Rater(s.User), work)
	if err != nil {
		return err
	}
	site.GoOn(s.W, s.R, p.Offering(dayAddress(d.date), workNotice(made.SessionID)))
	return nil
}

func (p *Pages) enterWorkAgain(s site.Submission, refused site.Refusal) error {
	d, err := p.workDayIn(s.Visitor, s.Values)
	if err != nil {
		return refused.Cause
	}
	m := d.page()
	d.refuse(refused, &m)
	return p.showWork(s, refused.Status, m)
}

func (p *Pages) showWork(asked site.Submission, status int, m view.WorkForm) error {
	frame := p.Frame(asked.W, asked.R, "Add work", "", asked.User)
	return site.Show(asked.W, asked.R, status, frame, view.WorkPage(frame, m))
}

func (d workDay) page() view.WorkForm {
	m := view.WorkForm{
		Heading: words.LongDate(d.date), Zone: d.calendar.Zone.String(), Date: d.date.String(), Day: dayAddress(d.date),
		Questions: view.Field{Value: d.form.Get(questions)}, Times: view.Field{Value: d.form.Get(doneTimes)},
	}
	m.Start.Value, m.End.Value = d.form.Get(startedAt), d.form.Get(endedAt)
	start, end := d.span()
	m.Start.Twice, m.End.Twice = start.twice, end.twice
	return m
}

func (d workDay) refuse(refused site.Refusal, m *view.WorkForm) {
	m.Start.Problem, m.End.Problem = refused.With(startedAt), refused.With(endedAt)
	m.Questions.Problem, m.Times.Problem = refused.With(questions), refused.With(doneTimes)
	m.Refused = refusedOf(refused, d.calendar.Zone, startedAt, endedAt, questions, doneTimes)
}

// work reads the form. It returns a fault.FieldErrors.
func (d workDay) work() (tracker.Work, error) {
	var errs fault.FieldErrors
	start, end := d.span()
	errs.Add(startedAt, start.problem)
	errs.Add(endedAt, end.problem)
	if errs == nil && end.at <= start.at {
		errs.Add(endedAt, "must be after the start")
	}
	w := tracker.Work{StartedAt: start.at, EndedAt: end.at}
	if text := strings.TrimSpace(d.form.Get(questions)); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			errs.Add(questions, "must be a number, from 1 to 500")
		}
		w.Questions = n
	}
	if errs == nil {
		d.readTimes(&w, &errs)
	}
	return w, errs.OrNil()
}

// readTimes adds the times to w, unless there are none: then the number of questions is needed.
func (d workDay) readTimes(w *tracker.Work, errs *fault.FieldErrors) {
	if strings.TrimSpace(d.form.Get(doneTimes)) == "" {
		if w.Questions == 0 && d.form.Get(questions) == "" {
			errs.Add(questions, "must be given, or the times below")
		}
		return
	}
	times, problem := d.times(w.StartedAt, w.EndedAt)
	errs.Add(doneTimes, problem)
	if n := len(times) + 1; problem == "" && w.Questions != 0 && w.Questions != n {
		errs.Add(questions, "does not fit the times below, which make "+words.Counted(n, "question", "questions")+": leave one of the two empty")
	}
	if w.Times, w.Questions = times, 0; len(times) == 0 {
		w.Questions = 1
	}
}

// span reads the start and the end of the work.
func (d workDay) span() (start, end typed) {
	from, ok := d.wall(d.form.Get(startedAt))
	if start = (typed{problem: isNoTime}); ok {
		start = instantOf(from, d.form.Get(startedAt+"_which"), d.calendar.Zone)
	}
	to, ok := d.wall(d.form.Get(endedAt))
	if end = (typed{problem: isNoTime}); !ok {
		return start, end
	}
	if to.Before(from) && !comesAgain(to, start, d.calendar.Zone) {
		to = to.AddDate(0, 0, 1)
	}
	return start, instantOf(to, d.form.Get(endedAt+"_which"), d.calendar.Zone)
}

// comesAgain reports whether the clocks, which went back, show a wall-clock time after the start.
func comesAgain(wall time.Time, start typed, zone *time.Location) bool {
	return start.problem == "" && slices.ContainsFunc(report.InstantsOf(wall, zone), func(at timeline.Instant) bool { return at > start.at })
}

// isNoTime completes a sentence that begins with "This".
const isNoTime = "must be a time, as in 10:42 or 10:42:30"

// wall reads a time of the day, which may begin later than midnight.
func (d workDay) wall(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{"15:04:05", "15:04"} {
		clock, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		day := d.date
		if clock.Hour() < d.calendar.DayStart {
			day = day.AddDays(1)
		}
		return time.Date(day.Year, day.Month, day.Day, clock.Hour(), clock.Minute(), clock.Second(), 0, time.UTC), true
	}
	return time.Time{}, false
}

// times reads when questions were done, in order. Of a time that the clocks showed twice, the
// first is meant that is not before the time on the line above. The end needs no line: if the
// last one repeats it, that line is left out.
func (d workDay) times(start, end timeline.Instant) (times []timeline.Instant, problem string) {
	last := start
	for text := range strings.Lines(d.form.Get(doneTimes)) {
		if strings.TrimSpace(text) == "" {
			continue
		}
		wall, ok := d.wall(text)
		if !ok {
			return nil, "must have one time on each line, as in 10:42 or 10:42:30"
		}
		at, ok := firstFrom(last, wall, d.calendar.Zone)
		if !ok || at > end {
			return nil, "must be in order, from the start to the end: " + strings.TrimSpace(text) + " is not"
		}
		last, times = at, append(times, at)
	}
	if n := len(times); n > 0 && times[n-1] == end {
		times = times[:n-1]
	}
	return times, ""
}

// firstFrom returns the first instant from a time on at which the clocks show a wall-clock
// time, on its date or on the next.
func firstFrom(from timeline.Instant, wall time.Time, zone *time.Location) (timeline.Instant, bool) {
	for range 2 {
		for _, at := range report.InstantsOf(wall, zone) {
			if at >= from {
				return at, true
			}
		}
		wall = wall.AddDate(0, 0, 1)
	}
	return 0, false
}
