package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
)

type createCommand struct {
	oneUser
	Role      string `default:"user" enum:"user,admin" help:"user or admin."`
	FirstName string `help:"First name."`
	LastName  string `help:"Last name."`
}

// Run prints the password: on a command line others could read one that is typed.
func (c *createCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		user, password, err := s.Accounts.CreateUser(ctx, account.NewUser{
			Email: c.Email, FirstName: c.FirstName, LastName: c.LastName, Role: account.Role(c.Role),
		}, operator)
		if err != nil {
			return err
		}
		fmt.Printf("%s logs in with: %s\nAsk them to change it.\n", user.Email, password)
		return nil
	})
}

type listCommand struct {
	config.Config
	Search string `help:"Only who has this in their e-mail address or name."`
	Role   string `default:"" enum:",user,admin" help:"Only user or admin."`
	State  string `default:"" enum:",active,deactivated" help:"Only active or deactivated."`
}

// Run prints a user a line; times are in UTC.
func (c *listCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		q := account.UserQuery{Search: c.Search, Role: account.Role(c.Role), State: account.UserState(c.State)}
		for {
			page, err := s.Accounts.ListUsers(ctx, q)
			if err != nil {
				return err
			}
			for _, u := range page.Users {
				fmt.Println(lineOf(u))
			}
			if page.After == "" {
				return nil
			}
			q.After = page.After
		}
	})
}

func lineOf(u account.User) string {
	state, login := account.IsActive, "never"
	if !u.Active {
		state = account.IsInactive
	}
	if u.LastLoginAt != 0 {
		login = u.LastLoginAt.Time().Format(time.RFC3339)
	}
	return fmt.Sprintf("%-40s  %-5s  %-11s  %-20s  %s %s", u.Email, u.Role, state, login, u.FirstName, u.LastName)
}

type deleteCommand struct {
	oneUser
	Yes bool `help:"Yes, delete everything that is theirs."`
}

// Run deletes only with --yes: nothing brings an account back.
func (c *deleteCommand) Run(ctx context.Context) error {
	if !c.Yes {
		return errors.New("nothing brings a deleted user back: say --yes")
	}
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.DeleteUser(ctx, c.Email, operator); err != nil {
			return err
		}
		fmt.Printf("%s is deleted\n", c.Email)
		return nil
	})
}
