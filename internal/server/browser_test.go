package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// browser is a person's browser: it keeps cookies and asks for pages.
type browser struct {
	*chain
	cookies map[string]string
}

func (c *chain) newBrowser() *browser { return &browser{chain: c, cookies: map[string]string{}} }

// page is an answer to a browser.
type page struct {
	*httptest.ResponseRecorder
	root *html.Node
}

// visit asks for a page.
func (b *browser) visit(t *testing.T, path string) page {
	t.Helper()
	return b.request(t, http.MethodGet, path, nil)
}

// send submits a form as its page would, with the CSRF token of the page and the cookie
// that repeats it.
func (b *browser) send(t *testing.T, from page, action string, fields url.Values) page {
	t.Helper()
	for n := range from.root.Descendants() {
		if n.Data != "form" || attribute(n, "action") != action {
			continue
		}
		for field := range n.Descendants() {
			if name := attribute(field, "name"); attribute(field, "type") == "hidden" && !fields.Has(name) {
				fields.Set(name, attribute(field, "value"))
			}
		}
		return b.request(t, http.MethodPost, action, fields)
	}
	t.Fatalf("the page has no form to %s:\n%s", action, from.Body)
	return page{}
}

func (b *browser) request(t *testing.T, method, path string, fields url.Values) page {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(fields.Encode()))
	r.Host = chainHost
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Origin", chainOrigin)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		b.cookies[cookie.Name] = cookie.Value
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		}
	}
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page{w, root}
}

// expect fails the test unless the page has this status and each of these texts.
func (p page) expect(t *testing.T, status int, texts ...string) page {
	t.Helper()
	if p.Code != status {
		t.Fatalf("%d %s, want %d", p.Code, p.text(), status)
	}
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			t.Errorf("%q is not on the page: %s", text, p.text())
		}
	}
	policy := p.Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self'") && p.Body.Len() > 0 && status < 300 {
		t.Errorf("Content-Security-Policy %q", policy)
	}
	return p
}

// leadsTo fails the test unless the answer sends the browser on to this path.
func (p page) leadsTo(t *testing.T, path string) {
	t.Helper()
	if got := p.Header().Get("Location"); p.Code != http.StatusSeeOther || got != path {
		t.Fatalf("%d to %q, want 303 to %q: %s", p.Code, got, path, p.text())
	}
}

// text returns what a person reads on the page.
func (p page) text() string { return textOf(p.root) }

func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// find returns the text of the element with this attribute, or "".
func (p page) find(name, value string) string {
	for n := range p.root.Descendants() {
		if attribute(n, name) == value {
			return textOf(n)
		}
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// register makes an account in a new browser, as a person does.
func (c *chain) register(t *testing.T, email string) *browser {
	t.Helper()
	b := c.newBrowser()
	form := b.visit(t, "/register").expect(t, http.StatusOK, "Register")
	b.send(t, form, "/register", url.Values{"email": {email}, "password": {chainPassword}}).leadsTo(t, "/dashboard/today")
	return b
}

// press records presses, each some time after the one before.
func (b *browser) press(t *testing.T, after time.Duration, presses ...string) {
	t.Helper()
	for _, press := range presses {
		b.clock.advance(after)
		b.must(t, http.StatusOK, ask{method: "POST", path: "/events", bearer: b.cookies["access_token"], body: `{"type":"` + press + `"}`})
	}
}

// json returns the JSON of a path, for the person who uses the browser.
func (b *browser) json(t *testing.T, path string) map[string]any {
	t.Helper()
	return decoded[map[string]any](t, b.must(t, http.StatusOK, ask{method: "GET", path: path, bearer: b.cookies["access_token"]}))
}

func (b *browser) token() string { return b.cookies["access_token"] }

// attributeOf returns an attribute of the first element with this name.
func (p page) attributeOf(element, name string) string {
	for n := range p.root.Descendants() {
		if n.Data == element {
			return attribute(n, name)
		}
	}
	return ""
}
