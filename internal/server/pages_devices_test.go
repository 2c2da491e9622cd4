package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// A person connects a widget on the pages, it works, and they disconnect it.
func TestConnectAWidget(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	c.logIn(t, "/auth/register", guest)
	b := c.newBrowser()
	address := "/widget/pair?challenge=" + chainChallenge() + "&kind=extension&name=My+" + url.QueryEscape("<b>laptop")
	b.visit(t, address).leadsTo(t, "/login?next="+url.QueryEscape(address))
	login := b.visit(t, "/login?next="+url.QueryEscape(address))
	b.send(t, login, "/login", url.Values{"email": {guest}, "password": {chainPassword}}).leadsTo(t, address)
	page := b.visit(t, address).expect(t, http.StatusOK, guest, "send your presses", "cannot change your account", "Browser extension")

	page.expect(t, http.StatusOK, account.Pairing{Challenge: chainChallenge()}.Fingerprint(), "Does your widget show this?")
	wrong := b.send(t, page, "/widget/pair", url.Values{"name": {strings.Repeat("x", 61)}, "password": {chainPassword}})
	wrong.expect(t, http.StatusUnprocessableEntity, "is longer than 60 characters")
	shown := b.send(t, wrong, "/widget/pair", url.Values{"name": {"My <b>laptop"}, "password": {chainPassword}}).expect(t, http.StatusOK, "reads this code", "5 minutes")
	code := pairingCodeOn(shown)
	if code == "" {
		t.Fatalf("no code on the page: %s", shown.Body)
	}
	exchange := ask{
		method: "POST", path: "/auth/device/token", body: fmt.Sprintf(`{"code":"%s","verifier":"%s"}`, code, chainVerifier),
		origin: "chrome-extension://abcdefghijklmnopabcdefghijklmnop", site: "none",
	}
	granted := decoded[grantedBody](t, c.must(t, http.StatusOK, exchange))
	if granted.Type != "bearer" || granted.ExpiresIn != 900 || !granted.Server.Equal(chainStart()) {
		t.Errorf("granted %+v", granted)
	}
	c.must(t, http.StatusUnauthorized, exchange) // used a second time
	c.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: granted.Access, body: `{"type":"NEXT"}`})
	c.clock.advance(15 * time.Minute)
	c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: granted.Access})
	next := decoded[grantedBody](t, c.must(t, http.StatusOK, refreshed(granted.Refresh)))
	if next.DeviceID != granted.DeviceID || next.Refresh == granted.Refresh {
		t.Errorf("granted %+v after %+v", next, granted)
	}
	c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: next.Access})

	list := b.visit(t, "/profile/devices").expect(t, http.StatusOK, "My <b>laptop", "Browser extension", "31 Jan 2026, 12:15")
	gone := b.send(t, list, "/profile/devices/"+granted.DeviceID+"/revoke", url.Values{})
	gone.leadsTo(t, "/profile/devices?done=device-disconnected")
	b.visit(t, "/profile/devices?done=device-disconnected").expect(t, http.StatusOK, "The widget is disconnected.", "No widget is connected")
	c.must(t, http.StatusUnauthorized, ask{method: "GET", path: "/me", bearer: next.Access})
	c.must(t, http.StatusUnauthorized, refreshed(next.Refresh))
}

// The thief of a login's token cannot make a device of it, which would outlive the logout:
// connecting a widget asks for the password, and wrong ones count with those of other pages.
func TestConnectingAWidgetAsksForThePassword(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b := c.register(t, "ann@example.org")
	asked := b.visit(t, "/widget/pair?kind=userscript&name=x&challenge="+chainChallenge())
	connect := func(password string) page {
		return b.send(t, asked, "/widget/pair", url.Values{"name": {"x"}, "password": {password}})
	}
	for _, wrong := range []string{"", "a guess"} {
		if answer := connect(wrong).expect(t, http.StatusUnprocessableEntity, "is not your password"); pairingCodeOn(answer) != "" {
			t.Errorf("with the password %q the page shows a code", wrong)
		}
	}
	b.confirmed(t, "/logout-others", "a guess").expect(t, http.StatusUnprocessableEntity)
	if answer := connect(chainPassword).expect(t, http.StatusTooManyRequests, "try again in"); pairingCodeOn(answer) != "" {
		t.Error("after three wrong passwords the page shows a code")
	}
	c.clock.advance(31 * time.Second)
	if pairingCodeOn(connect(chainPassword).expect(t, http.StatusOK, "Give it to nobody")) == "" {
		t.Error("the right password gives no code")
	}
}

func pairingCodeOn(p page) string {
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "output" && attribute(n, "id") == "pairing-code" {
			return attribute(n, "data-code")
		}
	}
	return ""
}

// A pairing page that no widget opened connects nothing, and says what to do.
func TestPairingThatNoWidgetAsked(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, p := c.newBrowser(), c.newPerson(t)
	b.cookies["access_token"] = p.token
	for name, query := range map[string]string{
		"nothing": "", "no kind": "challenge=" + chainChallenge(), "no challenge": "kind=userscript", "a short one": "kind=userscript&challenge=x",
		"a long one": "kind=userscript&challenge=" + strings.Repeat("A", 800), "another kind": "kind=x&challenge=" + chainChallenge(),
	} {
		page := b.visit(t, "/widget/pair?name=x&"+query).expect(t, http.StatusOK, "To connect a widget, press Connect")
		if strings.Contains(page.Body.String(), `action="/widget/pair"`) {
			t.Errorf("%s: there is a form", name)
		}
		fields, err := url.ParseQuery("name=x&csrf_token=" + b.cookies["csrf_token"] + "&" + query)
		if err != nil {
			t.Fatal(err)
		}
		if page := b.request(t, http.MethodPost, "/widget/pair", fields); page.Code != http.StatusUnprocessableEntity || pairingCodeOn(page) != "" {
			t.Errorf("%s, sent: %d %s", name, page.Code, page.text())
		}
	}
}

// A person who has as many widgets as allowed is told to disconnect one.
func TestTooManyWidgets(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	b, p := c.newBrowser(), c.newPerson(t)
	b.cookies["access_token"] = p.token
	id, err := strconv.ParseInt(p.ids["user_id"], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for range 19 {
		c.connectDevice(t, id)
	}
	page := b.visit(t, "/widget/pair?kind=userscript&name=x&challenge="+chainChallenge())
	page = b.send(t, page, "/widget/pair", url.Values{"name": {"x"}, "password": {chainPassword}}).expect(t, http.StatusBadRequest, "disconnect one first")
	if !strings.Contains(page.Body.String(), `href="/profile/devices"`) || pairingCodeOn(page) != "" {
		t.Errorf("the page: %s", page.Body)
	}
}
