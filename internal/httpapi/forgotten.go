package httpapi

import (
	"context"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
)

// periodOutputOf returns the answer about a week or a month, whose days zone asks for.
func (a *api) periodOutputOf(ctx context.Context, user account.User, p report.Period, zone string) (*periodOutput, error) {
	out := &periodOutput{Body: periodOf(user, p, zone)}
	for i, day := range p.Days {
		if err := a.markForgotten(ctx, user, out.Body.Days[i], day); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// markForgotten marks the session of a day that was probably forgotten, in the body that
// dayOf made of the day.
func (a *api) markForgotten(ctx context.Context, user account.User, body dayBody, day report.Day) error {
	for i, s := range day.Sessions {
		forgotten, err := a.Tracker.IsForgotten(ctx, a.Rater(user), s.PressedAt)
		if err != nil {
			return err
		}
		body.Sessions[i].IsForgotten = forgotten
	}
	return nil
}
