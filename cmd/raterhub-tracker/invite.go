package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
)

type inviteCommand struct {
	config.Config `embed:"" group:"Settings"`
	Email         string `arg:"" optional:"" help:"E-mail address of the person: nobody else can use the link then."`
	Days          int    `default:"7" help:"How long the link works, in days, from 1 to 90."`
}

// Run prints the link once: the database holds only a hash of it.
func (c *inviteCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		code, made, err := s.Accounts.Invite(ctx, c.Email, c.Days, operator)
		if err != nil {
			return err
		}
		fmt.Printf("%s\nIt works once, until %s.\n", invitationLink(c.PublicURL, "http://"+c.Listen, code), textOf(made.ExpiresAt.Time()))
		if c.Registration == "closed" {
			fmt.Println("REGISTRATION is closed: the link works when it is invite or open.")
		}
		return nil
	})
}

// invitationLink returns the address at which a person registers with a code. listening is
// where the server listens; it counts if the server has no public address.
func invitationLink(publicURL, listening, code string) string {
	address := strings.TrimSuffix(publicURL, "/")
	if address == "" {
		address = "http://" + reachable(strings.TrimPrefix(listening, "http://"))
	}
	return address + "/register?invite=" + code
}

// reachable returns an address that a browser on this machine can open: a server may listen
// on all addresses, which is none that one can go to.
func reachable(listening string) string {
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return listening
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func textOf(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

type invitesCommand struct {
	config.Config `embed:"" group:"Settings"`
}

// Run prints one invitation per line.
func (c *invitesCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		open, err := s.Accounts.Invitations(ctx)
		if err != nil {
			return err
		}
		for _, i := range open {
			maker, err := makerOf(ctx, s, i)
			if err != nil {
				return err
			}
			fmt.Printf("%s  %s  %-40s  made by %s\n", i.Name(), textOf(i.ExpiresAt.Time()), orAnybody(i.Email), maker)
		}
		return nil
	})
}

func makerOf(ctx context.Context, s *server.Server, i account.Invitation) (string, error) {
	if i.MadeBy == 0 {
		return "the operator", nil
	}
	maker, err := s.Accounts.User(ctx, i.MadeBy)
	return maker.Email, err
}

func orAnybody(email string) string {
	if email == "" {
		return "whoever has the link"
	}
	return email
}

type revokeInviteCommand struct {
	config.Config `embed:"" group:"Settings"`
	Name          string `arg:"" help:"Name of the invitation, as user invites prints it."`
}

// Run ends an invitation that nobody has used.
func (c *revokeInviteCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		open, err := s.Accounts.Invitations(ctx)
		if err != nil {
			return err
		}
		for _, i := range open {
			if i.Name() != c.Name {
				continue
			}
			if err := s.Accounts.Revoke(ctx, i.ID, operator); err != nil {
				return err
			}
			fmt.Printf("the invitation %s is revoked\n", c.Name)
			return nil
		}
		return errors.New("no open invitation has this name")
	})
}
