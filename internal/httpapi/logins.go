package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// LoginPath names a login in a path.
type LoginPath struct {
	LoginID string `path:"login_id" format:"uuid" doc:"UUID of a login." example:"0190a8f2-bb22-7c33-8d44-5e6f70819203"`
}

type endLoginInput struct {
	LoginPath
	confirmInput
}

type loginsOutput struct {
	Body []loginBody `nullable:"false" doc:"The newest logins, at most 100, newest first."`
}

type loginBody struct {
	ID        string     `json:"login_id" format:"uuid"`
	StartedAt *time.Time `json:"started_at" doc:"Null if an earlier version of the server began it."`
	ExpiresAt time.Time  `json:"expires_at"`
	Browser   string     `json:"browser" doc:"As a person calls it, such as Firefox on Linux; empty if that is not known."`
	Address   string     `json:"address" doc:"The client's address when it logged in; for IPv6 only its /64 network."`
	IsCurrent bool       `json:"is_current" doc:"True for the login that asks."`
}

func (a *api) registerLogins() {
	register(a, operation("GET /me/logins", "logins", tagAccounts, "The logins that have not ended",
		"Lists the logins, newest first. Connected widgets are at /me/devices."), a.logins)
	op := operation("DELETE /me/logins/{login_id}", "end-login", tagAccounts, "End a login",
		"It ends at once, on every replica. "+withoutPassword)
	op = mayFail(checkedByHandler(op), http.StatusNotFound, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.endLogin)
	op = operation("DELETE /me/logins", "end-other-logins", tagAccounts, "Log out everywhere else",
		"Ends every login but the one that asks, and disconnects every device. "+withoutPassword)
	op = mayFail(op, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.endOtherLogins)
}

// withoutPassword says what stands in for the password of an account that has none.
const withoutPassword = "An account without a password needs a login at the identity provider of the last ten minutes instead."

func (a *api) logins(ctx context.Context, _ *struct{}) (*loginsOutput, error) {
	logins, err := a.Accounts.Logins(ctx, currentUser(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &loginsOutput{Body: make([]loginBody, len(logins))}
	for i, l := range logins {
		out.Body[i] = loginBody{
			ID: l.ID, StartedAt: timeOrNull(l.StartedAt), ExpiresAt: timeOf(l.ExpiresAt),
			Browser: l.Browser, Address: l.Address, IsCurrent: l.ID == currentToken(ctx).ID,
		}
	}
	return out, nil
}

func (a *api) endLogin(ctx context.Context, in *endLoginInput) (*statusOutput, error) {
	id, err := httpx.ID(in.LoginID, account.ErrUnknownLogin)
	if err != nil {
		return nil, err
	}
	if err := a.Accounts.EndLogin(ctx, id, in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("login ended"), nil
}

func (a *api) endOtherLogins(ctx context.Context, in *confirmInput) (*statusOutput, error) {
	if err := a.Accounts.LogoutOthers(ctx, currentToken(ctx), in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("all other logins have ended"), nil
}
