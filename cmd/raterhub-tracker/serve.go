package main

import (
	"context"
	"fmt"
	"os"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
	"github.com/raterhub-tracker/raterhub-tracker/internal/server"
	"github.com/raterhub-tracker/raterhub-tracker/internal/store"
)

// goodSecret is the number of characters from which on a secret key cannot be guessed.
const goodSecret = 32

type serveCommand struct {
	config.Config `embed:"" group:"Settings"`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	go tuneGC(ctx)
	settings, err := checked(c.Config)
	if err != nil {
		return err
	}
	log := server.NewLog(os.Stderr, settings.Debug)
	if len(settings.SecretKey) < goodSecret {
		log.Warn("SECRET_KEY is short: use 32 random characters or more", "length", len(settings.SecretKey), "make one with", "raterhub-tracker new-key")
	}
	return withServer(ctx, settings, log, func(s *server.Server) error {
		return s.Serve(ctx, func(url string) {
			offerAdmin(ctx, s, settings.PublicURL, url, log)
			log.Info("started", "version", version, "database", store.Redacted(settings.DatabaseURL), "address", url)
			fmt.Println("listening on " + url)
		})
	})
}
