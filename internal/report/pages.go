package report

// QuestionsPerPage is how many questions of a session one page lists. Ten thousand on one
// page would be 29 MB of HTML.
const QuestionsPerPage = 500

// PageOf returns the number of the page, from 1, that lists the question with an index.
func PageOf(index int) int { return (index-1)/QuestionsPerPage + 1 }

// Pages returns how many pages list the session's questions; at least 1.
func (s Session) Pages() int { return PageOf(max(1, len(s.Questions))) }

// Page returns the session with the questions of one page, which keep their indexes, and
// with the totals of these questions. A number out of range means the nearest page.
func (s Session) Page(number int) Session {
	number = min(max(number, 1), s.Pages())
	from := (number - 1) * QuestionsPerPage
	return s.with(s.Questions[from:min(from+QuestionsPerPage, len(s.Questions))])
}
