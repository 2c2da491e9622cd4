package pgtest

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// binaries are the two programs that a server needs, of one version.
type binaries struct{ initdb, postgres string }

// findBinaries searches PATH first, and then Debian's folders, newest version first. It
// returns ErrNotInstalled if none of them has both programs.
func findBinaries() (binaries, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if found, ok := binariesIn(filepath.Dir(initdb)); ok {
			return found, nil
		}
	}
	for _, dir := range newestFirst(debianDirs()) {
		if found, ok := binariesIn(dir); ok {
			return found, nil
		}
	}
	return binaries{}, ErrNotInstalled
}

func debianDirs() []string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // fails only on a bad pattern
	return dirs
}

// newestFirst orders .../15/bin before .../9.6/bin: by number, not by letter.
func newestFirst(dirs []string) []string {
	version := func(dir string) float64 {
		number, err := strconv.ParseFloat(filepath.Base(filepath.Dir(dir)), 64)
		if err != nil {
			return 0
		}
		return number
	}
	return slices.SortedFunc(slices.Values(dirs), func(a, b string) int {
		return cmp.Compare(version(b), version(a))
	})
}

// folder is where all programs of the version are, also if PATH has links to a few of them only.
func (b binaries) folder() string {
	path, err := filepath.EvalSymlinks(b.postgres)
	if err != nil {
		path = b.postgres
	}
	return filepath.Dir(path)
}

func binariesIn(dir string) (binaries, bool) {
	found := binaries{filepath.Join(dir, "initdb"), filepath.Join(dir, "postgres")}
	for _, name := range []string{found.initdb, found.postgres} {
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			return binaries{}, false
		}
	}
	return found, true
}
