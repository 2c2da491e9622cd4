package server

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// walkedPages names the file that lists the pages which the tests of e2e/pages open in a
// browser. Those tests check that they open all of them.
const walkedPages = "../../e2e/pages/testdata/pages.txt"

// Every page of the program is in the list, so that a new page is tested in a browser too.
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

// isPage reports whether a route answers one of these visitors with HTML. The request does
// not ask for HTML, because then failures would be HTML too.
func (c *chain) isPage(t *testing.T, r route, ids map[string]string, tokens []string) bool {
	t.Helper()
	return slices.ContainsFunc(tokens, func(token string) bool {
		w := c.answer(t, ask{method: r.method, path: r.fill(t, ids), cookie: token})
		return w.Code == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
	})
}
