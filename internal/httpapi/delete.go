package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// registerDeletion adds the deletion of one's own account. It asks for the password, so
// that a stolen token cannot do it; for who has none see httpx.Origins.
func (a *api) registerDeletion() {
	op := operation(http.MethodDelete, "/me", "delete-me", "Delete the account with everything that was recorded; nothing brings it back", "Accounts")
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)}
	register(a, op, a.deleteMe)
}

func (a *api) deleteMe(ctx context.Context, in *confirmInput) (*statusOutput, error) {
	if err := a.Accounts.DeleteAccount(ctx, in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("the account is deleted"), nil
}
