package main

import (
	"context"
	"fmt"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

type userCommand struct {
	Role roleCommand `cmd:"" help:"Say what a user may do."`
}

type roleCommand struct {
	config.Config
	Email string `arg:"" help:"E-mail address of the user."`
	Role  string `arg:"" enum:"user,admin" help:"user or admin."`
}

// Run sets the role; it holds from the user's next request on.
func (c *roleCommand) Run(ctx context.Context) error {
	return withApp(ctx, c.Config, func(a *app) error {
		if err := a.accounts.SetRole(ctx, c.Email, account.Role(c.Role)); err != nil {
			return err
		}
		fmt.Printf("%s is %s now\n", c.Email, c.Role)
		return nil
	})
}

type sessionCommand struct {
	Verify verifyCommand `cmd:"" help:"Derive every session anew from its log and compare it with what is stored; safe on a server in use."`
}

type verifyCommand struct {
	config.Config
}

// Run prints each difference, and fails when there is one.
func (c *verifyCommand) Run(ctx context.Context) error {
	return withApp(ctx, c.Config, func(a *app) error {
		v, err := a.tracker.Verify(ctx)
		if err != nil {
			return fmt.Errorf("verifying: %w", err)
		}
		for _, difference := range v.Differences {
			fmt.Println(difference)
		}
		fmt.Printf("%d sessions, %d events, %d differences\n", v.Sessions, v.Events, len(v.Differences))
		if len(v.Differences) > 0 {
			return fmt.Errorf("%d sessions are not what their log says", len(v.Differences))
		}
		return nil
	})
}
