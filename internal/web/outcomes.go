package web

import (
	"iter"
	"net/url"

	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
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
