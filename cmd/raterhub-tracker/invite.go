package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
)

type inviteCommand struct {
	config.Config `embed:"" group:"Settings"`
	Days          int `default:"7" help:"How long the link works, in days, from 1 to 90."`
}

// Run prints the link once: the database holds only a hash of it.
func (c *inviteCommand) Run(ctx context.Context) error {
	if c.Days < 1 || c.Days > 90 {
		return errors.New("--days must be from 1 to 90")
	}
	return manage(ctx, c.Config, func(s *server.Server) error {
		code, err := s.Accounts.Invite(ctx, time.Duration(c.Days)*24*time.Hour, operator)
		if err != nil {
			return err
		}
		address := c.PublicURL
		if address == "" {
			address = "http://" + c.Listen
		}
		fmt.Printf("%s/register?invite=%s\nIt works once, within %d days.\n", address, code, c.Days)
		return nil
	})
}
