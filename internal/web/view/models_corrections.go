package view

// Notice says what was just done.
type Notice struct {
	Text string
	Undo string // address of the form that undoes it; "": it cannot be undone
	Next string // where to go then
	// Exact is the time to which a moved press goes back, in microseconds; else "".
	Exact string
}

// DeletedQuestion is a question that was deleted from its session.
type DeletedQuestion struct {
	ID     string
	Span   string
	Active string
}

// Suspect is a question of a day that took improbably long.
type Suspect struct {
	Address string // of the question on the page of its session
	Span    string
	Active  string
}

// isOpen reports whether the form to adjust a question is shown open.
func (q Question) isOpen() bool { return q.IsImprobable || q.Adjust.Problem != "" }
