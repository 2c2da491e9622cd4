package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// registerDeletion adds the deletion of the user's own account. It asks for the password,
// so that a stolen token is not enough. For accounts without a password see httpx.Origins.
func (a *api) registerDeletion() {
	op := operation("DELETE /me", "delete-me", tagAccounts, "Delete the account",
		"Deletes the account with everything that was recorded. Nothing brings it back. "+withoutPassword)
	op = mayFail(op, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.deleteMe)
}

func (a *api) deleteMe(ctx context.Context, in *confirmInput) (*statusOutput, error) {
	if err := a.Accounts.DeleteAccount(ctx, in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("the account is deleted"), nil
}
