package web

import (
	"iter"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

// choiceIn returns which questions a query asks for by what became of them. It returns a
// *badQuery for a bad value.
func choiceIn(query url.Values) (report.Choice, error) {
	choice, ok := report.ParseChoice(query.Get("outcome"))
	if !ok {
		return "", &badQuery{field: "outcome", problem: "must be submitted, released, expired, skipped or untold"}
	}
	return choice, nil
}

// listingIn returns which questions of a session a query asks for.
func listingIn(query url.Values) (listing, error) {
	choice, err := choiceIn(query)
	if err != nil {
		return listing{}, err
	}
	page, err := httpx.PageNumber(query.Get("page"))
	return listing{choice: choice, page: page}, err
}

// outcomeFiles are the questions of a report as files, one for each outcome that a person
// asks about: whatever was not submitted.
func outcomeFiles(o report.Outcomes, query string) []view.Link {
	var files []view.Link
	for _, choice := range report.Choices() {
		if choice == report.Choice(timeline.Submitted) || choice == report.Untold || o.Count(choice) == 0 {
			continue
		}
		files = append(files, view.Link{Label: words.Choice(choice) + " (CSV)", Address: "/reports/questions.csv" + query + "&outcome=" + string(choice)})
	}
	return files
}

// chosenOf yields sessions with only the questions that a choice holds.
func chosenOf(sessions iter.Seq2[report.Session, error], choice report.Choice) iter.Seq2[report.Session, error] {
	return func(yield func(report.Session, error) bool) {
		for s, err := range sessions {
			if !yield(s.Chosen(choice), err) {
				return
			}
		}
	}
}
