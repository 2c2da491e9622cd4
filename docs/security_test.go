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
	runOfTest   = regexp.MustCompile("`go test \\./([a-z0-9/]+) -run (Test[A-Za-z0-9]+)[^`]*`")
	testOrFile  = regexp.MustCompile("`(Test[A-Za-z0-9]+|[a-z0-9_]+_test\\.go)`")
)

// Each promise, and each bound of what one account can cost, names tests that exist, in the
// room that it names.
func TestPromisesNameTheirTests(t *testing.T) {
	for heading, least := range map[string]int{"## Promises": 50, "## What one account can cost": 25} {
		text, named := section(t, "security.md", heading), 0
		for _, shown := range roomOfTests.FindAllStringSubmatch(text, -1) {
			named += checkTestsOf(t, shown[1], shown[2])
		}
		for _, command := range runOfTest.FindAllStringSubmatch(text, -1) {
			named += checkTestsOf(t, command[1], "`"+command[2]+"`")
		}
		if named < least {
			t.Errorf("%s names %d tests only", heading, named)
		}
	}
}

// A bound that no test shows is only said.
func TestEveryBoundIsShown(t *testing.T) {
	for _, row := range rows(t, section(t, "security.md", "## What one account can cost")) {
		if len(row) != 3 || !strings.Contains(row[2], "Test") {
			t.Errorf("no test shows the bound of %q", row)
		}
	}
}

// checkTestsOf returns how many tests the text names, which must be in the room.
func checkTestsOf(t *testing.T, room, text string) int {
	t.Helper()
	folder, tests := roomPath(t, room), testOrFile.FindAllStringSubmatch(text, -1)
	for _, test := range tests {
		if !hasTest(t, folder, test[1]) {
			t.Errorf("%s has no %s", folder, test[1])
		}
	}
	return len(tests)
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
