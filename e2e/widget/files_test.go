package widget

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// files returns an unpacked extension: the product's own, or a stand-in for a userscript
// manager with the product's script in it. The clock of either can be moved.
func (r *rig) files() map[string][]byte {
	r.t.Helper()
	clock := r.read("testdata/clock.js")
	if r.kind == "extension" {
		files := r.unzip(r.get("/widget/extension.zip"))
		for _, name := range []string{"content.js", "worker.js"} {
			files[name] = append(append([]byte(nil), clock...), files[name]...)
		}
		return files
	}
	script := r.get("/widget/raterhub-tracker.user.js")
	return map[string][]byte{
		"manifest.json": r.managerManifest(script),
		"clock.js":      clock,
		"manager.js":    r.read("testdata/manager/manager.js"),
		"worker.js":     r.read("testdata/manager/worker.js"),
		"script.js":     []byte("globalThis.runUserscript = () => {\n" + string(script) + "\n};\n"),
	}
}

var matchLine = regexp.MustCompile(`(?m)^// @match\s+(\S+)$`)

// managerManifest lets the stand-in run the script where its header says.
func (r *rig) managerManifest(script []byte) []byte {
	r.t.Helper()
	var matches []string
	for _, found := range matchLine.FindAllStringSubmatch(string(script), -1) {
		matches = append(matches, found[1])
	}
	if len(matches) < 2 {
		r.t.Fatalf("the script's header has the matches %q", matches)
	}
	return program.Encode(r.t, map[string]any{
		"manifest_version": 3, "name": "Userscripts", "version": "1.0",
		"permissions": []string{"storage"}, "host_permissions": []string{"http://localhost/*"},
		"background": map[string]string{"service_worker": "worker.js"},
		"content_scripts": []map[string]any{{
			"matches": matches, "js": []string{"clock.js", "script.js", "manager.js"}, "run_at": "document_end",
		}},
	})
}

func (r *rig) get(path string) []byte {
	r.t.Helper()
	response, err := http.Get(r.server.URL + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		r.t.Fatalf("GET %s: %d (%v)", path, response.StatusCode, err)
	}
	return content
}

func (r *rig) read(name string) []byte {
	r.t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		r.t.Fatal(err)
	}
	return content
}

func (r *rig) unzip(packed []byte) map[string][]byte {
	r.t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		r.t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range archive.File {
		file, err := entry.Open()
		if err != nil {
			r.t.Fatal(err)
		}
		if files[entry.Name], err = io.ReadAll(file); err != nil {
			r.t.Fatal(err)
		}
	}
	return files
}

func (r *rig) write(folder string, files map[string][]byte) {
	r.t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
}
