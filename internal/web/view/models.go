package view

// Frame is what surrounds every page.
type Frame struct {
	Title   string
	User    string // e-mail address; "" without a login
	Section string // of the navigation: "today", "week", "month", "reports", "profile" or ""
	CSRF    string // for every form of the page
	IsAdmin bool   // show the way to the admin console
	Zone    string // IANA name; their days are cut in it
	Path    string // path of the page, to come back to
	Live    string // the revision that the page shows and follows; "": it follows nothing
	Files   Files
}

// Asset is the address of one of this server's own files, and never a text that somebody
// typed.
type Asset string

// Files are the files that every page loads.
type Files struct {
	CSS          []Asset
	Icon, Script Asset
}

// Field is a field of a form with its value and what is wrong with it.
type Field struct {
	Value   string
	Problem string // "": nothing
	Hint    string // what to enter; "": that is clear
}

// Login is the form for the first step of a login.
type Login struct {
	Email    string
	Next     string // where to go after the login
	Problem  string
	Provider bool // offer the identity provider
	Door     string
}

// SecondFactor is the form for the code that ends a login.
type SecondFactor struct {
	Challenge string
	Next      string
	Problem   string
	Passkey   bool // a passkey can end the login
	NeedsKey  bool // and nothing else can
	Script    Asset
}

// Register is the form for a new account.
type Register struct {
	Problem                              string
	Email, Password, FirstName, LastName Field
	LoggedIn                             string // the e-mail address of a visitor who has an account; "": none
	Shut                                 string // why there is no form; "": there is one
	Anyway                               bool   // without this invitation there would be one
	Invitation                           string // the code of the link
	Welcome                              string // what the invitation is for; "": there is none
	Bound                                bool   // the invitation is for the address of Email alone
}

// Failure is a request that failed.
type Failure struct {
	Status int
	Title  string
	Detail string
	Advice string
	LogIn  bool // link to the login
}

// Pace is a pace in words, with the class of its colour.
type Pace struct {
	Word  string
	Class string // "fast", "good", "slow", "over", or "" for none
	Score int
}

// Clock is a length of time as it is shown.
type Clock struct {
	Text  string
	Unit  string // "h" or "min"
	Exact string // 1:59:59, where Text is rounded to the minute; else ""
}

// Totals are the four figures of a page.
type Totals struct {
	Questions int
	Sessions  string // "in 3 sessions"
	Tasks     string // "57 tasks"; "": as many as questions
	Outcomes  string // "38 submitted · 2 released"; "": nothing but submitted, as far as told
	Active    Clock
	Pauses    Clock
	Average   string
	OverUnder string // how far the average is over or under the average target
	Pace      Pace
}

// Steps are the links to the periods before and after.
type Steps struct {
	Previous, Next string // addresses; "": no link
	Now            string
	Unit           string // "day"
	NowLabel       string // "Today"
}

// Day is the page of one day.
type Day struct {
	Date    string // 2026-01-31
	Address string // of this page
	Heading string
	Zone    string
	// InWeek is the address of the day's week, if it is a day of weeks that are made of
	// other days than the user's own; else "".
	InWeek       string
	Target       string
	Steps        Steps
	IsToday      bool
	Presses      *Presses // nil on another day
	Totals       Totals
	Hours        []Hour // only those in which a question started
	Sessions     []Session
	Listed       Listed // of the sessions
	Suspects     []Suspect
	SuspectCount int     // Suspects are the first of them
	Resume       *Resume // nil: nothing can run on
	AddWork      string  // address of the page on which work is entered; "": no link
	Notice       *Notice
	RunInto      bool // no question began on the day, but one of the day before ran into it
}

// Running is the running question at the time of the page.
type Running struct {
	Number    int
	Paused    bool
	Clock     string
	Class     string // class of the bar: "good", "slow" near the target, "over" past it
	Seconds   int64
	Target    int64 // in seconds
	Left      string
	Active    string // seconds, with fractions, for the script that keeps the clock running
	Session   string // address of its page; "" on that page
	StartedAt string
	Pauses    string
	TargetMMS string
}

// Hour is one line of a day by its hours.
type Hour struct {
	Span      string // 09:00 – 10:00
	Questions int
	Active    string
	Average   string
	Pace      Pace
}

// Session is one line of a day's sessions.
type Session struct {
	ID        string
	Span      string // 09:12 – 10:38
	Forgotten string // time of the newest press, if its end was probably forgotten
	Questions int
	Active    Clock
	Average   string
	Pace      Pace
}

// SessionPage is the page of one session.
type SessionPage struct {
	ID        string
	Heading   string
	Span      string
	Zone      string
	Target    string
	IsActive  bool
	Day       string // address of the day on which it started
	Totals    Totals
	Questions []Question
	Listed    Listed
	Filter    Filter

	Presses      *Presses // nil unless it runs
	Notice       *Notice
	ShowsDeleted bool // Deleted was asked for
	Deleted      []DeletedQuestion
	DeletedCount int // Deleted are the first of them
	Log          *Log
	Resume       *Resume // nil: it cannot run on
}

// Listed says which part of a long list a page shows.
type Listed struct {
	Text           string // "": the page shows all
	Address        string // of the page itself
	Previous, Next string // addresses; "" at the ends
}

// Filter chooses the listed questions by what became of them.
type Filter struct {
	Links  []FilterLink // none: there is nothing to choose
	Chosen string       // the numbers of the chosen questions; "": all are listed
}

// FilterLink is one choice of a Filter.
type FilterLink struct {
	Link
	Count     int
	IsCurrent bool
}

// Question is one line of a session.
type Question struct {
	ID        string
	Anchor    string // its place in the page
	Index     int
	Span      string
	Raw       string
	Active    string
	Target    string
	OverUnder string
	Pace      Pace
	Task      string
	Tasks     string // "3 tasks"; "": one
	Outcome   string // "Released"; "": submitted, or not told

	Adjust       Field  // the active time, as it can be set
	Original     string // the active time before it was adjusted; "" if it was not
	IsImprobable bool   // a pause was probably forgotten
}

// Period is the page of a week or a month.
type Period struct {
	Heading string
	Zone    string
	Steps   Steps
	Totals  Totals
	Days    []PeriodDay
}

// PeriodDay is one line of a period.
type PeriodDay struct {
	Date      string
	Address   string // of its page; "": it has none
	Name      string
	Sessions  int
	Questions int
	Active    Clock
	Average   string
	Target    string // the average of its questions' targets
	Pace      Pace
}

// Profile is the page of a person's settings.
type Profile struct {
	Email         string
	Saved         string // what was done; "": nothing
	Problem       string
	FirstName     Field
	LastName      Field
	Timezone      Field
	Target        Field
	DefaultTarget string
	WeekStart     Field
	Weekdays      []string // values of WeekStart
	DayStart      Field
	DayStarts     []string // values of DayStart
	WeekZone      Field
	Forgotten     Field // minutes without a press
	WantsReports  bool
	Zones         []string
	Current       Field // passwords: their values stay empty
	New           Field
	Confirm       Field
}

// Chart is a drawing in two layouts, with its numbers.
type Chart struct {
	ID           string // unique on the page
	Heading      string
	Wide, Narrow string // markup, escaped
	Legend       []Key
	// Numbers leads to the table of the page that has the numbers; without one, Columns and
	// Rows are the chart's own table.
	Numbers Link
	Columns []string
	Rows    [][]string
}

// Key is the meaning of a colour.
type Key struct{ Class, Words string }
