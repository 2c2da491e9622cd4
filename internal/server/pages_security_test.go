package server

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

const securityPath = "/profile/security"

// confirmed sends the form of a step of the security page.
func (b *browser) confirmed(t *testing.T, step, password string) page {
	t.Helper()
	path := securityPath + step
	form := b.visit(t, path).expect(t, http.StatusOK, "Your password")
	answer := b.send(t, form, path, url.Values{"password": {password}})
	if strings.Contains(answer.Body.String(), password) {
		t.Errorf("%s sends the password back", step)
	}
	return answer
}

func (b *browser) codeOf(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, b.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// setUpApp begins to set up an authenticator app, and returns the page and the secret.
func (b *browser) setUpApp(t *testing.T) (setup page, secret string) {
	t.Helper()
	setup = b.confirmed(t, "/totp", chainPassword).expect(t, http.StatusOK, "QR code of the key")
	secret = strings.ReplaceAll(setup.find("id", "secret"), " ", "")
	if !strings.Contains(setup.Body.String(), "<path d=\"M") || len(secret) != 32 {
		t.Fatalf("no code to scan, or the secret is %q", secret)
	}
	return setup, secret
}

var recoveryCode = regexp.MustCompile(`([0-9a-z]{4}-){5}[0-9a-z]{4}`)

// An authenticator app is set up and removed with nothing but forms; its secret and the
// recovery codes are shown once.
func TestAuthenticatorAppPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	b.visit(t, "/profile").expect(t, http.StatusOK, "Second factors")
	b.visit(t, securityPath).expect(t, http.StatusOK, "Off. When it is on", "Account registered")

	wrong := b.confirmed(t, "/totp", "not my password").expect(t, http.StatusUnprocessableEntity)
	if got := wrong.find("id", "password-problem"); got != "This is not your password." {
		t.Errorf("beside the field: %q", got)
	}
	setup, secret := b.setUpApp(t)
	const confirm = securityPath + "/totp/confirm"
	refused := b.send(t, setup, confirm, url.Values{"code": {"none"}}).expect(t, http.StatusUnauthorized)
	if got := refused.find("id", "code-problem"); got != "The code is wrong or was used before." || strings.Contains(refused.Body.String(), secret) {
		t.Errorf("beside the field: %q; or the secret is shown again", got)
	}
	stale := url.Values{"code": {b.codeOf(t, secret)}, "csrf_token": {c.csrf.Token()}}
	b.send(t, refused, confirm, stale).expect(t, http.StatusBadRequest, "open for too long")
	codes := b.send(t, refused, confirm, url.Values{"code": {b.codeOf(t, secret)}}).expect(t, http.StatusOK, "The app is on", "write them down")
	if got := recoveryCode.FindAllString(codes.text(), -1); len(got) != 10 {
		t.Fatalf("recovery codes: %q", got)
	}
	now := b.visit(t, securityPath).expect(t, http.StatusOK, "On. After the password", "10 left", "Authenticator app added")
	if body := now.Body.String(); recoveryCode.MatchString(body) || strings.Contains(body, secret) {
		t.Error("a secret is shown again")
	}
	b.confirmed(t, "/totp", chainPassword).expect(t, http.StatusConflict, "already set up")

	renewed := b.confirmed(t, "/recovery-codes", chainPassword).expect(t, http.StatusOK, "New recovery codes")
	if old := recoveryCode.FindString(codes.text()); strings.Contains(renewed.text(), old) {
		t.Error("the old codes are shown")
	}
	b.confirmed(t, "/totp/remove", "not my password").expect(t, http.StatusUnprocessableEntity)
	b.confirmed(t, "/totp/remove", chainPassword).leadsTo(t, securityPath+"?done=app-off")
	b.visit(t, securityPath+"?done=app-off").expect(t, http.StatusOK, "The authenticator app is off.", "Authenticator app removed")
	b.confirmed(t, "/totp/remove", chainPassword).expect(t, http.StatusNotFound)
	b.confirmed(t, "/recovery-codes", chainPassword).expect(t, http.StatusNotFound)
	if text := b.visit(t, securityPath+"?done=<b>Send+money</b>").expect(t, http.StatusOK).text(); strings.Contains(text, "money") {
		t.Error("an address puts its own words on the page")
	}
}

// Wrong passwords on the pages and in the API count together.
func TestSecurityPagesLimits(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	for range 3 {
		b.confirmed(t, "/logout-others", "a guess").expect(t, http.StatusUnprocessableEntity)
	}
	last := b.confirmed(t, "/totp", chainPassword).expect(t, http.StatusTooManyRequests, "try again in")
	if last.Header().Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
	c.must(t, http.StatusTooManyRequests, ask{method: "POST", path: "/me/totp", bearer: b.cookies["access_token"], body: confirmation})
	b.visit(t, securityPath).expect(t, http.StatusOK, "Wrong password for a confirmation")
}

// Passkeys are listed and removed without a script, which only adding one needs.
func TestPasskeyPages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p, other := c.newPerson(t), c.newPerson(t)
	b := c.newBrowser()
	b.cookies["access_token"] = p.token
	add := b.visit(t, securityPath+"/passkeys").expect(t, http.StatusOK, "need JavaScript")
	if !strings.Contains(add.Body.String(), `/passkeys.js"`) {
		t.Error("the page loads no script")
	}
	page := b.visit(t, securityPath).expect(t, http.StatusOK, "phone", "never used")
	if strings.Contains(page.Body.String(), `/passkeys.js"`) {
		t.Error("a page loads a script that it does not need")
	}
	b.visit(t, securityPath+"/passkeys/"+other.ids["passkey_id"]+"/remove").expect(t, http.StatusNotFound)
	remove := "/passkeys/" + p.ids["passkey_id"] + "/remove"
	b.visit(t, securityPath+remove).expect(t, http.StatusOK, "Remove the passkey phone")
	b.confirmed(t, remove, "not my password").expect(t, http.StatusUnprocessableEntity, "is not your password")
	b.confirmed(t, remove, chainPassword).leadsTo(t, securityPath+"?done=passkey-removed")
	b.visit(t, securityPath).expect(t, http.StatusOK, "None. With a passkey")
}

// A person whose only second factor is a passkey is offered it at the second step, also
// after a wrong code.
func TestSecondStepOffersPasskey(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	second := func() (*browser, page) {
		b := c.newBrowser()
		login := b.visit(t, "/login")
		return b, b.send(t, login, "/login", url.Values{"email": {p.email}, "password": {chainPassword}})
	}
	_, only := second()
	only.expect(t, http.StatusOK, "also asks for a passkey", "Use a passkey")
	me := c.newBrowser()
	me.cookies["access_token"] = p.token
	setup, secret := me.setUpApp(t)
	me.send(t, setup, securityPath+"/totp/confirm", url.Values{"code": {me.codeOf(t, secret)}}).leadsTo(t, securityPath+"?done=app-on")
	b, both := second()
	both.expect(t, http.StatusOK, "Type the code", "Use a passkey")
	b.send(t, both, "/login/second-factor", url.Values{"code": {"none"}}).expect(t, http.StatusUnauthorized, "Use a passkey")
}

// A button ends every login except the one that pressed it.
func TestLogOutEverywhereElse(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	here := c.register(t, "ann@example.org")
	bob := c.register(t, "bob@example.org")
	elsewhere := c.logIn(t, "/auth/login", "ann@example.org")
	here.confirmed(t, "/logout-others", "not my password").expect(t, http.StatusUnprocessableEntity)
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: elsewhere})
	here.confirmed(t, "/logout-others", chainPassword).leadsTo(t, securityPath+"?done=logged-out")
	c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: elsewhere})
	here.visit(t, securityPath).expect(t, http.StatusOK, "Logged out everywhere else")
	bob.visit(t, securityPath).expect(t, http.StatusOK)
}

// The identity provider can be connected and disconnected, if one is set.
func TestIdentityPages(t *testing.T) {
	t.Parallel()
	without := newChain(t, withoutLimits).register(t, "ann@example.org")
	without.visit(t, securityPath+"/identity").expect(t, http.StatusNotFound)
	if text := without.visit(t, securityPath).text(); strings.Contains(text, "Identity provider") {
		t.Error("offered without a provider")
	}
	c, provider := withProvider(t)
	b := c.register(t, "ann@example.org")
	b.visit(t, securityPath).expect(t, http.StatusOK, "Not connected")
	b.confirmed(t, "/identity", "not my password").expect(t, http.StatusUnprocessableEntity)
	way := b.confirmed(t, "/identity", chainPassword).expect(t, http.StatusOK, "Go to the identity provider")
	if !strings.Contains(way.Body.String(), `href="`+provider.Issuer()) || b.cookies["__Host-identity_visit"] == "" {
		t.Errorf("no way to the provider: %s", way.Body)
	}
	b.confirmed(t, "/identity/remove", chainPassword).expect(t, http.StatusNotFound)
	me := b.json(t, "/me")
	user, err := c.store.UserByEmail(t.Context(), me["email"].(string), "")
	if err == nil {
		err = c.store.AddIdentity(t.Context(), user.ID, user.PasswordChangedAt, account.Identity{Issuer: provider.Issuer(), Subject: "ann"})
	}
	if err != nil {
		t.Fatal(err)
	}
	b.visit(t, securityPath).expect(t, http.StatusOK, "Connected. You can")
	b.confirmed(t, "/identity/remove", chainPassword).leadsTo(t, securityPath+"?done=disconnected")
	b.visit(t, securityPath).expect(t, http.StatusOK, "Not connected", "Identity provider disconnected")
}

// The newest twenty entries are shown, by the clocks of the user's zone.
func TestRecentActivity(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	c.must(t, http.StatusOK, ask{method: "PATCH", path: "/me", bearer: b.cookies["access_token"], body: `{"timezone":"Asia/Kathmandu"}`})
	c.clock.advance(time.Hour)
	for range 20 {
		c.logIn(t, "/auth/login", "ann@example.org")
	}
	p := b.visit(t, securityPath).expect(t, http.StatusOK, "31 Jan 2026, 18:45", "Logged in (password)", "Asia/Kathmandu")
	if got := strings.Count(p.text(), "Logged in (password)"); got != 20 || slices.Contains(strings.Fields(p.text()), "registered") {
		t.Errorf("%d entries, want 20: %s", got, p.text())
	}
}
