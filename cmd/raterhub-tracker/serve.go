package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
)

// goodSecret is the length from which a key is beyond guessing.
const goodSecret = 32

// gcPercent lets the heap grow to five times what is in use before it is cleaned.
// Under load that saves a tenth of the time, and what is in use is some 20 MB.
const gcPercent = 400

type serveCommand struct {
	config.Config
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	return withApp(ctx, c.Config, func(a *app) error {
		if len(a.settings.SecretKey) < goodSecret {
			a.log.Warn("SECRET_KEY is short: use 32 random characters or more", "length", len(a.settings.SecretKey))
		}
		return a.serve(ctx, func(url string) {
			a.log.Info("started", "version", version, "database", store.Redacted(a.settings.DatabaseURL), "address", url)
			fmt.Println("listening on " + url)
		})
	})
}

// withApp wires the rooms from the configuration, and takes them down after do.
func withApp(ctx context.Context, c config.Config, do func(*app) error) error {
	settings, err := c.Settings()
	if err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	a, err := open(ctx, settings, newLog(os.Stderr, settings.Debug))
	if err != nil {
		return err
	}
	err = do(a)
	return errors.Join(err, a.store.Close())
}
