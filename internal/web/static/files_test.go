package static

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A browser keeps a file forever, because its address changes with the content.
func TestFiles(t *testing.T) {
	mux, f := http.NewServeMux(), Read()
	f.Register(mux)
	for name, media := range map[string]string{
		"app.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml", "app.js": "text/javascript; charset=utf-8", "live.js": "text/javascript; charset=utf-8",
	} {
		address := string(f[name].Address)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != media || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
}

// Colours are defined in :root and nowhere else, so that a theme changes in one place.
func TestColoursAreTokens(t *testing.T) {
	files := Read()
	_, rest, _ := strings.Cut(string(files["app.css"].Content), "\n}\n") // the end of :root
	rest += string(files["tables.css"].Content) + string(files["charts.css"].Content) + string(files["press.css"].Content)
	for line := range strings.Lines(rest) {
		_, value, _ := strings.Cut(line, ": ")
		if strings.Contains(value, "#") || strings.Contains(value, "rgb(") || strings.Contains(value, "hsl(") {
			t.Errorf("a colour outside :root: %s", line)
		}
	}
}
