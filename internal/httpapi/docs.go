package httpapi

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// docs is swagger-ui-dist (Apache-2.0, see docs/LICENSE) and the page that uses it.
//
//go:embed docs
var docs embed.FS

// docsPolicy lets the page run its own scripts and nothing else. Swagger UI sets
// style attributes and draws its icons from data URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// registerDocs serves the page at /docs and its assets below it, all from this
// binary, so that it works offline.
func registerDocs(mux httpx.Mux) {
	files, err := fs.Sub(docs, "docs")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	assets := http.StripPrefix("/docs/", http.FileServerFS(files))
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", docsPolicy)
		http.ServeFileFS(w, r, files, "page.html")
	})
	for _, asset := range []string{"swagger-ui-bundle.js", "swagger-ui.css", "start.js", "favicon-32x32.png"} {
		mux.HandleFunc("GET /docs/"+asset, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=3600")
			assets.ServeHTTP(w, r)
		})
	}
}
