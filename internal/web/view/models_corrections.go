package view

// Notice says what was done on the page before.
type Notice struct {
	Text string
	Undo string // where a form takes it back; "" is no such way
	Next string // where to go then
}

// DeletedQuestion is a question that was taken out of its session.
type DeletedQuestion struct {
	ID     string
	Span   string
	Active string
}

// Suspect is a question of a day that took improbably long.
type Suspect struct {
	Address string // its place in the page of its session
	Span    string
	Active  string
}

// isOpen reports whether the form to adjust a question asks for attention.
func (q Question) isOpen() bool { return q.IsImprobable || q.Adjust.Problem != "" }
