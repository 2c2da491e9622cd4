// Package widget serves the overlay for the rating page as a userscript and as a browser
// extension. tools/widget bundles the TypeScript beside it into the files that it embeds,
// and it puts the address of the server into them.
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

// Placeholders for the server's origin and for its host name. Match patterns and @connect
// have no port.
const (
	origin = "https://server.invalid"
	host   = "server.invalid"
)

// Server is the address to which a widget sends.
type Server struct {
	origin string // https://tracker.example.org:8443
	scheme string
	host   string // without the port
}

// String returns the origin.
func (s Server) String() string { return s.origin }

// harmless matches the origins that may be put into a script.
var harmless = regexp.MustCompile(`^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// ServerAt returns the server at an origin such as https://tracker.example.org. It returns
// an error for any other text.
func ServerAt(text string) (Server, error) {
	u, err := url.Parse(text)
	if err != nil || !harmless.MatchString(text) {
		return Server{}, fmt.Errorf("widget: %q is not the origin of a server", text)
	}
	return Server{origin: text, scheme: u.Scheme, host: strings.TrimSuffix(u.Host, ":"+u.Port())}, nil
}

// Userscript returns the script for userscript managers.
func Userscript(s Server) ([]byte, error) {
	content, err := dist.ReadFile(script)
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	return s.fill(content), nil
}

// Extension returns the Manifest V3 extension as a zip file.
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

// fill puts the server into a file. The patterns come before the origins that they contain.
func (s Server) fill(content []byte) []byte {
	return []byte(strings.NewReplacer(
		origin+"/widget/pair*", s.scheme+"://"+s.host+"/widget/pair*",
		origin+"/*", s.scheme+"://"+s.host+"/*",
		origin, s.origin,
		host, s.host,
	).Replace(string(content)))
}
