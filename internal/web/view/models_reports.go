package view

// Reports is the page of any range of days. Without a report it says what is wrong with
// the range.
type Reports struct {
	Heading    string
	Zone       string
	Presets    []Preset
	From, To   Field
	TwoZones   bool // offer the week zone too
	InWeekZone bool // it is chosen
	HasReport  bool
	Totals     Totals
	Days       []ReportRow
	Weeks      []ReportRow // empty for a short range
	Downloads  []Link
}

// Link is an address on this server with its label.
type Link struct{ Address, Label string }

// Preset is a link to a range of days.
type Preset struct {
	Link
	IsCurrent bool
}

// ReportRow is a day or a week of a report.
type ReportRow struct {
	Name      string
	Date      string // date of a day; "" for a week
	Address   string // of the page of the day; "": no link
	Sessions  int
	Questions int
	Active    Clock
	Raw       Clock
	Average   string
	Target    string // the average of its questions' targets
	Pace      Pace
}
