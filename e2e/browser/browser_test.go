package browser

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// pages is the browser of all tests; the first test starts it.
var pages Shared

func TestMain(m *testing.M) {
	code := m.Run()
	pages.Stop()
	os.Exit(code)
}

// newSite serves one page at / under a policy, or none, and nothing else.
func newSite(t *testing.T, policy, html string) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><html lang=en><title>A page</title>" + html))
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// Every problem of a page is found, and reported once.
func TestProblems(t *testing.T) {
	elsewhere := newSite(t, "", "elsewhere")
	const strict = "default-src 'none'; img-src 'self'"
	tests := []struct {
		name, policy, html string
		want               []string // beginnings, sorted
	}{
		{"a good page", strict, `<h1>Good</h1>`, nil},
		{"a picture that the policy forbids", strict, `<img alt="" src="data:,">`, []string{"browser error: Loading the image 'data:,' violates", "request failed: GET data:,: csp"}},
		{"console.log", "", `<script>console.log("a", 1)</script>`, []string{`console log: "a" 1`}},
		{"console.warn", "", `<script>console.warn("careful")</script>`, []string{`console warning: "careful"`}},
		{"exception", "", `<script>throw new Error("lost")</script>`, []string{"exception: Uncaught Error: lost"}},
		{"rejection", "", `<script>Promise.reject(new Error("lost"))</script>`, []string{"exception: Uncaught (in promise) Error: lost"}},
		{"missing file", "", `<img alt="" src="/no.png">`, []string{"request failed: GET SITE/no.png: 404"}},
		{"inline script", strict, `<script>1</script>`, []string{"browser error: Executing inline script violates"}},
		{"inline style", strict, `<p style="color:red">Red</p>`, []string{"browser error: Applying inline style violates"}},
		{"another origin", "", `<img alt="" src="ELSEWHERE/">`, []string{"request failed: GET ELSEWHERE/: net::ERR_BLOCKED_BY_ORB", "third party: GET ELSEWHERE/"}},
		{"the world", "", `<img alt="" src="http://example.org/a.png">`, []string{"request failed: GET http://example.org/a.png: net::ERR_NAME_NOT_RESOLVED", "third party: GET http://example.org/a.png"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, test.policy, strings.ReplaceAll(test.html, "ELSEWHERE", elsewhere))
			p := pages.Open(t, site, View{})
			p.Go("/")
			var got []string
			for _, problem := range p.Problems() {
				got = append(got, strings.NewReplacer(site, "SITE", elsewhere, "ELSEWHERE").Replace(string(problem)))
				p.Expect(string(problem))
			}
			slices.Sort(got)
			same := slices.EqualFunc(got, test.want, strings.HasPrefix)
			if !same {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

// Tabs do not share cookies.
func TestProfiles(t *testing.T) {
	site := newSite(t, "", "cookies")
	first, second := pages.Open(t, site, View{}), pages.Open(t, site, View{})
	first.Go("/")
	Eval[string](first, `document.cookie = "of=first"`)
	second.Go("/")
	if got := Eval[string](second, "document.cookie"); got != "" {
		t.Errorf("the second tab has %q", got)
	}
}

// A page gets the size, the theme and the touch of its view.
func TestViews(t *testing.T) {
	site := newSite(t, "", `<meta name=viewport content="width=device-width"><p>look</p>`)
	type seen struct {
		Dark, Touch   bool
		Width, Height int
	}
	want := map[string]seen{
		"light-desktop": {false, false, 1280, 900}, "dark-desktop": {true, false, 1280, 900},
		"light-phone": {false, true, 390, 844}, "dark-phone": {true, true, 390, 844},
	}
	EachView(t, func(t *testing.T, view View) {
		p := pages.Open(t, site, view)
		p.Go("/")
		got := Eval[seen](p, `({
			Dark: matchMedia("(prefers-color-scheme: dark)").matches, Touch: navigator.maxTouchPoints > 0,
			Width: innerWidth, Height: innerHeight,
		})`)
		if diff := cmp.Diff(want[view.String()], got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Without JavaScript a page shows what is in its noscript element.
func TestNoScript(t *testing.T) {
	const html = `<p id=p>plain</p><noscript><p id=without>without</p></noscript><script>p.textContent = "changed"</script>`
	site := newSite(t, "", html)
	for _, view := range []View{{}, {NoScript: true}} {
		p := pages.Open(t, site, view)
		p.Go("/")
		got := Get(p, chromedp.Text(chromedp.CSS("body")))
		want := "changed"
		if view.NoScript {
			want = "plain\n\nwithout"
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %q, want %q", view, got, want)
		}
	}
}

// TabOrder reports the elements in the order in which a keyboard reaches them, each once.
func TestTabOrder(t *testing.T) {
	p := pages.Open(t, newSite(t, "", `<a href="/">Home</a><label>Name <input id=name></label>
		<button disabled>No</button><button tabindex=-1>Nor this</button><button id=send>Send  it</button>`), View{})
	p.Go("/")
	want := []string{"a Home", "input#name Name", "button#send Send it"}
	if diff := cmp.Diff(want, p.TabOrder(20)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Axe works under a strict policy and without the page's JavaScript, and finds what it
// should.
func TestAxe(t *testing.T) {
	const strict = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
	site := newSite(t, strict, `<main><h1>Page</h1>
		<p style="color:#999;background:#fff">Pale</p><div id=good>Good</div></main>`)
	for _, view := range []View{{}, {NoScript: true}} {
		p := pages.Open(t, site, view)
		p.Go("/")
		found := p.Axe("")
		if len(found) != 1 || found[0].Rule != "color-contrast" || !slices.Equal(found[0].At, []string{"p"}) {
			t.Errorf("%s: got %v, want color-contrast at p", view, found)
		}
		if found := p.Axe("#good"); len(found) != 0 {
			t.Errorf("%s: #good: %v", view, found)
		}
	}
}

// Screenshot writes a picture for each view, and only if SCREENSHOTS is set.
func TestScreenshot(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	p := pages.Open(t, newSite(t, "", "a page"), View{Dark: true})
	p.Go("/")
	t.Setenv("SCREENSHOTS", "")
	p.Screenshot("none")
	t.Setenv("SCREENSHOTS", folder)
	p.Screenshot("page")
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "page-dark-desktop.png" {
		t.Fatalf("%v, %v", files, err)
	}
	picture, err := os.ReadFile(filepath.Join(folder, files[0].Name()))
	if err != nil || http.DetectContentType(picture) != "image/png" {
		t.Errorf("%.20q, %v", picture, err)
	}
}
