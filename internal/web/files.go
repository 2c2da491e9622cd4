package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the files below
	"encoding/hex"
	"net/http"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

//go:embed static/app.css
var css []byte

//go:embed static/icon.svg
var icon []byte

// files are what pages load. Their addresses change with what is in them, so a
// browser may keep them for ever and still never has an old one.
type files struct{ cssAddress, iconAddress string }

func readFiles() files {
	return files{
		cssAddress:  "/static/app." + digest(css) + ".css",
		iconAddress: "/static/icon." + digest(icon) + ".svg",
	}
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func (f files) register(mux httpx.Mux) {
	mux.HandleFunc("GET "+f.cssAddress, serveFile(css, "text/css; charset=utf-8"))
	mux.HandleFunc("GET "+f.iconAddress, serveFile(icon, "image/svg+xml"))
}

func serveFile(content []byte, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", media)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}
