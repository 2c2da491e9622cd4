package widget

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
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
		script, err := Userscript(server)
		if err != nil {
			t.Fatal(err)
		}
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

func unpacked(t *testing.T, server Server) map[string][]byte {
	t.Helper()
	packed, err := Extension(server)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range archive.File {
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
	script, err := Userscript(server)
	if err != nil {
		t.Fatal(err)
	}
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
