package server

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fetched returns the headers of a browser's request for a page of another site.
func fetched(mode, dest, purpose, user string) http.Header {
	h := http.Header{"Sec-Fetch-Mode": {mode}, "Sec-Fetch-Dest": {dest}}
	if purpose != "" {
		h["Sec-Purpose"] = []string{purpose}
	}
	if user != "" {
		h["Sec-Fetch-User"] = []string{user}
	}
	return h
}

// What a foreign page embeds or fetches in advance is refused on every route, so it reads
// nothing, takes no slot and is in no log. The rule is one for all routes; only files need a
// click besides, and every file must be declared in files.
func TestForeignPagesEmbedNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t, withoutLimits)
	p := c.newPerson(t)
	before := c.dump(t)
	for _, r := range c.routes {
		if r.changes() {
			continue
		}
		from := ask{method: r.method, path: r.fill(t, p.ids), cookie: p.token, site: "cross-site"}
		for name, header := range map[string]http.Header{
			"an image": fetched("no-cors", "image", "", ""), "a frame": fetched("navigate", "iframe", "", "?1"),
			"a prefetch": fetched("no-cors", "empty", "prefetch", ""), "a prerender": fetched("navigate", "document", "prefetch;prerender", ""),
		} {
			from.header = header
			if w := c.answer(t, from); !refusedForOrigin(w) {
				t.Errorf("%s as %s: %d", r.name, name, w.Code)
			}
		}
	}
	for path, query := range files {
		from := ask{method: "GET", path: path + query, cookie: p.token, site: "cross-site", header: fetched("navigate", "document", "", "")}
		if w := c.answer(t, from); !refusedForOrigin(w) {
			t.Errorf("%s without a click: %d", path, w.Code)
		}
	}
	if diff := cmp.Diff(before, c.dump(t)); diff != "" {
		t.Errorf("left a trace (-before +after):\n%s", diff)
	}
	for _, r := range c.routes {
		if r.changes() {
			continue
		}
		from := ask{method: r.method, path: r.fill(t, p.ids), cookie: p.token, site: "cross-site", header: fetched("navigate", "document", "", "")}
		w := c.answer(t, from)
		_, isFile := files[r.path]
		if refusedForOrigin(w) != isFile {
			t.Errorf("%s by a link: %d; declare a user's file in files, and in isDownload of httpx", r.name, w.Code)
		}
	}
}
