// Package static holds the files that pages load.
package static

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

//go:embed *.css *.js *.svg
var embedded embed.FS

// Files are the files by their names in this folder.
type Files map[string]File

// File is one file. Its address changes with its content, so a browser may keep it
// forever and never has an old one.
type File struct {
	Address view.Asset
	Content []byte
}

// Read returns all files. It panics when one cannot be read, which the build excludes.
func Read() Files {
	files := Files{}
	entries, err := embedded.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		content, err := embedded.ReadFile(name)
		if err != nil {
			panic(err)
		}
		kind := path.Ext(name)
		address := "/static/" + strings.TrimSuffix(name, kind) + "." + digest(content) + kind
		files[name] = File{Address: view.Asset(address), Content: content}
	}
	return files
}

// OfEveryPage returns the addresses that the frame of a page names.
func (f Files) OfEveryPage() view.Files {
	return view.Files{CSS: f["app.css"].Address, Icon: f["icon.svg"].Address, Script: f["app.js"].Address}
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// Register adds the files to mux.
func (f Files) Register(mux httpx.Mux) {
	for name, file := range f {
		mux.HandleFunc("GET "+string(file.Address), serve(file.Content, mediaOf(name)))
	}
}

// mediaOf is a table of its own, because the one of the operating system may say
// something else.
func mediaOf(name string) string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}[path.Ext(name)]
}

func serve(content []byte, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", media)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}
