package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/config"
)

// withRegistration sets who may register.
func withRegistration(who string) func(*config.Settings) {
	return func(s *config.Settings) {
		withoutLimits(s)
		s.Registration = who
	}
}

// firstAdmin returns a browser in which the first admin has registered by the link that the
// start of a server prints.
func (c *chain) firstAdmin(t *testing.T) *browser {
	t.Helper()
	code, _, err := c.Accounts.InviteFirstAdmin(t.Context(), account.By{})
	if err != nil {
		t.Fatal(err)
	}
	b := c.newBrowser()
	form := b.visit(t, "/register?invite="+code).expect(t, http.StatusOK, "has no admin yet")
	b.signUp(t, form, "boss@example.org").leadsTo(t, "/dashboard/today")
	return b
}

// signUp sends the form of the registration page.
func (b *browser) signUp(t *testing.T, form page, email string) page {
	t.Helper()
	return b.send(t, form, "/register", url.Values{"email": {email}, "password": {chainPassword}})
}

// invite makes an invitation on the page, and returns the path of its link.
func (b *browser) invite(t *testing.T, email string) string {
	t.Helper()
	form := b.visit(t, "/admin/invitations").expect(t, http.StatusOK)
	made := b.send(t, form, "/admin/invitations", url.Values{"email": {email}, "days": {"2"}}).expect(t, http.StatusOK, "is shown only now")
	path, ok := strings.CutPrefix(made.find("id", "invitation-link"), chainOrigin)
	if !ok {
		t.Fatalf("no link: %s", made.text())
	}
	if again := b.visit(t, "/admin/invitations"); strings.Contains(again.Body.String(), strings.TrimPrefix(path, "/register?invite=")) {
		t.Error("the link is shown twice")
	}
	return path
}

// The first admin comes by the link, where nobody may register too. Then the link is dead.
func TestFirstAdminOnAClosedServer(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"open", "invite", "closed"} {
		c := newChain(t, withRegistration(who))
		unused, _, err := c.Accounts.InviteFirstAdmin(t.Context(), account.By{})
		if err != nil {
			t.Fatal(err)
		}
		admin := c.firstAdmin(t)
		admin.visit(t, "/admin/dashboard").expect(t, http.StatusOK, "1 user", "boss@example.org")
		if _, _, err := c.Accounts.InviteFirstAdmin(t.Context(), account.By{}); err == nil {
			t.Errorf("%s: there is an admin, and another link", who)
		}
		late := c.newBrowser().visit(t, "/register?invite="+unused).expect(t, http.StatusForbidden)
		if late.find("name", "password") != "" || strings.Contains(late.Body.String(), `action="/register"`) {
			t.Errorf("%s: there is a form: %s", who, late.text())
		}
		if offers := strings.Contains(late.text(), "Register without an invitation"); offers != (who == "open") {
			t.Errorf("%s: %s", who, late.text())
		}
		note := map[string]string{"open": "Everybody can register", "invite": "Make a link", "closed": "no invitation works"}[who]
		admin.visit(t, "/admin/invitations").expect(t, http.StatusOK, note)
	}
}

// An admin makes invitations, one for an address, and revokes one.
func TestInvitationPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withRegistration("invite"))
	admin := c.firstAdmin(t)
	bound, free := admin.invite(t, "Ann@example.org"), admin.invite(t, "")

	guest := c.newBrowser()
	guest.visit(t, "/register").expect(t, http.StatusOK, "by invitation")
	form := guest.visit(t, bound).expect(t, http.StatusOK, "You are invited to register with this e-mail address")
	if !strings.Contains(form.Body.String(), `value="ann@example.org"`) || !strings.Contains(form.Body.String(), "readonly") {
		t.Errorf("the address is not in the form: %s", form.Body)
	}
	guest.signUp(t, form, "eve@example.org").expect(t, http.StatusUnprocessableEntity, "is not the address that the invitation is for")
	guest.signUp(t, form, "ANN@example.org").leadsTo(t, "/dashboard/today")
	guest.visit(t, bound).expect(t, http.StatusOK, "You are logged in as ann@example.org")
	c.newBrowser().visit(t, bound).expect(t, http.StatusForbidden, "was used or revoked, or has expired")

	listed := admin.visit(t, "/admin/invitations").expect(t, http.StatusOK, "whoever has the link", "boss@example.org")
	if strings.Contains(listed.text(), "ann@") {
		t.Error("the used invitation is still listed")
	}
	admin.send(t, listed, "/admin/invitations/revoke", url.Values{}).leadsTo(t, "/admin/invitations?revoked=yes")
	admin.visit(t, "/admin/invitations?revoked=yes").expect(t, http.StatusOK, "The invitation is revoked", "No invitation waits")
	admin.send(t, listed, "/admin/invitations/revoke", url.Values{}).expect(t, http.StatusNotFound, "was used or revoked already")
	c.newBrowser().visit(t, free).expect(t, http.StatusForbidden)
	for _, kind := range []string{"made", "used", "revoked"} {
		admin.visit(t, "/admin/log?kind=invitation+"+kind).expect(t, http.StatusOK, "invitation "+kind)
	}
}

func TestInvitationFormRefuses(t *testing.T) {
	t.Parallel()
	c := newChain(t, withRegistration("invite"))
	admin := c.firstAdmin(t)
	form := admin.visit(t, "/admin/invitations").expect(t, http.StatusOK)
	for _, wrong := range []url.Values{
		{"days": {"0"}}, {"days": {"91"}}, {"days": {"soon"}}, {"days": {""}}, {"days": {"7"}, "email": {"nobody"}}, {"days": {"7"}, "email": {"boss@example.org"}},
	} {
		admin.send(t, form, "/admin/invitations", wrong).expect(t, http.StatusUnprocessableEntity, "No invitation waits")
	}
	link := admin.invite(t, "")
	c.clock.advance(48 * time.Hour)
	c.newBrowser().visit(t, link).expect(t, http.StatusForbidden, "has expired")
}
