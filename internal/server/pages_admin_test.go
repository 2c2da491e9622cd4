package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// newAdminBrowser returns the browser of a new admin.
func (c *chain) newAdminBrowser(t *testing.T, email string) *browser {
	t.Helper()
	b := c.register(t, email)
	if err := c.Accounts.SetRole(t.Context(), email, account.RoleAdmin, account.By{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// pageOf returns the address of a user's page in the console.
func (c *chain) pageOf(t *testing.T, email string) string {
	t.Helper()
	user, err := c.Accounts.UserByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return "/admin/users/" + textOfID(user.ID)
}

func textOfID(id int64) string { return strconv.FormatInt(id, 10) }

// kindsOf returns what an actor did to a user, newest first, as the security log says.
func (c *chain) kindsOf(t *testing.T, userID int64, actorID int64) []account.SecurityKind {
	t.Helper()
	events, err := c.Accounts.SecurityEvents(t.Context(), userID, 100)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []account.SecurityKind
	for _, e := range events {
		if e.ActorID == actorID {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

// Only admins see the console. For other users every address of it answers as if there were
// nothing, and strangers are sent to the login.
func TestConsoleIsForAdmins(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	admin, user := c.newAdminBrowser(t, "boss@example.org"), c.register(t, "ann@example.org")
	if !strings.Contains(admin.visit(t, "/profile").Body.String(), `href="/admin/dashboard"`) {
		t.Error("an admin finds no way to the console")
	}
	if strings.Contains(user.visit(t, "/profile").Body.String(), "/admin/") {
		t.Error("a user is shown a way to the console")
	}
	nothing := user.visit(t, "/admin/nothing")
	ids := map[string]string{"user_id": strings.TrimPrefix(c.pageOf(t, "ann@example.org"), "/admin/users/")}
	tried := 0
	for _, r := range c.routes {
		if !strings.HasPrefix(r.path, "/admin/") || r.documented {
			continue
		}
		tried++
		path := r.fill(t, ids)
		if r.changes() {
			w := c.answer(t, ask{method: r.method, path: path, form: examples[r.name].form, bearer: user.cookies["access_token"]})
			if w.Code != http.StatusNotFound {
				t.Errorf("%s by a user: %d", r.name, w.Code)
			}
			continue
		}
		admin.visit(t, path).expect(t, http.StatusOK)
		c.newBrowser().visit(t, path).leadsTo(t, "/login?next="+url.QueryEscape(path))
		sameAnswer(t, r.name, user.visit(t, path).ResponseRecorder, nothing.ResponseRecorder)
	}
	if tried != 11 {
		t.Errorf("%d routes of the console were tried, want 11", tried)
	}
}

// Each action of an admin takes effect and is in the security log of the user concerned.
func TestAdminChangesUsers(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	admin, user := c.newAdminBrowser(t, "boss@example.org"), c.register(t, "ann@example.org")
	path := c.pageOf(t, "ann@example.org")
	shown := admin.visit(t, path).expect(t, http.StatusOK, "ann@example.org", "No sessions.")
	do := func(action, password string) page {
		return admin.send(t, shown, path, url.Values{"action": {action}, "password": {password}})
	}
	for _, action := range []string{"promote", "reset-password", "reset-factors"} {
		do(action, "not mine").expect(t, http.StatusUnprocessableEntity, "is not your password")
	}
	c.clock.advance(time.Hour) // past the wait after wrong passwords
	do("fly", "").expect(t, http.StatusBadRequest)
	for _, action := range []string{"deactivate", "activate", "promote", "demote", "reset-factors"} {
		do(action, chainPassword).leadsTo(t, path)
		if action == "deactivate" {
			user.visit(t, "/profile").leadsTo(t, "/login?next=%2Fprofile")
		}
	}
	reset := do("reset-password", chainPassword).expect(t, http.StatusOK, "shown only once")
	if password := reset.find("id", "new-password"); c.logInCode(t, "ann@example.org", password) != http.StatusOK {
		t.Errorf("the new password %q does not log in", password)
	}
	c.clock.advance(time.Second)
	if again := admin.visit(t, path); again.find("id", "new-password") != "" {
		t.Error("the password is shown twice")
	}
	ann, _ := c.Accounts.UserByEmail(t.Context(), "ann@example.org")
	boss, _ := c.Accounts.UserByEmail(t.Context(), "boss@example.org")
	got := c.kindsOf(t, ann.ID, boss.ID)
	slices.Sort(got) // an action and the page that answers it have the same time
	looked := account.LookedAt
	want := []account.SecurityKind{
		account.Deactivated, account.Activated, account.RoleChanged, account.RoleChanged, account.FactorsReset, account.PasswordReset,
		looked, looked, // the page, before and after
		looked, looked, looked, looked, looked, // each form that the page answered: four refused ones, and the new password
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the log has %q, want %q", got, want)
	}
	admin.visit(t, "/admin/log?kind=role+changed&user=ann@example.org").expect(t, http.StatusOK, "role changed", "boss@example.org")
	// Admins cannot do this to their own account, neither on the page nor with a crafted
	// form.
	self := c.pageOf(t, "boss@example.org")
	for _, action := range []string{"deactivate", "demote"} {
		admin.request(t, http.MethodPost, self, url.Values{"action": {action}, "csrf_token": {admin.cookies["csrf_token"]}}).
			expect(t, http.StatusBadRequest, "your own account")
	}
}

func (c *chain) logInCode(t *testing.T, email, password string) int {
	t.Helper()
	return c.answer(t, ask{method: "POST", path: "/auth/login", body: `{"email":"` + email + `","password":"` + password + `"}`}).Code
}

// Users are found, page by page, and added.
func TestAdminFindsAndAddsUsers(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	admin := c.newAdminBrowser(t, "boss@example.org")
	form := admin.visit(t, "/admin/users/new").expect(t, http.StatusOK)
	add := func(email, role, own string) page {
		return admin.send(t, form, "/admin/users/new", url.Values{"email": {email}, "first_name": {"Zoë"}, "role": {role}, "password": {own}})
	}
	add("second@example.org", "admin", "not mine").expect(t, http.StatusUnprocessableEntity, "is not your password")
	created := add("second@example.org", "admin", chainPassword).expect(t, http.StatusOK, "is added")
	if c.logInCode(t, "second@example.org", created.find("id", "new-password")) != http.StatusOK {
		t.Error("the added user cannot log in")
	}
	add("second@example.org", "user", "").expect(t, http.StatusConflict, "registered already")
	for i := range account.UsersPerPage {
		u := account.User{ID: int64(i + 1), Email: "x" + textOfID(int64(i+100)) + "@example.org", Active: i%2 == 0, Role: account.RoleUser, Timezone: "UTC"}
		if err := c.store.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	first := admin.visit(t, "/admin/dashboard").expect(t, http.StatusOK, "52 users", "boss@example.org", "Next")
	second := admin.visit(t, linkOf(first, "next")).expect(t, http.StatusOK, "x149@example.org", "Previous")
	if strings.Contains(second.text(), "second@") || linkOf(second, "next") != "" {
		t.Error("the second page is not the last")
	}
	admin.visit(t, linkOf(second, "prev")).expect(t, http.StatusOK, "second@example.org")
	admin.visit(t, "/admin/dashboard?q=SECOND@").expect(t, http.StatusOK, "1 user", "second@example.org")
	admin.visit(t, "/admin/dashboard?q=%25").expect(t, http.StatusOK, "0 users", "No user matches")
	admin.visit(t, "/admin/dashboard?role=admin").expect(t, http.StatusOK, "2 users")
	admin.visit(t, "/admin/dashboard?state=deactivated").expect(t, http.StatusOK, "25 users")
}

// linkOf returns the address of the link with this relation, or "".
func linkOf(p page, rel string) string {
	for n := range p.root.Descendants() {
		if n.Data == "a" && attribute(n, "rel") == rel {
			return attribute(n, "href")
		}
	}
	return ""
}

// People delete their account by typing its address and password; only the entry about the
// deletion is left. An admin deletes other accounts in the same way. The last admin cannot
// be deleted.
func TestDeletePages(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	admin, user, third := c.newAdminBrowser(t, "boss@example.org"), c.register(t, "ann@example.org"), c.register(t, "bob@example.org")
	ann, _ := c.Accounts.UserByEmail(t.Context(), "ann@example.org")
	user.press(t, time.Minute, "NEXT", "NEXT", "NEXT")
	user.visit(t, "/profile").expect(t, http.StatusOK, "Delete account")
	form := user.visit(t, "/profile/delete").expect(t, http.StatusOK, "Download your data first")
	del := func(b *browser, from page, path, email, password string) page {
		return b.send(t, from, path, url.Values{"email": {email}, "password": {password}})
	}
	del(user, form, "/profile/delete", "bob@example.org", chainPassword).expect(t, http.StatusUnprocessableEntity, "is not the address")
	del(user, form, "/profile/delete", "ann@example.org", "wrong").expect(t, http.StatusUnprocessableEntity, "is not your password")
	del(user, form, "/profile/delete", " Ann@example.org", chainPassword).leadsTo(t, "/")
	if c.logInCode(t, "ann@example.org", chainPassword) != http.StatusUnauthorized {
		t.Error("a deleted user can log in")
	}
	var left []string
	for line := range strings.Lines(c.dump(t)) {
		if strings.Contains(line, textOfID(ann.ID)) || strings.Contains(line, "ann@") {
			left = append(left, line)
		}
	}
	if len(left) != 1 || !strings.Contains(left[0], string(account.AccountDeleted)) {
		t.Errorf("left: %q", left)
	}

	path := c.pageOf(t, "bob@example.org") + "/delete"
	form = admin.visit(t, path).expect(t, http.StatusOK, "Delete bob@example.org")
	del(admin, form, path, "bob@example.org", "wrong").expect(t, http.StatusUnprocessableEntity)
	del(admin, form, path, "bob@example.org", chainPassword).leadsTo(t, "/admin/dashboard")
	third.visit(t, "/profile").leadsTo(t, "/login?next=%2Fprofile")

	form = admin.visit(t, "/profile/delete")
	del(admin, form, "/profile/delete", "boss@example.org", chainPassword).expect(t, http.StatusBadRequest, "last admin")
	admin.visit(t, "/admin/dashboard").expect(t, http.StatusOK, "1 user")
}
