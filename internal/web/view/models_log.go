package view

// Log is the log of a session, on its page.
type Log struct {
	Address string // of the page that shows it
	IsShown bool
	Problem string // why it cannot be shown; "": it can
	Add     PressFields
	AddTo   string // address of the page on which a press is added
	Next    string // address of this page, to come back to
	Lines   []LogLine
	Listed  Listed
}

// LogLine is a press or a correction of the whole session.
type LogLine struct {
	Anchor    string // its place in the page
	Time      string // 10:42:10
	Text      string // Next: question 7, 03:10
	IsRemoved bool
	Marks     []string // "added by hand", "moved from 10:40:00"
	Notes     []string // corrections of it: "12:00:00 question deleted"
	Move      string   // address of the page that moves it; "": it cannot be moved
	Remove    string
	Restore   string // address of the form that restores it
	Next      string // where to go then
}

// Resume offers to let a session run on that has ended.
type Resume struct {
	Action string // address of the form
	Next   string // where to go then
	Since  string // time of its end
}

// TimeField is a date and a time by the clocks of a zone.
type TimeField struct {
	Field
	Twice Choice // between the two times that it may mean; no options: it means one
}

// PressFields are the fields of a press.
type PressFields struct {
	Types Choice // no options: the type is given
	Time  *TimeField
}

// PressChange is the page on which a press is added, moved or removed.
type PressChange struct {
	Heading string
	Session Link
	Zone    string
	Press   string // "10:42:10 Next: question 7, 03:10"; "" for one that is added
	Action  string // address of the page
	Fields  PressFields
	Next    string // where to go then, or when nothing is to be done
	Refused
	Preview *Preview
	// What the form that saves sends.
	Save, Type, Exact, EventID string
}

// Refused is why a change was refused that concerns no field.
type Refused struct {
	Problem string
	Other   *Link // the session that is in the way; nil: none is
}

// Preview is what a change would change.
type Preview struct {
	IsNew     bool   // there is nothing before
	Nothing   string // said if it would change nothing that can be shown
	Totals    []Difference
	Questions []Difference
	More      string // "and 380 more"
}

// Difference is what something is before and after a change.
type Difference struct{ Name, Before, After string }

// WorkForm is the page on which work is entered that was done without the clock.
type WorkForm struct {
	Heading    string
	Zone       string
	Date       string // 2026-01-31
	Day        string // address of the day
	Start, End TimeField
	Questions  Field
	Times      Field
	Refused
	Preview *Preview
}
