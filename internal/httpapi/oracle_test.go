package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answerBytes is everything of an answer that a client can see; httptest adds no Date.
type answerBytes struct {
	Status int
	Header http.Header
	Body   string
}

func (s *server) loginAs(t *testing.T, email, password, client string) answerBytes {
	t.Helper()
	w := s.answer(t, request{
		method: "POST", path: "/auth/login", csrf: s.csrf.Token(), client: client,
		body: fmt.Sprintf(`{"email":%q,"password":%q}`, email, password),
	})
	return answerBytes{w.Code, w.Result().Header, w.Body.String()}
}

// A login does not reveal whether an account exists, is locked or is disabled
// (docs/contract.md#accounts). TestLoginAlwaysHashes shows that each case does the same
// hashing.
func TestLoginIsNoOracle(t *testing.T) {
	s := newServer(t)
	for _, email := range []string{"locked@example.org", "disabled@example.org"} {
		w := s.answer(t, request{
			method: "POST", path: "/auth/register", csrf: s.csrf.Token(), client: "203.0.113.250",
			body: fmt.Sprintf(`{"email":%q,"password":%q}`, email, testPassword),
		})
		if w.Code != http.StatusOK {
			t.Fatalf("register %s: %d %s", email, w.Code, w.Body)
		}
	}
	if err := s.accounts.SetActive(t.Context(), "disabled@example.org", false, operator); err != nil {
		t.Fatal(err)
	}
	wrong := s.loginAs(t, testEmail, "wrong", "203.0.113.1")
	for i := range 5 {
		if got := s.loginAs(t, "locked@example.org", "wrong", fmt.Sprintf("198.51.100.%d", i)); i == 0 {
			if diff := cmp.Diff(wrong, got); diff != "" {
				t.Errorf("another account's wrong password (-one +other):\n%s", diff)
			}
		}
	}
	if wrong.Status != http.StatusUnauthorized {
		t.Fatalf("wrong password: %d %s", wrong.Status, wrong.Body)
	}
	for i, c := range []struct{ name, email, password string }{
		{"unknown", "nobody@example.org", testPassword},
		{"locked, right password", "locked@example.org", testPassword},
		{"locked, wrong password", "locked@example.org", "wrong"},
		{"disabled, right password", "disabled@example.org", testPassword},
		{"disabled, wrong password", "disabled@example.org", "wrong"},
		{"no address", "nobody", testPassword},
		{"nothing", "", ""},
	} {
		got := s.loginAs(t, c.email, c.password, fmt.Sprintf("203.0.113.%d", 100+i))
		if diff := cmp.Diff(wrong, got); diff != "" {
			t.Errorf("%s (-wrong password +got):\n%s", c.name, diff)
		}
	}
}

// An address that must wait gets the same answer whichever account it tries.
func TestThrottledAddressIsNoOracle(t *testing.T) {
	s := newServer(t)
	for range 3 {
		s.loginAs(t, "x@example.org", "wrong", "203.0.113.1")
	}
	unknown := s.loginAs(t, "nobody@example.org", testPassword, "203.0.113.1")
	if unknown.Status != http.StatusTooManyRequests || unknown.Header.Get("Retry-After") != "30" {
		t.Fatalf("after three failures: %d, Retry-After %q", unknown.Status, unknown.Header.Get("Retry-After"))
	}
	if diff := cmp.Diff(unknown, s.loginAs(t, testEmail, testPassword, "203.0.113.1")); diff != "" {
		t.Errorf("(-unknown account +right password):\n%s", diff)
	}
}
