package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
)

// manage runs a command on the configured database without serving.
func manage(ctx context.Context, c config.Config, do func(*server.Server) error) error {
	settings, err := checked(c)
	if err != nil {
		return err
	}
	return withServer(ctx, settings, server.NewLog(os.Stderr, settings.Debug), do)
}

// checked returns the settings; its error names every one that is wrong.
func checked(c config.Config) (config.Settings, error) {
	settings, err := c.Settings()
	if err != nil {
		return config.Settings{}, fmt.Errorf("settings:\n%w", err)
	}
	return settings, nil
}

// withServer opens a server for do, and closes it afterwards.
func withServer(ctx context.Context, settings config.Settings, log *slog.Logger, do func(*server.Server) error) error {
	s, err := server.Open(ctx, server.Options{Settings: settings, Version: version, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	err = do(s)
	return errors.Join(err, s.Close())
}
