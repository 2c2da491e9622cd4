package server

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// walkedPages lists the pages that the tests of e2e/pages look at in a browser; they hold
// themselves to it.
const walkedPages = "../../e2e/pages/testdata/pages.txt"

// A page that is added is looked at in a browser: it must be in the list.
func TestPagesAreWalked(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile(walkedPages)
	if err != nil {
		t.Fatal(err)
	}
	walked := strings.Split(strings.TrimSpace(string(list)), "\n")
	c, _ := withProvider(t)
	rater := c.newPerson(t)
	const boss = "boss@example.org"
	c.newAdminBrowser(t, boss)
	tokens := []string{"", rater.token, c.logIn(t, "/auth/login", boss)}
	var pages []string
	for _, r := range c.routes {
		if r.method == http.MethodGet && c.isPage(t, r, rater.ids, tokens) {
			pages = append(pages, r.name)
		}
	}
	slices.Sort(pages)
	if diff := cmp.Diff(walked, pages); diff != "" {
		t.Errorf("%s is not the pages that there are (-listed +registered):\n%s", walkedPages, diff)
	}
}

// isPage reports whether a route answers one of these visitors with HTML though nobody
// asked for it: failures would do so only then.
func (c *chain) isPage(t *testing.T, r route, ids map[string]string, tokens []string) bool {
	t.Helper()
	return slices.ContainsFunc(tokens, func(token string) bool {
		w := c.answer(t, ask{method: r.method, path: r.fill(t, ids), cookie: token})
		return w.Code == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
	})
}
