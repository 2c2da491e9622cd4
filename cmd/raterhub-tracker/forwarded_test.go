package main

import (
	"bytes"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// A proxy that is missing in TRUSTED_PROXIES is named in the log once, with the setting that
// trusts it; one that is there is not.
func TestForgottenProxyIsNamedOnce(t *testing.T) {
	t.Parallel()
	for trusted, want := range map[string]int{"": 1, "127.0.0.1": 0} {
		t.Run("TRUSTED_PROXIES="+trusted, func(t *testing.T) {
			t.Parallel()
			command := program(t, []string{"SECRET_KEY=a test key of more than 32 characters", "TRUSTED_PROXIES=" + trusted}, "serve", "--listen", "127.0.0.1:0")
			var log bytes.Buffer
			command.Stderr = &log
			url := startProgram(t, command)
			if status := get(t, url+"/health"); status != http.StatusOK {
				t.Fatalf("/health: %d", status)
			}
			for _, header := range []string{"X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Proto"} {
				forward(t, url+"/health", header)
			}
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := command.Wait(); err != nil {
				t.Error(err)
			}
			const line = `"header":"X-Forwarded-Proto","sender":"127.0.0.1","setting":"TRUSTED_PROXIES=127.0.0.1"`
			if got := strings.Count(log.String(), line); got != want || strings.Count(log.String(), "header of a proxy") != want {
				t.Errorf("named %d times, want %d:\n%s", got, want, &log)
			}
			if strings.Contains(log.String(), "hunter2") {
				t.Errorf("the log has the header's value: %s", &log)
			}
		})
	}
}

// forward asks as a proxy does.
func forward(t *testing.T, url, header string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(header, "hunter2")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
}
