package httpapi

import (
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// OutcomesBody counts questions by what became of them.
type OutcomesBody struct {
	Submitted int `json:"submitted"`
	Released  int `json:"released"`
	Expired   int `json:"expired"`
	Skipped   int `json:"skipped"`
	Untold    int `json:"untold" doc:"No press told it."`
}

func outcomesOf(o report.Outcomes) OutcomesBody { return OutcomesBody(o) }

// choiceOf returns which questions a request asks for by what became of them; no text means
// all of them.
func choiceOf(text string) (report.Choice, error) {
	choice, ok := report.ParseChoice(text)
	if !ok {
		return "", fault.Field("outcome", "must be submitted, released, expired, skipped or untold")
	}
	return choice, nil
}
