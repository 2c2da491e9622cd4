// Package openapi checks the OpenAPI document with the tools that read it: two linters with
// their recommended rules, and two generators, whose clients do a day's work with the real
// program.
//
// Node and npm are needed for all but the client in Go. Without them those tests are
// skipped, and with CI set they fail.
package openapi

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

var tracker program.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	tracker.Stop()
	os.Exit(code)
}

// The document as the program serves it passes the linters and compiles as a TypeScript
// client in strict mode, which does a day's work.
func TestDocumentInTypeScript(t *testing.T) {
	t.Parallel()
	skipWhenShort(t)
	requireNode(t)
	server := tracker.Start(t, program.SQLite(t))
	dist, err := filepath.Abs("dist")
	if err != nil {
		t.Fatal(err)
	}
	save(t, server, "/openapi.json", filepath.Join(dist, "openapi.json"))

	t.Run("redocly", func(t *testing.T) {
		node(t, "redocly", "lint", "dist/openapi.json", "--config", "redocly.lint.yaml")
	})
	t.Run("spectral", func(t *testing.T) {
		node(t, "spectral", "lint", "dist/openapi.json", "--ruleset", "spectral.yaml", "--fail-severity", "hint")
	})
	t.Run("openapi-typescript", func(t *testing.T) {
		node(t, "openapi-typescript", "dist/openapi.json", "--output", "dist/schema.d.ts")
		node(t, "tsc", "--project", "tsconfig.json")
		run(t, ".", "node", "dist/day.js", server.URL)
	})
}

// The same for the client in Go, from the document in both versions of OpenAPI.
func TestDocumentInGo(t *testing.T) {
	t.Parallel()
	skipWhenShort(t)
	server := tracker.Start(t, program.SQLite(t))
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{"openapi-3.0.json", "openapi.json"} {
		client := filepath.Join(t.TempDir(), "client")
		if err := os.CopyFS(client, os.DirFS("testdata/goclient")); err != nil {
			t.Fatal(err)
		}
		save(t, server, "/"+document, filepath.Join(client, document))
		run(t, root, "go", "tool", "-modfile=tools/oapi-codegen/go.mod", "oapi-codegen",
			"-config", filepath.Join(client, "generate.yaml"), "-o", filepath.Join(client, "client.gen.go"), filepath.Join(client, document))
		run(t, client, "go", "build", "-o", "client", ".")
		if document == "openapi.json" {
			run(t, client, "./client", server.URL)
		}
	}
}

func skipWhenShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out under -short: it generates clients and compiles them")
	}
}

// save stores what the server answers at a path.
func save(t *testing.T, server *program.Server, path, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	body := program.NewClient(t, server.URL).Must(t, 200, "GET", path, nil).Body
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
}

// requireNode skips the test without Node and npm, and installs the tools of package-lock.json
// unless they are there.
func requireNode(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is missing, and the clients of the OpenAPI document were not tested", tool)
			}
			t.Skipf("%s is missing, and the clients of the OpenAPI document were NOT tested", tool)
		}
	}
	const installed = "node_modules/.package-lock.tested.json"
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if there, err := os.ReadFile(installed); err == nil && bytes.Equal(there, lock) {
		return
	}
	run(t, ".", "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	if err := os.WriteFile(installed, lock, 0o644); err != nil {
		t.Fatal(err)
	}
}

// node runs a tool that npm installed.
func node(t *testing.T, tool string, arguments ...string) {
	t.Helper()
	run(t, ".", filepath.Join("node_modules", ".bin", tool), arguments...)
}

// run runs a command to its end, and fails the test unless the exit code is 0.
func run(t *testing.T, dir, name string, arguments ...string) {
	t.Helper()
	cmd := exec.Command(name, arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1")
	if printed, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, printed)
	}
}
