package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	roomOfTests = regexp.MustCompile("`([a-z0-9/]+)`: ([^|;]*)")
	testOrFile  = regexp.MustCompile("`(Test[A-Za-z0-9]+|[a-z0-9_]+_test\\.go)`")
)

// Each promise names tests that exist, in the room that it names.
func TestPromisesNameTheirTests(t *testing.T) {
	named := 0
	for _, shown := range roomOfTests.FindAllStringSubmatch(section(t, "security.md", "## Promises"), -1) {
		room, tests := roomPath(t, shown[1]), testOrFile.FindAllStringSubmatch(shown[2], -1)
		for _, test := range tests {
			named++
			if !hasTest(t, room, test[1]) {
				t.Errorf("%s has no %s", room, test[1])
			}
		}
	}
	if named < 50 {
		t.Errorf("the document names %d tests only", named)
	}
}

// roomPath is the folder of a room, which the document names without internal/.
func roomPath(t *testing.T, room string) string {
	t.Helper()
	for _, folder := range []string{filepath.Join("..", "internal", room), filepath.Join("..", room)} {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder
		}
	}
	t.Errorf("no room %s", room)
	return room
}

// hasTest reports whether a folder has a test, or a file of tests, of this name.
func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		if filepath.Base(file) == name {
			return true
		}
		content, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(content), "\nfunc "+name+"(")
	})
}
