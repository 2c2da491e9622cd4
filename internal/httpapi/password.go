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
		New     string `json:"new_password" maxLength:"1024" doc:"As at registration, and none of the last five."`
	} `doc:"The password as it is, and the new one."`
}

type securityLogInput struct {
	Limit int `query:"limit" default:"100" example:"20" doc:"How many to answer; kept within 1 and 1000."`
}

type securityLogOutput struct {
	Body []securityEvent `nullable:"false" doc:"The entries, newest first."`
}

type securityEvent struct {
	Timestamp time.Time `json:"timestamp"`
	Event     string    `json:"event" doc:"What happened, such as login or password_changed."`
	Address   string    `json:"address" doc:"The client's address; of IPv6 the network of 64 bits."`
	Detail    string    `json:"detail" doc:"What it was done to, where that is not plain; may be empty."`
	ByMyself  bool      `json:"by_myself" doc:"The user did it, logged in."`
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
