package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

//go:embed static
var static embed.FS

// files are what pages load, by their names in the folder static.
type files map[string]file

type file struct {
	// address changes with what is in the file, so a browser may keep it for ever and
	// still never has an old one.
	address view.Asset
	content []byte
}

// readFiles panics when a file is missing, which the build excludes.
func readFiles() files {
	f := files{}
	entries, err := static.ReadDir("static")
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		content, err := static.ReadFile("static/" + name)
		if err != nil {
			panic(err)
		}
		stem, kind := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
		f[name] = file{address: view.Asset("/static/" + stem + "." + digest(content) + kind), content: content}
	}
	return f
}

// ofEveryPage are the addresses that the frame of a page names.
func (f files) ofEveryPage() view.Files {
	return view.Files{CSS: f["app.css"].address, Icon: f["icon.svg"].address, Script: f["app.js"].address}
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func (f files) register(mux httpx.Mux) {
	for name, file := range f {
		mux.HandleFunc("GET "+string(file.address), serveFile(file.content, mediaOf(name)))
	}
}

// mediaOf does not ask the machine, which may know other types or none.
func mediaOf(name string) string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}[path.Ext(name)]
}

func serveFile(content []byte, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", media)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}
