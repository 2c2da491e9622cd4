package browser

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Settle does not wait for the icon of a page, which the browser requests at any time.
func TestIcon(t *testing.T) {
	asked, over := make(chan struct{}, 10), make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/icon.svg" {
			asked <- struct{}{}
			<-over
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><html lang=en><link rel=icon type="image/svg+xml" href="/icon.svg"><title>A page</title>`))
	}))
	t.Cleanup(site.Close)
	t.Cleanup(func() { close(over) })
	p := pages.Open(t, site.URL, View{})
	p.Go("/")
	<-asked
	Eval[bool](p, "true") // this answer comes after everything that the browser reported before
	p.Settle()
}

// TabRound expects the elements in reading order and reports where the focus is invisible.
// At 200 % a page has half the width.
func TestTabRound(t *testing.T) {
	p := pages.Open(t, newSite(t, "", `<meta name=viewport content="width=device-width"><style>#dim:focus { outline: none }</style>
		<button tabindex=2>Early</button><a href="/">Home</a><input type=date aria-label=Day>
		<label><input type=radio name=r> One</label><label><input type=radio name=r> Two</label>
		<details><summary>More</summary><button>Hidden</button></details><button id=dim>Dim</button>`), View{})
	p.Go("/")
	got := p.TabRound()
	want := []string{"button Early", "a Home", "input Day", "input One", "summary More", "button#dim Dim"}
	if diff := cmp.Diff(want, got.Want); diff != "" {
		t.Errorf("to be reached (-want +got):\n%s", diff)
	}
	for i, stop := range got.Got[:len(want)] {
		if stop.What != want[i] || stop.Shown == (stop.What == "button#dim Dim") {
			t.Errorf("stop %d is %+v, want %s", i, stop, want[i])
		}
	}
	p.Look(View{Zoomed: true})
	if width := Eval[int](p, "innerWidth * devicePixelRatio / 2"); width != 640 {
		t.Errorf("at 200 %% the page is %d wide, want 640", width)
	}
}
