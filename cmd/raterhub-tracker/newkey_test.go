package main

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

// new-key prints one line, which is another one each time and is long enough for serve.
func TestNewKey(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 {
		stdout, stderr, code := output(t, program(t, nil, "new-key"))
		key, isLine := strings.CutSuffix(stdout, "\n")
		if code != 0 || stderr != "" || !isLine || len(key) < goodSecret || strings.ContainsAny(key, " \n$'\"\\#") || seen[key] {
			t.Errorf("exit %d, printed %q and %q", code, stdout, stderr)
		}
		seen[key] = true
	}
}

// A short key is told in the log, with the command that makes a better one, and such a key is
// not.
func TestShortKeyIsTold(t *testing.T) {
	t.Parallel()
	good, _, _ := output(t, program(t, nil, "new-key"))
	for key, isTold := range map[string]bool{"a short key": true, strings.TrimSpace(good): false} {
		log := logOfServe(t, "SECRET_KEY="+key)
		found := strings.Contains(log, "SECRET_KEY is short") && strings.Contains(log, "raterhub-tracker new-key")
		if found != isTold || strings.Contains(log, key) {
			t.Errorf("with a key of %d characters the log says: %s", len(key), log)
		}
	}
}

// logOfServe returns what serve logs until it listens.
func logOfServe(t *testing.T, environment ...string) string {
	t.Helper()
	command := program(t, environment, "serve", "--listen", "127.0.0.1:0")
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	startProgram(t, command)
	return linesUpTo(t, stderr, `"msg":"started"`)
}

// linesUpTo reads lines until one contains what is wanted, which must come.
func linesUpTo(t *testing.T, from io.Reader, wanted string) string {
	t.Helper()
	var text strings.Builder
	for lines := bufio.NewScanner(from); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), wanted) {
			return text.String()
		}
	}
	t.Fatalf("there is no line with %s in:\n%s", wanted, text.String())
	return ""
}
