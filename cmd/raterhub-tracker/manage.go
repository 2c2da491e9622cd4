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
	Create             createCommand             `cmd:"" help:"Add a user and print a generated password."`
	Invite             inviteCommand             `cmd:"" help:"Print a link with which one person registers. For REGISTRATION=invite."`
	Invites            invitesCommand            `cmd:"" help:"List the invitations that nobody has used, one per line: name, end, for whom, who made it."`
	RevokeInvite       revokeInviteCommand       `cmd:"" help:"End an invitation that nobody has used."`
	List               listCommand               `cmd:"" help:"List the users by e-mail address, one per line: address, role, state, last login, name."`
	Delete             deleteCommand             `cmd:"" help:"Delete a user and all of their data. This cannot be undone."`
	Role               roleCommand               `cmd:"" help:"Make a user an admin, or an ordinary user again."`
	Activate           activateCommand           `cmd:"" help:"Let a deactivated user log in again."`
	Deactivate         deactivateCommand         `cmd:"" help:"End all logins of a user and refuse new ones. Their data is kept."`
	ResetPassword      resetPasswordCommand      `cmd:"" help:"Set a generated password, print it, and end all logins of the user."`
	ResetSecondFactors resetSecondFactorsCommand `cmd:"" help:"Remove the authenticator app, passkeys and recovery codes of a user who has lost them."`
	Disconnect         disconnectCommand         `cmd:"" help:"Disconnect a user from the identity provider; they log in with their password then."`
	SecurityLog        securityLogCommand        `cmd:"" help:"Print the security log of a user, oldest entry first."`
}

// oneUser is a command about one user.
type oneUser struct {
	config.Config `embed:"" group:"Settings"`
	Email         string `arg:"" help:"E-mail address of the user."`
}

// operator is recorded as the one who ran a command on the server.
var operator = account.By{Address: "command line"}

type roleCommand struct {
	oneUser
	Role string `arg:"" enum:"user,admin" help:"The new role: user or admin."`
}

// Run sets the role; it holds from the user's next request on.
func (c *roleCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.SetRole(ctx, c.Email, account.Role(c.Role), operator); err != nil {
			return err
		}
		fmt.Printf("%s now has the role %s\n", c.Email, c.Role)
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

// Run ends the user's logins and refuses new ones.
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
		fmt.Printf("new password of %s: %s\nAsk them to change it.\n", c.Email, password)
		return nil
	})
}

type resetSecondFactorsCommand struct{ oneUser }

// Run removes all second factors, so that the password alone logs the user in.
func (c *resetSecondFactorsCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.ResetFactors(ctx, c.Email, operator); err != nil {
			return err
		}
		fmt.Printf("%s now logs in with the password alone\n", c.Email)
		return nil
	})
}

type disconnectCommand struct{ oneUser }

// Run leaves the user's logins valid; reset-password ends them.
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
	Most int `default:"100" help:"Print at most this many of the newest entries."`
}

// mostEvents is the most entries that --most can ask for; nobody reads more.
const mostEvents = 100_000

// Run prints one entry per line: time in UTC, event, address, detail.
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
	Verify verifyCommand `cmd:"" help:"Recompute every session from its log and compare it with what is stored. Safe while the server runs."`
}

type verifyCommand struct {
	config.Config `embed:"" group:"Settings"`
}

// Run prints each difference and each overlap, and fails if there is a difference. Overlaps
// are what people recorded with an earlier version.
func (c *verifyCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		v, err := s.Tracker.Verify(ctx)
		if err != nil {
			return fmt.Errorf("verifying: %w", err)
		}
		for _, difference := range v.Differences {
			fmt.Println(difference)
		}
		for _, overlap := range v.Overlaps {
			fmt.Println(overlap)
		}
		fmt.Printf("%d sessions, %d events, %d differences, %d overlaps\n", v.Sessions, v.Events, len(v.Differences), len(v.Overlaps))
		if len(v.Differences) > 0 {
			return fmt.Errorf("%d differences between sessions and their logs", len(v.Differences))
		}
		return nil
	})
}
