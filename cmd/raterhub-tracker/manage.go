package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
)

type userCommand struct {
	Create             createCommand             `cmd:"" help:"Add a user, and print the password that is made up for them."`
	List               listCommand               `cmd:"" help:"Print the users by e-mail address: address, role, state, last login, name."`
	Delete             deleteCommand             `cmd:"" help:"Delete a user and everything that is theirs, for good."`
	Role               roleCommand               `cmd:"" help:"Say what a user may do."`
	Activate           activateCommand           `cmd:"" help:"Let a user in again."`
	Deactivate         deactivateCommand         `cmd:"" help:"Keep a user out, from the next request on; nothing of theirs is deleted."`
	ResetPassword      resetPasswordCommand      `cmd:"" help:"Give a user a new password, and print it; ends all their logins."`
	ResetSecondFactors resetSecondFactorsCommand `cmd:"" help:"Remove the authenticator app, passkeys and recovery codes of a user who has lost them."`
	Disconnect         disconnectCommand         `cmd:"" help:"Let a user log in with the password alone, and no longer at the identity provider."`
	SecurityLog        securityLogCommand        `cmd:"" help:"Print what happened to an account, oldest first."`
}

// oneUser is a command about one user.
type oneUser struct {
	config.Config
	Email string `arg:"" help:"E-mail address of the user."`
}

// operator is who runs commands on the server.
var operator = account.By{Address: "command line"}

type roleCommand struct {
	oneUser
	Role string `arg:"" enum:"user,admin" help:"user or admin."`
}

// Run sets the role; it holds from the user's next request on.
func (c *roleCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.SetRole(ctx, c.Email, account.Role(c.Role), operator); err != nil {
			return err
		}
		fmt.Printf("%s is %s now\n", c.Email, c.Role)
		return nil
	})
}

type activateCommand struct{ oneUser }

// Run lets the user log in again.
func (c *activateCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.SetActive(ctx, c.Email, true, operator); err != nil {
			return err
		}
		fmt.Printf("%s may log in\n", c.Email)
		return nil
	})
}

type deactivateCommand struct{ oneUser }

// Run ends the user's logins and lets them start no other.
func (c *deactivateCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.SetActive(ctx, c.Email, false, operator); err != nil {
			return err
		}
		fmt.Printf("%s may not log in\n", c.Email)
		return nil
	})
}

type resetPasswordCommand struct{ oneUser }

// Run prints the new password.
func (c *resetPasswordCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		password, err := s.Accounts.ResetPassword(ctx, c.Email, operator)
		if err != nil {
			return err
		}
		fmt.Printf("%s logs in with: %s\nAsk them to change it.\n", c.Email, password)
		return nil
	})
}

type resetSecondFactorsCommand struct{ oneUser }

// Run leaves the password alone to log in with.
func (c *resetSecondFactorsCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.ResetFactors(ctx, c.Email, operator); err != nil {
			return err
		}
		fmt.Printf("%s logs in with the password alone\n", c.Email)
		return nil
	})
}

type disconnectCommand struct{ oneUser }

// Run ends no login: reset the password for that.
func (c *disconnectCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.ResetIdentities(ctx, c.Email, operator); err != nil {
			return err
		}
		fmt.Printf("%s no longer logs in at the identity provider\n", c.Email)
		return nil
	})
}

type securityLogCommand struct {
	oneUser
	Most int `default:"100" help:"How many of the newest entries."`
}

// mostEvents is beyond what anybody reads.
const mostEvents = 100_000

// Run prints an entry a line: time in UTC, event, address, detail.
func (c *securityLogCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		user, err := s.Accounts.UserByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		events, err := s.Accounts.SecurityEvents(ctx, user.ID, min(max(c.Most, 1), mostEvents))
		if err != nil {
			return err
		}
		for _, e := range slices.Backward(events) {
			fmt.Printf("%s  %-24s %-20s %s\n", e.At.Time().Format(time.RFC3339), e.Kind, e.Address, e.Detail)
		}
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
	return manage(ctx, c.Config, func(s *server.Server) error {
		v, err := s.Tracker.Verify(ctx)
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
