package view

// Presses are the running question and the forms with which a person presses.
type Presses struct {
	Running   *Running // nil: nothing runs
	Buttons   []Press
	Forgotten *Forgotten // nil: the end was not forgotten
	Said      string     // what the last press did; "": nothing to say
	Problem   string     // why the last press was refused
}

// isIdle reports whether nothing runs.
func (p *Presses) isIdle() bool { return p == nil || p.Running == nil }

// Press is a form for one press.
type Press struct {
	ID      string // unique on the page
	EventID string // UUID
	Type    string // NEXT, PAUSE, UNDO or EXIT
	Paused  string // the state that a PAUSE asks for: "true" or "false"
	At      string // time of an EXIT in the past; "": now
	Starts  bool   // a NEXT that only starts a session
	Keeps   bool   // a PAUSE that changes nothing
	Next    string // path to go to then
	Label   string
	About   string // the label and what follows, for screen readers
	Main    bool   // what one presses most
}

// Forgotten offers to end a session whose end was probably forgotten.
type Forgotten struct {
	Since     string // time of its newest press
	Idle      Clock  // how long ago that was
	OnlyBegun string // what an end at that press leaves out; "": nothing
	Last      Press  // an end at that press
	Then      Press  // an end at the time in the field
	Time      Field  // 2026-01-31T14:32, by the clocks of Zone
	Min, Max  string // of Time; "": no bound
	Zone      string
	Twice     []Press // the two times that Time may mean, when the clocks went back
	Keep      Press
}
