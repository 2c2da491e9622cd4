package api

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// breakHTTP sends malformed requests, which net/http itself logs.
func (s *secretTalk) breakHTTP(t *testing.T, serverURL string) {
	t.Helper()
	for _, request := range []string{
		"GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + canary + "\r\nbad header " + canary + "\r\n\r\n",
		"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: " + canary + "\r\n\r\n",
		"POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n" + canary + "\r\n",
		"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + credentials(s.user, canaryPassword),
		credentials(s.user, canaryPassword) + "\r\n\r\n",
		"GET /me HTTP/9.9\r\nCookie: access_token=" + canary + "\r\n\r\n",
		"GET /me HTTP/1.1\r\nHost: x\r\nCookie: access_token=" + strings.Repeat(canary, 10_000) + "\r\n\r\n",
	} {
		connection, err := net.Dial("tcp", strings.TrimPrefix(serverURL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(connection, request) // the server may hang up before the end
		_ = connection.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, connection)
		_ = connection.Close()
	}
}

// failInside renames a table for a while, so that requests fail and their cause is logged. What
// takes so long that the server asks the database meanwhile gets 503.
func (s *secretTalk) failInside(t *testing.T, databaseURL string) {
	t.Helper()
	db := openDatabase(t, databaseURL)
	rename := func(from, to string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	rename("users", "users_away")
	s.expect(t, http.StatusInternalServerError, "/auth/login", credentials(s.user, canaryPassword), nil)
	if got := s.post(t, "/auth/register", credentials("other-"+s.user, canaryPassword), nil); got.Status != http.StatusInternalServerError && got.Status != http.StatusServiceUnavailable {
		t.Errorf("registration without a table of users: %v", got)
	}
	s.Must(t, http.StatusInternalServerError, http.MethodGet, "/me", nil)
	s.Must(t, http.StatusInternalServerError, http.MethodPatch, "/me", []byte(`{"first_name":"Ann"}`))
	rename("users_away", "users")
	s.Must(t, http.StatusOK, http.MethodGet, "/me", nil)
}
