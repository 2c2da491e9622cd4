package view

// Reports is the page of any run of days. Without a report it says what is wrong with
// what was asked for.
type Reports struct {
	Heading    string
	Zone       string
	Presets    []Preset
	From, To   Field
	TwoZones   bool // offer the zone of the weeks beside that of the days
	InWeekZone bool // it is chosen
	HasReport  bool
	Totals     Totals
	Days       []ReportRow
	Weeks      []ReportRow // none of a short range
	Downloads  []Link
}

// Link is an address on this server and its words.
type Link struct{ Address, Label string }

// Preset is a range of days that one chooses by a link.
type Preset struct {
	Link
	IsCurrent bool
}

// ReportRow is a day or a week of a report.
type ReportRow struct {
	Name      string
	Date      string // of a day; "" of a week
	Sessions  int
	Questions int
	Active    Clock
	Raw       Clock
	Average   string
	Pace      Pace
}
