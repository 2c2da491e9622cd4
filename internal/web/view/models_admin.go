package view

// Users is the page of all users, for admins.
type Users struct {
	Search         string
	Role, State    Choice
	Total          string // "3 users"
	Users          []UserRow
	Previous, Next string // addresses; "" is none
}

// Choice is a select field with its value.
type Choice struct {
	Value   string
	Options []Option
}

// Option is one of a Choice.
type Option struct{ Value, Label string }

// UserRow is one line of the users.
type UserRow struct {
	ID, Email, Name, Role string
	Active                bool
	Created, LastLogin    string
}

// UserPage is the page of one user, for admins.
type UserPage struct {
	User     UserRow
	Timezone string
	Factors  string
	Provider string // the user's identity providers; "": none
	IsSelf   bool
	Password string // a new one, shown only once; "": none
	Problem  string
	Confirm  Field // the admin's own password: only what is wrong with it
	Sessions []AdminSession
	Log      []LogRow
}

// AdminSession is one line of a user's sessions, for admins.
type AdminSession struct {
	Day, Span string
	Questions int
	Active    Clock
	Events    string // address of its log
}

// LogRow is one line of the security log.
type LogRow struct {
	At, Kind, Address, Detail string
	User, Actor               Person
}

// Person is a user as a log names them.
type Person struct {
	Text string // e-mail address, number, or "" for nobody
	Page string // address; "" is none
}

// NewUser is the form for a user that an admin adds.
type NewUser struct {
	Problem                                        string
	Email, FirstName, LastName, Password, OwnAgain Field
	Role                                           Choice
}

// CreatedUser is the page of a user who was just added.
type CreatedUser struct {
	ID, Email string
	Password  string // a generated one, shown only once; "": the admin typed one
}

// AdminLog is the security log of everybody.
type AdminLog struct {
	Kind          Choice
	User          Field
	Rows          []LogRow
	Newest, Older string // addresses; "" is none
}

// Deletion is the page on which an account is deleted.
type Deletion struct {
	Action, Back    string // addresses
	Email           string
	Own             bool // it is the visitor's own
	NeedsPassword   bool
	Problem         string
	Typed, Password Field
}
