package view

// Devices is the page of the connected widgets.
type Devices struct {
	Saved   string // what was done; "" is nothing
	Zone    string
	Devices []Device
}

// Device is one connected widget.
type Device struct {
	ID       string
	Name     string
	Kind     string
	Since    string
	LastUsed string
	Address  string
}

// Pair is the page on which a user connects a widget.
type Pair struct {
	Email     string
	Asked     bool // a widget opened the page; otherwise there is nothing to connect
	Challenge string
	Kind      string
	KindName  string
	Name      Field
	Password  Field // its value stays empty
	Problem   string
	Full      bool   // a device must be disconnected first
	Code      string // "" until the user has agreed
	Lifetime  string // of the code: "5 minutes"

	Fingerprint   string // of the challenge; the widget shows it too
	NeedsPassword bool   // false if the user has none
}
