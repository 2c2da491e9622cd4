package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

type passwordInput struct {
	Caller
	Body struct {
		Current string `json:"current_password" maxLength:"1024"`
		New     string `json:"new_password" maxLength:"1024" doc:"The rules of registration apply; it must differ from the last five passwords."`
	} `doc:"The current password and the new one."`
}

type securityLogInput struct {
	Limit int `query:"limit" default:"100" example:"20" doc:"The most entries to return; values outside 1 to 1000 become the nearest limit."`
}

type securityLogOutput struct {
	Body []securityEvent `nullable:"false" doc:"The entries, newest first."`
}

type securityEvent struct {
	Timestamp time.Time `json:"timestamp"`
	Event     string    `json:"event" doc:"What happened, such as login or password_changed."`
	Address   string    `json:"address" doc:"The client's address; for IPv6 only its /64 network."`
	Detail    string    `json:"detail" doc:"What the event is about, such as a device's name; may be empty."`
	ByMyself  bool      `json:"by_myself" doc:"True if the logged-in user did this."`
}

func (a *api) registerPassword() {
	op := operation("POST /me/password", "change-password", tagAccounts, "Change the password",
		"Ends all logins and starts a new one, whose access token is in the answer and in a cookie.")
	op = mayFail(op, http.StatusConflict, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.changePassword)
	log := operation("GET /me/security-log", "security-log", tagAccounts, "What happened to the account",
		"Lists logins, failures, changes and deletions, newest first.")
	register(a, mayFail(log, http.StatusUnprocessableEntity), a.securityLog)
}

func (a *api) changePassword(ctx context.Context, in *passwordInput) (*tokenOutput, error) {
	login, err := a.Accounts.ChangePassword(ctx, currentUser(ctx).ID, in.Body.Current, in.Body.New, byUser(ctx))
	if err != nil {
		return nil, err
	}
	return a.loggedIn(in.Caller, login), nil
}

func (a *api) securityLog(ctx context.Context, in *securityLogInput) (*securityLogOutput, error) {
	events, err := a.Accounts.SecurityEvents(ctx, currentUser(ctx).ID, min(max(in.Limit, 1), 1000))
	if err != nil {
		return nil, err
	}
	out := &securityLogOutput{Body: make([]securityEvent, len(events))}
	for i, e := range events {
		out.Body[i] = securityEventOf(e)
	}
	return out, nil
}

func securityEventOf(e account.SecurityEvent) securityEvent {
	return securityEvent{
		Timestamp: timeOf(e.At), Event: string(e.Kind), Address: e.Address, Detail: e.Detail,
		ByMyself: e.ActorID == e.UserID,
	}
}
