package web

import (
	"iter"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/export"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
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
	with, _ := httpx.CanonicalUUID(query.Get("question"))
	return listing{choice: choice, page: page, with: with}, err
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

// chosenOf yields those questions that a choice holds, for a file.
func chosenOf(questions iter.Seq2[tracker.QuestionOn, error], choice report.Choice) iter.Seq2[export.Question, error] {
	return func(yield func(export.Question, error) bool) {
		for q, err := range questions {
			if err == nil && !choice.Holds(q.Outcome) {
				continue
			}
			if !yield(export.Question{SessionID: q.SessionID, Question: q.Question}, err) {
				return
			}
		}
	}
}
