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
		New     string `json:"new_password" maxLength:"1024"`
	}
}

type securityLogInput struct {
	Limit int `query:"limit" default:"100" doc:"Kept within 1 and 1000."`
}

type securityLogOutput struct {
	Body []securityEvent
}

type securityEvent struct {
	Timestamp *time.Time `json:"timestamp"`
	Event     string     `json:"event"`
	Address   string     `json:"address" doc:"Of the client; an IPv6 network of 64 bits."`
	Detail    string     `json:"detail"`
	ByMyself  bool       `json:"by_myself" doc:"Done by this user, logged in."`
}

func (a *api) registerPassword() {
	const tag = "Accounts"
	op := operation(http.MethodPost, "/me/password", "change-password", "Change the password; ends all logins and starts a new one", tag)
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.changePassword)
	register(a, operation(http.MethodGet, "/me/security-log", "security-log", "What happened to the account, newest first", tag), a.securityLog)
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
