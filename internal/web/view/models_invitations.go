package view

// Invitations is the page of invitations, for admins.
type Invitations struct {
	Zone                    string
	Saved                   string // what was done; "": nothing
	Link, LinkFor, LinkEnds string // of an invitation just made, shown only once; "": none
	Open                    []Invitation
	Problem                 string
	Note                    string // what REGISTRATION means for invitations; "": nothing special
	Closed                  bool   // nobody may register, with or without an invitation
	Email, Days             Field
}

// Invitation is one line of the invitations.
type Invitation struct {
	ID, Name   string
	For        string // e-mail address, or in words whoever has the link
	MadeBy     Person
	Made, Ends string
}
