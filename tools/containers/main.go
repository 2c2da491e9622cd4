// Command containers checks the Dockerfile and the compose file with the parsers
// of the programs that will read them, and what the project promises of them.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	if err := errors.Join(checkDockerfile("../../Dockerfile"), checkCompose("../../docker-compose.yml")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("Dockerfile and docker-compose.yml: ok")
}

// checkDockerfile checks that the image has one stage from scratch, does not run as root,
// and has a health check.
func checkDockerfile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("Dockerfile: %w", err)
	}
	var warnings []error
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) {
		warnings = append(warnings, fmt.Errorf("Dockerfile: %s: %s", rule, message))
	}})
	stages, _, err := instructions.Parse(tree.AST, lint)
	if err != nil {
		return fmt.Errorf("Dockerfile: %w", err)
	}
	if len(stages) != 1 || stages[0].BaseName != "scratch" {
		return errors.New("Dockerfile: want one stage, FROM scratch")
	}
	var user, health, entry bool
	for _, command := range stages[0].Commands {
		switch c := command.(type) {
		case *instructions.UserCommand:
			user = c.User != "" && c.User != "root" && c.User[0] != '0'
		case *instructions.HealthCheckCommand:
			health = len(c.Health.Test) > 1 && c.Health.Test[0] == "CMD" // there is no shell
		case *instructions.EntrypointCommand:
			entry = !c.PrependShell
		case *instructions.RunCommand:
			return errors.New("Dockerfile: RUN needs a shell, and there is none")
		}
	}
	if !user || !health || !entry {
		return fmt.Errorf("Dockerfile: another user than root: %v; health check without shell: %v; entry point without shell: %v", user, health, entry)
	}
	return errors.Join(warnings...)
}

// checkCompose checks that the server waits for a healthy database, that the database keeps
// its data on a named volume, and that secrets must be given.
func checkCompose(path string) error {
	load := func(environment ...string) (map[string]bool, error) {
		options, err := cli.NewProjectOptions([]string{path}, cli.WithEnv(environment))
		if err != nil {
			return nil, err
		}
		project, err := options.LoadProject(context.Background())
		if err != nil {
			return nil, err
		}
		tracker, database := project.Services["tracker"], project.Services["database"]
		return map[string]bool{
			"the tracker waits for a healthy database": tracker.DependsOn["database"].Condition == "service_healthy",
			"the database has a health check":          database.HealthCheck != nil,
			"the database is on a named volume": len(database.Volumes) == 1 && database.Volumes[0].Type == "volume" &&
				project.Volumes[database.Volumes[0].Source].Name != "",
			"the tracker uses PostgreSQL": tracker.Environment["DATABASE_URL"] != nil &&
				bytes.HasPrefix([]byte(*tracker.Environment["DATABASE_URL"]), []byte("postgres://")),
			"only this machine can reach the port": len(tracker.Ports) == 1 && tracker.Ports[0].HostIP == "127.0.0.1",
		}, nil
	}
	checks, err := load("SECRET_KEY=x", "POSTGRES_PASSWORD=x")
	if err != nil {
		return fmt.Errorf("docker-compose.yml: %w", err)
	}
	var errs []error
	for promise, kept := range checks {
		if !kept {
			errs = append(errs, fmt.Errorf("docker-compose.yml: not so: %s", promise))
		}
	}
	for _, only := range []string{"SECRET_KEY=x", "POSTGRES_PASSWORD=x"} {
		if _, err := load(only); err == nil {
			errs = append(errs, fmt.Errorf("docker-compose.yml: starts with %s and no other secret", only[:len(only)-2]))
		}
	}
	return errors.Join(errs...)
}
