package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// lines returns the lines of the log on a page, without their links and buttons.
func (p page) lines() []string {
	var lines []string
	for n := range p.root.Descendants() {
		switch attribute(n, "class") {
		case "at":
			lines = append(lines, textOf(n))
		case "did":
			lines[len(lines)-1] += " " + textOf(n)
		}
	}
	return lines
}

// differences returns what a preview says that would change: "Questions: 3 → 4".
func (p page) differences() []string {
	var found []string
	for n := range p.root.Descendants() {
		if attribute(n, "class") != "changes" {
			continue
		}
		for row := range n.Descendants() {
			var cells []string
			for cell := range row.ChildNodes() {
				if row.Data == "tr" && (cell.Data == "td" || attribute(cell, "scope") == "row") {
					cells = append(cells, textOf(cell))
				}
			}
			if len(cells) == 3 {
				found = append(found, cells[0]+": "+cells[1]+" → "+cells[2])
			}
		}
	}
	return found
}

// save sends the form in the content of a page that makes a change, and opens the page that
// the answer leads to.
func (b *browser) save(t *testing.T, p page) page {
	t.Helper()
	return b.follow(t, b.sendChange(t, p))
}

func (b *browser) sendChange(t *testing.T, p page) page {
	t.Helper()
	for n := range p.root.Descendants() {
		action := attribute(n, "action")
		if n.Data == "form" && attribute(n, "method") == "post" && action != "/logout" && action != "/profile/timezone" {
			return b.request(t, http.MethodPost, action, fieldsOf(n))
		}
	}
	t.Fatalf("nothing can be saved on the page: %s", p.text())
	return page{}
}

func fieldsOf(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		if name := attribute(n, "name"); name != "" {
			fields.Set(name, attribute(n, "value"))
		}
	}
	return fields
}

// undo presses the button of a page's notice.
func (b *browser) undo(t *testing.T, p page) page {
	t.Helper()
	for n := range p.root.Descendants() {
		if attribute(n, "role") != "status" {
			continue
		}
		for form := range n.Descendants() {
			if form.Data == "form" {
				return b.follow(t, b.request(t, http.MethodPost, attribute(form, "action"), fieldsOf(form)))
			}
		}
	}
	t.Fatalf("nothing can be undone on the page: %s", p.text())
	return page{}
}

// events returns the events of a session's log, in the order in which they arrived.
func (b *browser) events(t *testing.T, session string) []map[string]any {
	t.Helper()
	return decoded[[]map[string]any](t, b.must(t, http.StatusOK, ask{method: "GET", path: "/admin/debug/user-events/" + session, bearer: b.token()}))
}

func asked(path string, query ...string) string {
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	return path + "?" + values.Encode()
}

// hasLine reports whether the log on a page has a line that begins like this.
func hasLine(p page, line string) bool {
	for _, l := range p.lines() {
		if strings.HasPrefix(l, line) {
			return true
		}
	}
	return false
}
