package account

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account/password"
)

// recordedBreaches records what it is asked.
type recordedBreaches struct{ asked []string }

func (b *recordedBreaches) Contains(_ context.Context, password string) (bool, error) {
	b.asked = append(b.asked, password)
	return strings.HasPrefix(password, "Leaked"), nil
}

// A password that is refused anyway is not looked up, and others are looked up
// normalised.
func TestNewPassword(t *testing.T) {
	t.Parallel()
	user := User{Email: "ann@example.com", FirstName: "Marple"}
	for _, c := range []struct {
		name, raw         string
		password, problem string
		asked             []string
	}{
		{"good", "Tracker-2026-u\u0308", "Tracker-2026-ü", "", []string{"Tracker-2026-ü"}},
		{"leaked", "Leaked-2026-ok", "Leaked-2026-ok", "was in a data leak, so attackers try it first: choose another one", []string{"Leaked-2026-ok"}},
		{"no password at all", "Leaked-2026\x00", "", "must be valid UTF-8 without NUL", nil},
		{"short", "Leaked-7", "Leaked-7", "needs at least 12 characters", nil},
		{"common", "Password2026!", "Password2026!", "is one that many people choose: take one that nobody else would think of", nil},
		{"own name", "Leaked-marple-7", "Leaked-marple-7", "must not contain your name", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var breaches recordedBreaches
			var log bytes.Buffer
			service := &Service{policy: password.NewPolicy(true), breaches: &breaches, log: slog.New(slog.NewTextHandler(&log, nil))}
			chosen, problem := service.newPassword(t.Context(), user, c.raw)
			if chosen != c.password || problem != c.problem {
				t.Errorf("got %q, %q; want %q, %q", chosen, problem, c.password, c.problem)
			}
			if diff := cmp.Diff(c.asked, breaches.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if log.Len() != 0 {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}
