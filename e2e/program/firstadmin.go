package program

import (
	"context"
	"errors"
	"regexp"
	"testing"
)

var invitationLink = regexp.MustCompile(`http\S+/register\?invite=(\w+)`)

// FirstAdminLink waits for the link of the first admin that the program prints at its start,
// and returns it with its code.
func (s *Server) FirstAdminLink(t testing.TB) (link, code string) {
	t.Helper()
	err := AwaitNil(t.Context(), ReadyWithin, func(context.Context) error {
		found := invitationLink.FindStringSubmatch(s.Output.String())
		if found == nil {
			return errors.New("no link is printed")
		}
		link, code = found[0], found[1]
		return nil
	})
	if err != nil {
		t.Fatalf("%v:\n%s", err, s.Output.Tail())
	}
	return link, code
}

// InvitationIn returns the code of the invitation that a command printed.
func InvitationIn(t testing.TB, printed string) (code string) {
	t.Helper()
	found := invitationLink.FindStringSubmatch(printed)
	if found == nil {
		t.Fatalf("no link in %q", printed)
	}
	return found[1]
}
