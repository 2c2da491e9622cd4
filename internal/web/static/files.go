// Package static holds the files that pages load.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
)

//go:embed *.css *.js *.svg
var embedded embed.FS

// Files are the files by their names in this folder.
type Files map[string]File

// File is one file.
type File struct {
	Address view.Asset
	Content []byte
}

// Read returns all files. Their folder is named by their content, so that a browser may
// keep them forever and never has an old one, and that scripts find each other by
// relative addresses. It panics when a file cannot be read, which the build excludes.
func Read() Files {
	files, sum := Files{}, sha256.New()
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
		files[name] = File{Content: content}
		sum.Write(content) // in the order of names
	}
	folder := "/static/" + hex.EncodeToString(sum.Sum(nil)[:8]) + "/"
	for name, file := range files {
		file.Address = view.Asset(folder + name)
		files[name] = file
	}
	return files
}

// OfEveryPage returns the addresses that the frame of a page names.
func (f Files) OfEveryPage() view.Files {
	return view.Files{
		CSS:  []view.Asset{f["app.css"].Address, f["tables.css"].Address, f["charts.css"].Address, f["press.css"].Address},
		Icon: f["icon.svg"].Address, Script: f["app.js"].Address,
	}
}

// Register adds the files to mux.
func (f Files) Register(mux httpx.Mux) {
	for name, file := range f {
		mux.HandleFunc("GET "+string(file.Address), serve(file.Content, mediaOf(name)))
	}
}

// mediaOf returns the media type of a file. It has a table of its own, because that of the
// operating system may differ.
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
