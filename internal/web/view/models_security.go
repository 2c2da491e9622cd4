package view

// Security is the page of how a person logs in, and of recent activity.
type Security struct {
	Saved         string // what was done; "" is nothing
	HasApp        bool
	HasFactor     bool // an authenticator app or a passkey
	Passkeys      []Passkey
	RecoveryCodes int
	HasProvider   bool // an identity provider is set
	Connected     bool // and logs this user in
	Logins        []ListedLogin
	Zone          string
	Activity      []Activity
}

// ListedLogin is one line of a person's logins.
type ListedLogin struct {
	ID      string
	Browser string
	Since   string
	Address string
	Current bool // the page is read with it
}

// Passkey is one line of a person's passkeys.
type Passkey struct {
	ID       string // base64url
	Name     string
	Added    string
	LastUsed string // "" is never
}

// Activity is one line of a person's security log.
type Activity struct {
	When, What, Address string
}

// SecurityStep is a form that asks for the password before a change.
type SecurityStep struct {
	Heading  string
	Text     string
	Action   string // address that the form is sent to
	Button   string
	Email    string // for password managers
	Problem  string
	Password Field // its value stays empty

	NeedsPassword bool // false if the user has none
}

// AppSetup is the secret for an authenticator app, and the form for its first code.
type AppSetup struct {
	Groups  []string // the secret in groups; none if it was shown before
	Box     string   // viewBox of the QR code
	Path    string   // of the QR code
	Problem string
	Code    Field
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Heading string
	Codes   []string
}

// NewPasskey is the form that passkeys.js sends.
type NewPasskey struct {
	Email  string
	Script Asset
}

// Departure is the link to the identity provider.
type Departure struct {
	Address string
}
