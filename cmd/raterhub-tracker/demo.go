package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

type demoCommand struct {
	Listen       string `env:"LISTEN" default:"127.0.0.1:8000" help:"Address to listen on; port 0 picks a free port."`
	AllowNetwork bool   `help:"Listen on an address that other machines may reach. The demo limits nothing, guesses of its password neither."`
	Timezone     string `default:"America/New_York" help:"Time zone of the made-up user."`
}

// Run makes a database in a temporary folder, fills it, serves it, and removes it when the
// server stops, for whatever reason but a kill.
func (c *demoCommand) Run(ctx context.Context) (err error) {
	if !c.AllowNetwork && !isThisMachine(c.Listen) {
		return fmt.Errorf("demo: other machines may reach %s, and the demo limits nothing, guesses of its password neither; "+
			"use --listen 127.0.0.1:8000, or add --allow-network if that is what you want", c.Listen)
	}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup does it
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal is closed
		defer stop()
	}
	folder, err := os.MkdirTemp("", "raterhub-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	all, err := c.config(folder)
	if err != nil {
		return err
	}
	settings, err := checked(all)
	if err != nil {
		return err
	}
	registration := account.Registration{
		Email: "demo@example.org", Password: "Tour-" + rand.Text()[:12] + "-7a",
		FirstName: "Dana", LastName: "Demo",
	}
	err = withServer(ctx, settings, slog.New(slog.DiscardHandler), func(s *server.Server) error {
		return fillDemo(ctx, s, registration, c.Timezone, time.Now())
	})
	if ctx.Err() != nil {
		return nil // stopped before it was full
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return withServer(ctx, settings, server.NewLog(os.Stderr, settings.Debug), func(s *server.Server) error {
		return s.Serve(ctx, func(url string) {
			fmt.Printf("RaterHub Tracker demo, with three weeks of sessions up to now\n\n"+
				"  address   %s\n  e-mail    %s\n  password  %s\n\n"+
				"Everything is gone when you stop it with Ctrl+C.\nlistening on %s\n",
				url, registration.Email, registration.Password, url)
		})
	})
}

// isThisMachine reports whether only this machine reaches an address to listen on. A name
// other than localhost may be anything.
func isThisMachine(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return true // no address, which the check of the settings says better
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// config returns the default Config with the demo's own database and key, and without rate
// limits.
func (c *demoCommand) config(folder string) (config.Config, error) {
	all, err := config.Default()
	if err != nil {
		return config.Config{}, err
	}
	all.SecretKey = newSecretKey()
	all.DatabaseURL = "sqlite:///" + filepath.Join(folder, "demo.db")
	all.Listen = c.Listen
	all.RateLimitLogin, all.RateLimitRegister, all.RateLimitEvents = "off", "off", "off"
	all.RateLimitCorrections, all.RateLimitReads, all.MaxEventsPerDay = "off", "off", "off"
	return all, nil
}

// fillDemo registers the user and records three weeks of their presses, in the way in which
// a widget's presses are recorded.
func fillDemo(ctx context.Context, s *server.Server, r account.Registration, zoneName string, now time.Time) error {
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return fmt.Errorf("time zone: %w", err)
	}
	login, err := s.Accounts.Register(ctx, r)
	if err != nil {
		return err
	}
	user, err := s.Accounts.UpdateProfile(ctx, login.User.ID, account.ProfileChange{Timezone: &zoneName})
	if err != nil {
		return err
	}
	rater := s.Rater(user)
	return s.Record(ctx, func(ctx context.Context, recorder *tracker.Tracker) error {
		for _, session := range demoSessions(now.In(zone)) {
			outcomes, err := recorder.Record(ctx, rater, session, 0)
			if err != nil {
				return err
			}
			for _, o := range outcomes {
				if o.Err != nil {
					return o.Err
				}
			}
		}
		return nil
	})
}
