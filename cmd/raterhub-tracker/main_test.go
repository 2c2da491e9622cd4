package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// beProgram is the variable that makes the test binary run as the program, so that tests
// see real exit codes, output and environments without building anything.
const beProgram = "RATERHUB_TEST_BE_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		signal.Ignore(syscall.SIGXFSZ) // writing beyond the limit then fails, as on a full disk, instead of killing the process
		main()
		return
	}
	os.Exit(m.Run())
}

// program returns a command that runs the program with these arguments in an empty folder.
// Its environment has only the given variables.
func program(t *testing.T, environment []string, arguments ...string) *exec.Cmd {
	t.Helper()
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), itself, arguments...)
	command.Dir = t.TempDir()
	command.Env = append([]string{beProgram + "=1"}, environment...)
	return command
}

// output runs the program to its end. It returns what the program prints and its exit code.
func output(t *testing.T, command *exec.Cmd) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

func TestVersion(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := output(t, program(t, nil, "version"))
	if code != 0 || stderr != "" {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if line := regexp.MustCompile(`^raterhub-tracker \S+( \([0-9a-f]{12}\))? go\S+ \w+/\w+\n$`); !line.MatchString(stdout) {
		t.Errorf("printed %q", stdout)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	tests := []struct {
		arguments []string
		mentions  []string
	}{
		{[]string{"--help"}, []string{"serve", "demo", "user role", "session verify", "healthcheck", "new-key", "version", "NAME_FILE", ".env"}},
		{[]string{"serve", "--help"}, []string{"SECRET_KEY", "DATABASE_URL", "LISTEN", "TRUSTED_PROXIES", "RATE_LIMIT_EVENTS", "127.0.0.1:8000"}},
		{[]string{"demo", "--help"}, []string{"--listen", "--timezone", "--allow-network"}},
		{[]string{"user", "role", "--help"}, []string{"<email>", "<role>"}},
		{[]string{"session", "verify", "--help"}, []string{"DATABASE_URL"}},
		{[]string{"healthcheck", "--help"}, []string{"LISTEN"}},
	}
	for _, test := range tests {
		t.Run(strings.Join(test.arguments, " "), func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := output(t, program(t, nil, test.arguments...))
			if code != 0 || stderr != "" {
				t.Errorf("exit %d: %s", code, stderr)
			}
			for _, mention := range test.mentions {
				if !strings.Contains(stdout, mention) {
					t.Errorf("does not mention %s:\n%s", mention, stdout)
				}
			}
		})
	}
}

// A program that cannot start fails, says why in one place, and reveals no secret.
func TestRefusesToStart(t *testing.T) {
	t.Parallel()
	const key = "SECRET_KEY=a test key of more than 32 characters"
	tests := []struct {
		name                   string
		environment, arguments []string
		mentions               []string
	}{
		{"no command", nil, nil, []string{"serve", "demo"}},
		{"an unknown command", nil, []string{"fly"}, []string{"fly"}},
		{"an unknown flag", nil, []string{"serve", "--fly"}, []string{"--fly"}},
		{"no key", nil, []string{"serve"}, []string{"SECRET_KEY", "raterhub-tracker new-key"}},
		{"several bad settings", []string{"LISTEN=x", "RATE_LIMIT_LOGIN=x"}, []string{"serve"}, []string{"SECRET_KEY", "LISTEN", "RATE_LIMIT_LOGIN"}},
		{"a key file that is not there", []string{"SECRET_KEY_FILE=missing"}, []string{"serve"}, []string{"SECRET_KEY_FILE"}},
		{"an unknown database", []string{key, "DATABASE_URL=mysql://u:hunter2@h/d"}, []string{"serve"}, []string{"database", "DATABASE_URL"}},
		{"a bad database URL", []string{key, "DATABASE_URL=postgres://u:hunter2@h:port/d"}, []string{"serve"}, []string{"PostgreSQL"}},
		{"no database URL", []string{key, "DATABASE_URL=hunter2"}, []string{"serve"}, []string{"DATABASE_URL"}},
		{"a bad port", []string{key, "LISTEN=127.0.0.1:99999"}, []string{"serve"}, []string{"listening on 127.0.0.1:99999"}},
		{"a role that is none", []string{key}, []string{"user", "role", "ada@example.org", "owner"}, []string{"owner"}},
		{"a user who is none", []string{key}, []string{"user", "role", "ada@example.org", "admin"}, []string{"no such user"}},
		{"nobody to ask", nil, []string{"healthcheck", "--listen", "127.0.0.1:1"}, []string{"asking the server"}},
		{"no address to ask", nil, []string{"healthcheck", "--listen", "here"}, []string{"LISTEN"}},
		{"a time zone that is none", nil, []string{"demo", "--listen", "127.0.0.1:0", "--timezone", "Mars/Olympus"}, []string{"Mars/Olympus"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			environment := append(test.environment, "TMPDIR="+t.TempDir())
			stdout, stderr, code := output(t, program(t, environment, test.arguments...))
			if code == 0 {
				t.Errorf("exit 0: %s", stdout)
			}
			for _, mention := range test.mentions {
				if !strings.Contains(stderr, mention) {
					t.Errorf("does not mention %s: %s", mention, stderr)
				}
			}
			for _, secret := range []string{"hunter2", key[len("SECRET_KEY="):]} {
				if strings.Contains(stdout+stderr, secret) {
					t.Errorf("tells %q: %s", secret, stderr)
				}
			}
		})
	}
}
