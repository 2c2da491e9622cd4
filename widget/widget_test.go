package widget

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// The server's address is wherever the widget needs it, and no placeholder is left.
func TestServerIsFilledIn(t *testing.T) {
	for at, match := range map[string]string{
		"https://tracker.example.org":      "https://tracker.example.org/widget/pair*",
		"https://tracker.example.org:8443": "https://tracker.example.org/widget/pair*",
		"http://127.0.0.1:8000":            "http://127.0.0.1/widget/pair*",
	} {
		server, err := ServerAt(at)
		if err != nil {
			t.Fatal(err)
		}
		script := scriptOf(t, server)
		for _, part := range []string{`"` + at + `"`, "// @match " + match, "// @connect " + server.host + "\n"} {
			if !strings.Contains(string(script), part) {
				t.Errorf("%s: the script has no %s", at, part)
			}
		}
		files := unpacked(t, server)
		var manifest struct {
			Version         int      `json:"manifest_version"`
			HostPermissions []string `json:"host_permissions"`
		}
		if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil || manifest.Version != 3 {
			t.Errorf("the manifest: %v, %+v", err, manifest)
		}
		if want := strings.TrimSuffix(match, "widget/pair*") + "*"; len(manifest.HostPermissions) == 0 || manifest.HostPermissions[0] != want {
			t.Errorf("%s: permissions %q, want %s", at, manifest.HostPermissions, want)
		}
		files["the userscript"] = script
		for name, content := range files {
			if bytes.Contains(content, []byte(host)) {
				t.Errorf("%s: %s has the placeholder", at, name)
			}
		}
	}
}

func scriptOf(t *testing.T, server Server) []byte {
	t.Helper()
	var script bytes.Buffer
	if err := Userscript(&script, server); err != nil {
		t.Fatal(err)
	}
	return script.Bytes()
}

// Whoever makes up addresses, one in each request, has the files copied and no more: they are
// neither compressed nor held in memory as a whole beyond the largest of them.
func TestMadeUpServersCostLittle(t *testing.T) {
	const servers, most = 100, 300_000 // bytes that are allocated for one server; compressing takes some MB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range servers {
		server, err := ServerAt(fmt.Sprintf("http://made-up-%d.example", i))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(Extension(io.Discard, server), Userscript(io.Discard, server)); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / servers; each > most {
		t.Errorf("%d bytes are allocated for a server, want at most %d", each, most)
	} else {
		t.Logf("%d bytes", each)
	}
}

func unpacked(t *testing.T, server Server) map[string][]byte {
	t.Helper()
	var packed bytes.Buffer
	if err := Extension(&packed, server); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range archive.File {
		const sizeFollows = 0x8
		if entry.Method != zip.Store || entry.Flags&sizeFollows != 0 {
			t.Errorf("%s: method %d, flags %x: want it stored, with its size before it", entry.Name, entry.Method, entry.Flags)
		}
		file, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[entry.Name], err = io.ReadAll(file); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Only an address can be put into a script.
func TestHostileServers(t *testing.T) {
	for _, at := range []string{
		"", "tracker.example.org", "ftp://tracker.example.org", "https://a.example/path", "https://a.example?x", "https://u:p@a.example",
		`https://a.example";alert(1)//`, "https://a.example\n// @grant unsafeWindow", "https://a.example'", "https://a b.example", "https://*.example",
		"https://a.example:port", "https://",
	} {
		if server, err := ServerAt(at); err == nil {
			t.Errorf("%q is taken as %+v", at, server)
		}
	}
}

// The userscript is downloaded with every update and parsed on every rating page, so a test
// notices when it grows. The size is that with gzip, as browsers and proxies transfer it.
func TestUserscriptIsSmall(t *testing.T) {
	const most = 21_100
	server, err := ServerAt("https://tracker.example.org")
	if err != nil {
		t.Fatal(err)
	}
	script := scriptOf(t, server)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(script); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d with gzip", len(script), packed.Len())
	if packed.Len() > most {
		t.Errorf("the userscript has %d bytes with gzip, want %d at most", packed.Len(), most)
	}
}
