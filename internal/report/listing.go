package report

import (
	"slices"

	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// Listing says which questions of a session a page lists.
type Listing struct {
	Choice Choice
	Page   int    // of those that the choice holds, from 1; a number too high means the last
	With   string // unless "", the ID of a question, and the page is the one that has it
}

// SessionPage is a session of which a page lists some questions. Its totals are those of all.
type SessionPage struct {
	Session                  // Questions are those that are listed
	Choice  Choice           // which questions are listed
	Page    int              // the one that is listed, from 1
	Pages   int              // of the questions that the choice holds; at least 1
	Chosen  Totals           // of the questions that the choice holds
	FirstAt timeline.Instant // when the first question started; 0 without questions
	Timings []Timing         // of all questions, in their order
}

// Timing is how long a question took, and should take.
type Timing struct{ Active, Target timeline.Micros }

// Pace compares the two.
func (t Timing) Pace() Pace { return PaceOf(t.Active, t.Target) }

// TimingsOf returns the timings of questions.
func TimingsOf(questions []Question) []Timing {
	timings := make([]Timing, len(questions))
	for i, q := range questions {
		timings[i] = q.Timing()
	}
	return timings
}

// Timing returns how long the question took, and should take.
func (q Question) Timing() Timing { return Timing{q.Active, q.Target} }

// Lister makes a SessionPage of questions as they are read, so that only those of one page are
// kept.
type Lister struct {
	page    SessionPage
	listing Listing
	isFound bool // the question of Listing.With
}

// NewLister returns a lister of a session without questions.
func NewLister(info SessionInfo, listing Listing) *Lister {
	l := &Lister{page: SessionPage{Session: Session{SessionInfo: info}, Choice: listing.Choice, Page: 1, Pages: 1}, listing: listing}
	l.page.QuestionCount = 0
	return l
}

// Add adds the next question that closed. One that does not count changes nothing.
func (l *Lister) Add(q timeline.Question) {
	if !q.Counts() {
		return
	}
	p := &l.page
	if p.QuestionCount == 0 {
		p.FirstAt = q.StartedAt
	}
	p.QuestionCount++
	t := totalsOf(q, p.Target)
	p.Totals = p.Totals.Plus(t)
	p.Timings = append(p.Timings, Timing{q.Active(), q.Target(p.Target)})
	if p.Choice.Holds(q.Outcome) {
		p.Chosen = p.Chosen.Plus(t)
		l.list(q)
	}
}

// list adds a question that the choice holds to the page, unless it belongs to a later one. The
// questions of earlier pages are dropped.
func (l *Lister) list(q timeline.Question) {
	p := &l.page
	p.Pages = PageOf(p.Chosen.Questions)
	isLater := p.Pages > p.Page
	if isLater && (l.isFound || l.listing.With == "" && p.Page >= l.listing.Page) {
		return
	}
	if isLater {
		p.Page, p.Questions = p.Pages, p.Questions[:0]
	}
	p.Questions = append(p.Questions, questionOf(q, p.QuestionCount, p.Target))
	l.isFound = l.isFound || q.ID == l.listing.With
}

// Page returns what was added.
func (l *Lister) Page() SessionPage { return l.page }

// Listed returns the page of a session whose questions are all known.
func (s Session) Listed(listing Listing) SessionPage {
	chosen := s.Chosen(listing.Choice)
	if i := slices.IndexFunc(chosen.Questions, func(q Question) bool { return q.ID == listing.With }); i >= 0 {
		listing.Page = PageOf(i + 1)
	} else if listing.With != "" {
		listing.Page = chosen.Pages()
	}
	listing.Page = min(max(listing.Page, 1), chosen.Pages())
	p := SessionPage{Session: s, Choice: listing.Choice, Page: listing.Page, Pages: chosen.Pages(), Chosen: chosen.Totals}
	if len(s.Questions) > 0 {
		p.FirstAt, p.Timings = s.Questions[0].StartedAt, TimingsOf(s.Questions)
	}
	p.Questions = chosen.Page(listing.Page).Questions
	return p
}

// Listing returns the session with the listed questions alone, and their totals.
func (p SessionPage) Listing() Session { return p.with(p.Questions) }
