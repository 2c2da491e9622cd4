package server

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
)

// person is a user with a session of two questions.
type person struct {
	email, token string
	device       account.Granted   // the tokens of this person's connected widget
	ids          map[string]string // an id of this person's for each wildcard in a route
}

// missingIDs returns ids of the same kinds that do not exist.
func missingIDs() map[string]string {
	const nothing = "00000000-0000-4000-8000-000000000000"
	return map[string]string{"session_id": nothing, "question_id": nothing, "event_id": nothing, "user_id": "1", "passkey_id": "nothing", "device_id": nothing, "login_id": nothing}
}

// guest is a user who has a password and nothing else.
const guest = "guest@example.org"

func (c *chain) newPerson(t *testing.T) person {
	t.Helper()
	if c.people++; c.people == 1 {
		c.logIn(t, "/auth/register", guest)
	}
	p := person{email: "person-" + strconv.Itoa(c.people) + "@example.org"}
	p.token = c.logIn(t, "/auth/register", p.email)
	pressed := decoded[struct {
		Results []struct {
			EventID string `json:"event_id"`
		}
	}](t, c.must(t, http.StatusOK, ask{
		method: "POST", path: "/events/batch", bearer: p.token, body: `{"events":[{"type":"NEXT"},{"type":"NEXT"},{"type":"NEXT"}]}`,
	}))
	me := decoded[struct{ ID int64 }](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me", bearer: p.token}))
	recent := decoded[[]struct {
		ID string `json:"session_id"`
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/sessions/recent", bearer: p.token}))
	summary := decoded[struct {
		Questions []struct{ ID string }
	}](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/summary/" + recent[0].ID, bearer: p.token}))
	p.ids = map[string]string{
		"user_id": strconv.FormatInt(me.ID, 10), "session_id": recent[0].ID, "question_id": summary.Questions[0].ID,
		"event_id":   pressed.Results[0].EventID,
		"passkey_id": fmt.Sprintf("passkey-of-%d", c.people),
	}
	passkey := account.Passkey{UserID: me.ID, ID: p.ids["passkey_id"], Name: "phone", Credential: []byte(`{}`)}
	if err := c.store.AddPasskey(t.Context(), passkey, nil); err != nil {
		t.Fatal(err)
	}
	p.device = c.connectDevice(t, me.ID)
	p.ids["device_id"] = p.device.DeviceID
	p.ids["login_id"] = c.secondLogin(t, me.ID)
	return p
}

// secondLogin adds another login of a user, and returns its ID.
func (c *chain) secondLogin(t *testing.T, userID int64) string {
	t.Helper()
	user, err := c.store.UserByID(t.Context(), userID)
	if err != nil {
		t.Fatal(err)
	}
	second := account.Token{
		TokenRef: account.TokenRef{UserID: userID, ID: uuid.NewString()}, ExpiresAt: user.CreatedAt.Add(60 * timeline.Minute),
		Client: account.Client{Browser: "Safari on iOS", Address: "192.0.2.77"},
	}
	if err := c.store.RecordLogin(t.Context(), second, user.PasswordChangedAt, user.LastLoginAt); err != nil {
		t.Fatal(err)
	}
	return second.ID
}

// listedLogin is what GET /me/logins says of a login.
type listedLogin struct {
	ID               string `json:"login_id"`
	Browser, Address string
	IsCurrent        bool `json:"is_current"`
}

func (c *chain) loginsOf(t *testing.T, token string) []listedLogin {
	t.Helper()
	return decoded[[]listedLogin](t, c.must(t, http.StatusOK, ask{method: "GET", path: "/me/logins", bearer: token}))
}

// newAdmin returns a person who is an admin.
func (c *chain) newAdmin(t *testing.T) person {
	t.Helper()
	p := c.newPerson(t)
	if err := c.Accounts.SetRole(t.Context(), p.email, account.RoleAdmin, account.By{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// logIn returns the access token that /auth/login or /auth/register answers with.
func (c *chain) logIn(t *testing.T, path, email string) string {
	t.Helper()
	w := c.must(t, http.StatusOK, ask{method: "POST", path: path, body: `{"email":"` + email + `","password":"` + chainPassword + `"}`})
	return decoded[struct {
		Token string `json:"access_token"`
	}](t, w).Token
}

// everything returns all that a person can read of their own data, as text to compare.
func (c *chain) everything(t *testing.T, p person) string {
	t.Helper()
	var all strings.Builder
	for _, r := range c.routes {
		if !r.secured || r.changes() {
			continue
		}
		w := c.answer(t, ask{method: r.method, path: r.fill(t, p.ids), bearer: p.token})
		if w.Code != http.StatusOK {
			t.Errorf("%s of one's own: %d %s", r.name, w.Code, w.Body)
		}
		all.WriteString(r.name + "\n" + w.Body.String() + "\n")
	}
	for kind, id := range p.ids {
		if !strings.Contains(all.String(), id) {
			t.Errorf("a person's own %s is nowhere to be read", kind)
		}
	}
	return all.String()
}
