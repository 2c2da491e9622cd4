// Package widget is the overlay for the rating page, as a script for userscript
// managers and as an extension. What it embeds is made of the TypeScript beside it by
// tools/widget; here the address of a server is put into it.
package widget

import (
	"archive/zip"
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"
)

//go:embed dist
var dist embed.FS

const (
	script    = "dist/raterhub-tracker.user.js"
	extension = "dist/extension"
)

// What stands in the files for the server: its origin, and its host name. Match
// patterns and @connect take no port.
const (
	origin = "https://server.invalid"
	host   = "server.invalid"
)

// Server is the address that a widget sends to.
type Server struct {
	origin string // https://tracker.example.org:8443
	scheme string
	host   string // without the port
}

// String is the origin.
func (s Server) String() string { return s.origin }

// harmless is what an origin may be made of: it is put into scripts.
var harmless = regexp.MustCompile(`^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// ServerAt is the server at an origin, such as https://tracker.example.org. It returns
// an error for a text that is none.
func ServerAt(text string) (Server, error) {
	u, err := url.Parse(text)
	if err != nil || !harmless.MatchString(text) {
		return Server{}, fmt.Errorf("widget: %q is not the origin of a server", text)
	}
	return Server{origin: text, scheme: u.Scheme, host: strings.TrimSuffix(u.Host, ":"+u.Port())}, nil
}

// Userscript is the script for userscript managers (SPEC section 7).
func Userscript(s Server) ([]byte, error) {
	content, err := dist.ReadFile(script)
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	return s.fill(content), nil
}

// Extension is the extension, Manifest V3, as a zip file (SPEC section 7).
func Extension(s Server) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	err := fs.WalkDir(dist, extension, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := archive.Create(strings.TrimPrefix(name, extension+"/"))
		if err != nil {
			return err
		}
		if path.Ext(name) != ".png" {
			content = s.fill(content)
		}
		_, err = file.Write(content)
		return err
	})
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("widget: packing the extension: %w", err)
	}
	return out.Bytes(), nil
}

// fill puts the server into a file. Patterns come first: they are longer than what is
// in them.
func (s Server) fill(content []byte) []byte {
	return []byte(strings.NewReplacer(
		origin+"/widget/pair*", s.scheme+"://"+s.host+"/widget/pair*",
		origin+"/*", s.scheme+"://"+s.host+"/*",
		origin, s.origin,
		host, s.host,
	).Replace(string(content)))
}
