package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
)

// offerAdmin prints the link that makes the first admin, if there is none. It is on standard
// output alone: the log is kept, and read by more people. A failure does not stop the server.
func offerAdmin(ctx context.Context, s *server.Server, publicURL, listening string, log *slog.Logger) {
	code, made, err := s.Accounts.InviteFirstAdmin(ctx, account.By{Address: "start of the server"})
	switch {
	case errors.Is(err, account.ErrHasAdmin):
	case err != nil:
		log.Warn("making the link of the first admin", "error", err)
	default:
		fmt.Printf("This server has no admin yet. Whoever registers with this link becomes the admin. It works once, until %s:\n%s\n",
			textOf(made.ExpiresAt.Time()), invitationLink(publicURL, listening, code))
	}
}
