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
	page   int    // of those that the choice holds, from 1; a number too high means the last
	with   string // instead of page: the ID of a question; the page that has it
}

// pageWith returns the listing, of all questions, that has the one with an index.
func pageWith(index int) listing { return listing{page: report.PageOf(index)} }

func (l listing) asReport() report.Listing {
	return report.Listing{Choice: l.choice, Page: l.page, With: l.with}
}

// address returns the address of the page of a session that lists these questions.
func (l listing) address(session string) string {
	query := url.Values{}
	if l.choice != report.Everything {
		query.Set("outcome", string(l.choice))
	}
	if l.page > 1 {
		query.Set("page", strconv.Itoa(l.page))
	}
	if l.with != "" {
		query.Set("question", l.with)
	}
	if len(query) == 0 {
		return sessionAddress(session)
	}
	return sessionAddress(session) + "?" + query.Encode()
}

// listedOf says which part of a session's list its page shows.
func listedOf(s report.SessionPage) view.Listed {
	address := func(page int) string { return listing{choice: s.Choice, page: page}.address(s.ID) }
	return partOf("Questions", s.Page, s.Pages, report.QuestionsPerPage, s.Chosen.Questions, address)
}

// partOf says which part of a list a page shows, if it does not show all.
func partOf(what string, page, pages, perPage, count int, address func(page int) string) view.Listed {
	m := view.Listed{Address: address(page)}
	if pages == 1 {
		return m
	}
	first := (page-1)*perPage + 1
	m.Text = fmt.Sprintf("%s %d to %d of %d", what, first, min(first+perPage-1, count), count)
	if page > 1 {
		m.Previous = address(page - 1)
	}
	if page < pages {
		m.Next = address(page + 1)
	}
	return m
}

// filterOf offers the outcomes that occur in a session. It offers nothing if all questions
// have the same one, unless the page was asked for another.
func (l listing) filterOf(s report.SessionPage) view.Filter {
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
		t := s.Chosen
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
