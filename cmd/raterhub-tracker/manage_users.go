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
	Role      string `default:"user" enum:"user,admin" help:"Role of the user: user or admin."`
	FirstName string `help:"First name."`
	LastName  string `help:"Last name."`
}

// Run prints a generated password: one that is typed on a command line can be read by
// other users of the machine.
func (c *createCommand) Run(ctx context.Context) error {
	return manage(ctx, c.Config, func(s *server.Server) error {
		user, password, err := s.Accounts.CreateUser(ctx, account.NewUser{
			Email: c.Email, FirstName: c.FirstName, LastName: c.LastName, Role: account.Role(c.Role),
		}, operator)
		if err != nil {
			return err
		}
		fmt.Printf("password of %s: %s\nAsk them to change it.\n", user.Email, password)
		return nil
	})
}

type listCommand struct {
	config.Config `embed:"" group:"Settings"`
	Search        string `help:"Only users with this text in their e-mail address or name."`
	Role          string `default:"" enum:",user,admin" help:"Only users with this role: user or admin."`
	State         string `default:"" enum:",active,deactivated" help:"Only users in this state: active or deactivated."`
}

// Run prints one user per line; times are in UTC.
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
	Yes bool `help:"Confirm that all data of the user is deleted."`
}

// Run deletes only with --yes: a deletion cannot be undone.
func (c *deleteCommand) Run(ctx context.Context) error {
	if !c.Yes {
		return errors.New("a deletion cannot be undone: confirm it with --yes")
	}
	return manage(ctx, c.Config, func(s *server.Server) error {
		if err := s.Accounts.DeleteUser(ctx, c.Email, operator); err != nil {
			return err
		}
		fmt.Printf("%s is deleted\n", c.Email)
		return nil
	})
}
