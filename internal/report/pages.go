package report

// QuestionsPerPage is how many questions of a session one page lists. Ten thousand on one
// page would be 29 MB of HTML.
const QuestionsPerPage = 500

// SessionsPerPage is how many sessions of a day one page lists.
const SessionsPerPage = 500

// pagesOf returns how many pages list a number of things; at least 1.
func pagesOf(count, perPage int) int { return (max(1, count) + perPage - 1) / perPage }

// Pages returns how many pages list the sessions of the day; at least 1.
func (d Day) Pages() int { return pagesOf(d.SessionCount, SessionsPerPage) }

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
