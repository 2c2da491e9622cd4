// Command raterhub-tracker records the presses of people who are paid per timed
// task, and shows their pace. This package is the command line and nothing else.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the binary knows every time zone by itself

	"github.com/alecthomas/kong"

	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

type cli struct {
	Serve       serveCommand       `cmd:"" help:"Run the server."`
	Demo        demoCommand        `cmd:"" help:"Run the server on a temporary database, with a made-up user and three weeks of sessions."`
	User        userCommand        `cmd:"" help:"Manage users."`
	Session     sessionCommand     `cmd:"" help:"Check what is recorded."`
	Healthcheck healthcheckCommand `cmd:"" help:"Fail unless the server on this machine is ready. For containers."`
	NewKey      newKeyCommand      `cmd:"" help:"Print a new SECRET_KEY."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "raterhub-tracker: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if err := config.LoadEnvironment(); err != nil {
		return err
	}
	var c cli
	parser, err := kong.New(&c,
		kong.Name("raterhub-tracker"),
		kong.Description("Times every question of a rater's work, and shows pace, day, week and month.\n\n"+
			"Settings come from flags, from the environment, from NAME_FILE, and from a file .env in the working directory."),
		kong.ShortUsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	command, err := parser.Parse(arguments)
	if err != nil {
		parser.FatalIfErrorf(err)
	}
	return command.Run()
}
