// Package widget serves the overlay for the rating page as a userscript and as a browser
// extension. tools/widget bundles the TypeScript beside it into the files that it embeds,
// and it puts the address of the server into them.
package widget

import (
	"archive/zip"
	"bytes"
	"embed"
	"fmt"
	"hash/crc32"
	"io"
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

// host is the placeholder for the server's host name and, behind https://, for its origin.
// Match patterns and @connect have no port.
const host = "server.invalid"

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

// Userscript writes the script for userscript managers.
func Userscript(w io.Writer, s Server) error {
	content, err := dist.ReadFile(script)
	if err == nil {
		err = s.fill(w, content)
	}
	if err != nil {
		return fmt.Errorf("widget: %w", err)
	}
	return nil
}

// Extension writes the Manifest V3 extension as a zip file. It compresses nothing, because a
// stranger can have it packed for as many made-up addresses as there are requests.
func Extension(w io.Writer, s Server) error {
	archive := zip.NewWriter(w)
	err := fs.WalkDir(dist, extension, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error { return s.fill(w, content) }
		if path.Ext(name) == ".png" {
			write = func(w io.Writer) error { _, err := w.Write(content); return err }
		}
		return store(archive, strings.TrimPrefix(name, extension+"/"), write)
	})
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return fmt.Errorf("widget: packing the extension: %w", err)
	}
	return nil
}

// store adds a file, which write writes twice: some unpackers need its size and its checksum
// before its content.
func store(archive *zip.Writer, name string, write func(io.Writer) error) error {
	sum, size := crc32.NewIEEE(), counter(0)
	if err := write(io.MultiWriter(sum, &size)); err != nil {
		return err
	}
	file, err := archive.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store,
		CRC32: sum.Sum32(), CompressedSize64: uint64(size), UncompressedSize64: uint64(size),
	})
	if err != nil {
		return err
	}
	return write(file)
}

// counter counts the bytes that are written to it.
type counter uint64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// fill writes a file with the server in place of the placeholders.
func (s Server) fill(w io.Writer, content []byte) error {
	for {
		before, after, found := bytes.Cut(content, []byte(host))
		address := ""
		if found {
			before, address = s.addressAt(before, after)
		}
		if _, err := w.Write(before); err != nil || !found {
			return err
		}
		if _, err := io.WriteString(w, address); err != nil {
			return err
		}
		content = after
	}
}

// addressAt returns what stands between before and after in place of a placeholder's host, and
// before without the placeholder's scheme, which the address has itself.
func (s Server) addressAt(before, after []byte) (rest []byte, address string) {
	rest, isOrigin := bytes.CutSuffix(before, []byte("https://"))
	switch isPattern := bytes.HasPrefix(after, []byte("/*")) || bytes.HasPrefix(after, []byte("/widget/pair*")); {
	case !isOrigin:
		return before, s.host
	case isPattern:
		return rest, s.scheme + "://" + s.host
	}
	return rest, s.origin
}
