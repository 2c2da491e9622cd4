package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// A history is recorded as sessions that follow each other without a gap.
const (
	sessionQuestions = 100
	questionTime     = 2 * time.Minute
	batchEvents      = 500 // at most in one call: docs/contract.md#batch
)

// day is a day whose page is read. Its date is in UTC, the zone of a new user.
type day struct{ date string }

// record gives a user the last days, each with as many questions as dayLengths says, and
// before them a history of this many questions. It returns the days.
func record(ctx context.Context, address, token string, questions int, now time.Time) ([]day, error) {
	r := recorder{url: "http://" + address + "/events/batch", token: token}
	today := now.UTC().Truncate(24 * time.Hour)
	start := today.AddDate(0, 0, -len(dayLengths)).Add(-time.Duration(questions) * questionTime)
	for done := 0; done < questions; done += sessionQuestions {
		at := start.Add(time.Duration(done) * questionTime)
		if err := r.session(ctx, at, min(sessionQuestions, questions-done)); err != nil {
			return nil, err
		}
	}
	days := make([]day, len(dayLengths))
	for i, length := range dayLengths {
		date := today.AddDate(0, 0, i-len(dayLengths))
		for done := 0; done < length; done += sessionQuestions {
			at := date.Add(time.Hour + time.Duration(done)*questionTime)
			if err := r.session(ctx, at, min(sessionQuestions, length-done)); err != nil {
				return nil, err
			}
		}
		days[i] = day{date: date.Format(time.DateOnly)}
	}
	return days, r.send(ctx)
}

// recorder sends presses in batches.
type recorder struct {
	url, token string
	events     []event
}

type event struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
}

// session adds a session that begins at a time and has this many questions.
func (r *recorder) session(ctx context.Context, at time.Time, questions int) error {
	if len(r.events)+questions+1 > batchEvents {
		if err := r.send(ctx); err != nil {
			return err
		}
	}
	for range questions {
		r.events = append(r.events, event{"NEXT", at})
		at = at.Add(questionTime)
	}
	// The session ends a moment early, because the next one begins when its last question ends.
	r.events = append(r.events, event{"EXIT", at.Add(-time.Microsecond)})
	return nil
}

// press adds one event.
func (r *recorder) press(ctx context.Context, kind string, at time.Time) error {
	if r.events = append(r.events, event{kind, at}); len(r.events) < batchEvents {
		return nil
	}
	return r.send(ctx)
}

// send records the gathered events. It fails unless every event is accepted.
func (r *recorder) send(ctx context.Context) error {
	body, err := json.Marshal(map[string]any{"events": r.events})
	if err != nil {
		return fmt.Errorf("encoding a history: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("recording a history: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	request.Header.Set("Content-Type", "application/json")
	var answer struct {
		Results []struct {
			Result string `json:"result"`
			Reason string `json:"reason"`
		} `json:"results"`
	}
	if err := exchange(http.DefaultClient, request, &answer); err != nil {
		return err
	}
	if len(answer.Results) != len(r.events) {
		return fmt.Errorf("recording a history: %d events were answered with %d results", len(r.events), len(answer.Results))
	}
	for _, result := range answer.Results {
		if result.Result != "accepted" {
			return fmt.Errorf("recording a history: an event is %s: %s", result.Result, result.Reason)
		}
	}
	r.events = r.events[:0]
	return nil
}
