package server

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pair is two paths: one names something of another user, the other something that does not
// exist.
type pair struct {
	name, theirs, missing string
	byUser                bool // names a user, as an admin may
}

// pairsOf returns the ways in which a caller can name something of the owner's.
func pairsOf(t *testing.T, r route, caller, owner person) []pair {
	t.Helper()
	var pairs []pair
	fill := func(ids map[string]string) string { return r.fill(t, ids) }
	if names := r.wildcards(); len(names) > 0 {
		pairs = append(pairs, pair{
			name: "all theirs", theirs: fill(owner.ids), missing: fill(missingIDs()), byUser: slices.Contains(names, "user_id"),
		})
		if len(names) > 1 { // the owner's question in the caller's own session
			theirs, missing, last := maps.Clone(caller.ids), maps.Clone(caller.ids), names[len(names)-1]
			theirs[last], missing[last] = owner.ids[last], missingIDs()[last]
			pairs = append(pairs, pair{name: "the last theirs", theirs: fill(theirs), missing: fill(missing)})
		}
	}
	if r.byUser {
		of := func(ids map[string]string, user string) string { return fill(ids) + "?user_id=" + user }
		pairs = append(pairs, pair{
			name: "by user", byUser: true,
			theirs: of(owner.ids, owner.ids["user_id"]), missing: of(owner.ids, missingIDs()["user_id"]),
		})
		if len(r.wildcards()) > 0 {
			pairs = append(pairs, pair{
				name: "one's own, by their user", theirs: of(caller.ids, owner.ids["user_id"]), missing: of(missingIDs(), owner.ids["user_id"]),
			})
		}
	}
	return pairs
}

// sameAnswer fails the test unless the two answers are equal, byte for byte.
func sameAnswer(t *testing.T, name string, a, b *httptest.ResponseRecorder) {
	t.Helper()
	for _, w := range []*httptest.ResponseRecorder{a, b} {
		w.Header().Del("Date")
	}
	if a.Code != b.Code {
		t.Errorf("%s: %d, and %d for what is missing", name, a.Code, b.Code)
	}
	if diff := cmp.Diff(b.Header(), a.Header()); diff != "" {
		t.Errorf("%s: headers (-missing +theirs):\n%s", name, diff)
	}
	if diff := cmp.Diff(b.Body.String(), a.Body.String()); diff != "" {
		t.Errorf("%s: body (-missing +theirs):\n%s", name, diff)
	}
}

// Another user's id is answered exactly like an id that does not exist, except to an
// admin who names the user where that is possible. The owner's data does not change.
func TestOthersAreMissing(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	owner, other, admin := c.newPerson(t), c.newPerson(t), c.newAdmin(t)
	before := withoutLooks(c.everything(t, owner))
	callers := []struct {
		name    string
		person  person
		isAdmin bool
		want    int
	}{
		{"another user", other, false, http.StatusNotFound},
		{"an admin", admin, true, http.StatusNotFound},
		{"nobody", person{ids: other.ids}, false, http.StatusUnauthorized},
	}
	tried := 0
	for _, r := range c.routes {
		e := exampleOf(t, r)
		for _, caller := range callers {
			for _, pair := range pairsOf(t, r, caller.person, owner) {
				name := r.name + " by " + caller.name + ", " + pair.name
				ask := func(path string) *httptest.ResponseRecorder {
					return c.answer(t, ask{method: r.method, path: path, body: e.body, form: e.form, bearer: caller.person.token})
				}
				missing := ask(pair.missing)
				if pair.byUser && caller.isAdmin && r.changes() {
					pair.theirs = pair.missing // an admin may change another: pages_admin_test.go
				}
				theirs := ask(pair.theirs)
				if missing.Code != caller.want {
					t.Errorf("%s: what is missing answers %d %s, want %d: is the body in examples a good one?", name, missing.Code, missing.Body, caller.want)
				}
				if pair.byUser && caller.isAdmin && !r.changes() {
					if theirs.Code != http.StatusOK || !strings.Contains(theirs.Body.String(), owner.ids["session_id"]) && len(r.wildcards()) == 0 {
						t.Errorf("%s: %d %s, want what is theirs", name, theirs.Code, theirs.Body)
					}
				} else {
					sameAnswer(t, name, theirs, missing)
				}
				tried++
			}
		}
		if diff := cmp.Diff(before, withoutLooks(c.everything(t, owner))); diff != "" {
			t.Fatalf("%s: what the owner has changed (-before +after):\n%s", r.name, diff)
		}
	}
	if tried < 30 {
		t.Errorf("only %d pairs were tried", tried)
	}
}

// withoutLooks removes the entries about admins who looked from a text of the security log.
func withoutLooks(text string) string {
	return strings.ReplaceAll(looks.ReplaceAllString(text, ""), ",]", "]")
}

var looks = regexp.MustCompile(`\{[^{}]*"event":"looked at by an admin"[^{}]*\},?`)

// A user_id that no user can have is not found or refused; it never means the current user.
func TestUserIDsThatAreNone(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	other, admin := c.newPerson(t), c.newAdmin(t)
	for _, r := range c.routes {
		if !r.byUser {
			continue
		}
		for id, want := range map[string]int{
			"-1": http.StatusNotFound, "9007199254740993": http.StatusNotFound,
			"-9223372036854775808": http.StatusNotFound, "9223372036854775807": http.StatusNotFound,
			"9223372036854775808": http.StatusUnprocessableEntity, "1e3": http.StatusUnprocessableEntity,
			"x": http.StatusUnprocessableEntity, "1%20OR%201=1": http.StatusUnprocessableEntity,
		} {
			for _, p := range []person{other, admin} {
				w := c.answer(t, ask{method: r.method, path: r.fill(t, p.ids) + "?user_id=" + id, bearer: p.token})
				if w.Code != want {
					t.Errorf("%s of user_id=%s: %d %s, want %d", r.name, id, w.Code, w.Body, want)
				}
			}
		}
	}
}
