package web

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// listing says which questions of a session its page lists.
type listing struct {
	choice report.Choice
	page   int // of those that the choice holds, from 1; a number too high means the last
}

// pageWith returns the listing, of all questions, that has the one with an index.
func pageWith(index int) listing { return listing{page: report.PageOf(index)} }

// address returns the address of the page of a session that lists these questions.
func (l listing) address(session string) string {
	query := url.Values{}
	if l.choice != report.Everything {
		query.Set("outcome", string(l.choice))
	}
	if l.page > 1 {
		query.Set("page", strconv.Itoa(l.page))
	}
	if len(query) == 0 {
		return sessionAddress(session)
	}
	return sessionAddress(session) + "?" + query.Encode()
}

// listedOf says which part of a session's list its page shows. Chosen are the questions that
// the choice holds, and listed those of them on the page.
func (l listing) listedOf(chosen, listed report.Session) view.Listed {
	l.page = min(l.page, chosen.Pages())
	m := view.Listed{Address: l.address(chosen.ID)}
	if chosen.Pages() == 1 {
		return m
	}
	first := (l.page-1)*report.QuestionsPerPage + 1
	m.Text = fmt.Sprintf("Questions %d to %d of %d", first, first+len(listed.Questions)-1, len(chosen.Questions))
	if l.page > 1 {
		m.Previous = listing{l.choice, l.page - 1}.address(chosen.ID)
	}
	if l.page < chosen.Pages() {
		m.Next = listing{l.choice, l.page + 1}.address(chosen.ID)
	}
	return m
}

// filterOf offers the outcomes that occur in a session. It offers nothing if all questions
// have the same one, unless the page was asked for another.
func (l listing) filterOf(s, chosen report.Session) view.Filter {
	var m view.Filter
	for _, choice := range report.Choices() {
		if n := s.Totals.Outcomes.Count(choice); n > 0 || choice == l.choice {
			m.Links = append(m.Links, l.linkTo(s.ID, choice, words.Choice(choice), n))
		}
	}
	if len(m.Links) < 2 && l.choice == report.Everything {
		return view.Filter{}
	}
	all := l.linkTo(s.ID, report.Everything, "All", s.Totals.Questions)
	m.Links = append([]view.FilterLink{all}, m.Links...)
	if l.choice != report.Everything {
		t := chosen.Totals
		m.Chosen = fmt.Sprintf("%s of %d: %s active, %s on average.",
			words.Counted(t.Questions, "question", "questions"), s.Totals.Questions, exactly(t.Active), report.MMSS(t.Average()))
	}
	return m
}

func (l listing) linkTo(session string, choice report.Choice, label string, n int) view.FilterLink {
	return view.FilterLink{
		Link:  view.Link{Label: label, Address: listing{choice: choice}.address(session)},
		Count: n, IsCurrent: choice == l.choice,
	}
}

// exactly writes a sum to the second, however long it is.
func exactly(d timeline.Micros) string {
	if report.TotalIsRounded(d) {
		return report.HMMSS(d)
	}
	return report.MMSS(d)
}
