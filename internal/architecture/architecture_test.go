package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestRules checks the project itself.
func TestRules(t *testing.T) {
	broken, err := violations(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range broken {
		t.Error(v)
	}
}

// TestRulesBite checks that the rules find what they forbid, and only that.
func TestRulesBite(t *testing.T) {
	tests := []struct {
		name, file, code string
		want             string // after the file's name and before the reason
	}{
		{"timeline reads a file", "internal/timeline/a.go", `import "os"`, ":2: imports os"},
		{"timeline takes a context", "internal/timeline/a.go", `import "context"`, ":2: imports context"},
		{"timeline uses a library", "internal/timeline/a.go", `import "github.com/google/uuid"`, ":2: imports github.com/google/uuid"},
		{"timeline uses report", "internal/timeline/a.go", `import "example.org/m/internal/report"`, ":2: imports internal/report"},
		{"timeline compares", "internal/timeline/a.go", `import ("cmp"; "time")`, ""},
		{"report uses timeline", "internal/report/a.go", `import "example.org/m/internal/timeline"`, ""},
		{"report uses fault", "internal/report/a.go", `import "example.org/m/internal/fault"`, ":2: imports internal/fault"},
		{"fault logs", "internal/fault/a.go", `import "log/slog"`, ":2: imports log/slog"},
		{"export fetches", "internal/export/pdf/a.go", `import "example.org/m/internal/tracker"`, ":2: imports internal/tracker"},
		{"a use case writes an export", "internal/tracker/a.go", `import "example.org/m/internal/export/pdf"`, ""},
		{"a use case uses the store", "internal/tracker/a.go", `import "example.org/m/internal/store"`, ":2: imports internal/store"},
		{"a use case uses the settings", "internal/account/a.go", `import "example.org/m/internal/config"`, ":2: imports internal/config"},
		{"a use case uses another", "internal/account/a.go", `import "example.org/m/internal/tracker"`, ":2: imports internal/tracker"},
		{"a use case speaks HTTP", "internal/tracker/a.go", `import "net/http/httptrace"`, ":2: imports net/http/httptrace"},
		{"a use case asks a service by its client", "internal/account/a.go", `import "example.org/m/internal/pwned"`, ":2: imports internal/pwned"},
		{"the client of a service speaks HTTP", "internal/pwned/a.go", `import "net/http"`, ""},
		{"the client of a service knows a use case", "internal/pwned/a.go", `import "example.org/m/internal/account"`, ":2: imports internal/account"},
		{"a use case speaks SQL", "internal/tracker/a.go", `import "database/sql"`, ":2: imports database/sql"},
		{"the store speaks SQL", "internal/store/queries/a.go", `import "database/sql"`, ""},
		{"the store implements a use case's interface", "internal/store/a.go", `import "example.org/m/internal/tracker"`, ""},
		{"the store uses its inside", "internal/store/a.go", `import "example.org/m/internal/store/queries"`, ""},
		{"the store formats a report", "internal/store/a.go", `import "example.org/m/internal/report"`, ":2: imports internal/report"},
		{"a face uses the store", "internal/web/a.go", `import "example.org/m/internal/store"`, ":2: imports internal/store"},
		{"a face uses the other", "internal/httpapi/a.go", `import "example.org/m/internal/web/charts"`, ":2: imports internal/web/charts"},
		{"a face uses its inside", "internal/web/a.go", `import "example.org/m/internal/web/charts"`, ""},
		{"a chart asks a use case", "internal/web/chart/a.go", `import "example.org/m/internal/tracker"`, ":2: imports internal/tracker"},
		{"a chart writes to a connection", "internal/web/chart/a.go", `import "net/http"`, ":2: imports net/http"},
		{"the shared part uses a face", "internal/httpx/a.go", `import "example.org/m/internal/web"`, ":2: imports internal/web"},
		{"a client speaks HTTP", "internal/oidc/a.go", `import "net/http"`, ""},
		{"a client implements a use case's interface", "internal/oidc/a.go", `import "example.org/m/internal/account"`, ""},
		{"a client uses the settings", "internal/oidc/a.go", `import "example.org/m/internal/config"`, ":2: imports internal/config"},
		{"a client comes with its test", "internal/oidc/a.go", `import "example.org/m/internal/oidc/oidctest"`, ":2: imports internal/oidc/oidctest"},
		{"a client reads the clock", "internal/oidc/a.go", "import \"time\"\nvar x = time.Now()", ":3: reads the clock"},
		{"the test's provider knows the client", "internal/oidc/oidctest/a.go", `import "example.org/m/internal/oidc"`, ":2: imports internal/oidc"},
		{"a face uses a client", "internal/httpapi/a.go", `import "example.org/m/internal/oidc"`, ":2: imports internal/oidc"},
		{"people use passwords", "internal/account/a.go", `import "example.org/m/internal/account/password"`, ""},
		{"people use tokens", "internal/account/a.go", `import "example.org/m/internal/account/token"`, ""},
		{"people use codes", "internal/account/a.go", `import "example.org/m/internal/account/factor"`, ""},
		{"codes know people", "internal/account/factor/a.go", `import "example.org/m/internal/account"`, ":2: imports internal/account"},
		{"codes know tokens", "internal/account/factor/a.go", `import "example.org/m/internal/account/token"`, ":2: imports internal/account/token"},
		{"passwords know people", "internal/account/password/a.go", `import "example.org/m/internal/account"`, ":2: imports internal/account"},
		{"passwords know tokens", "internal/account/password/a.go", `import "example.org/m/internal/account/token"`, ":2: imports internal/account/token"},
		{"tokens know people", "internal/account/token/a.go", `import "example.org/m/internal/account"`, ":2: imports internal/account"},
		{"tokens know passwords", "internal/account/token/a.go", `import "example.org/m/internal/account/password"`, ":2: imports internal/account/password"},
		{"a face hashes a password", "internal/web/a.go", `import "example.org/m/internal/account/password"`, ":2: imports internal/account/password"},
		{"a use case uses a client", "internal/account/a.go", `import "example.org/m/internal/oidc"`, ":2: imports internal/oidc"},
		{"a use case speaks OAuth", "internal/account/a.go", `import "golang.org/x/oauth2"`, ":2: imports golang.org/x/oauth2"},
		{"the server wires a client", "internal/server/a.go", `import "example.org/m/internal/oidc"`, ""},
		{"the server plays the other side", "internal/server/a.go", `import "example.org/m/internal/oidc/oidctest"`, ":2: imports internal/oidc/oidctest"},
		{"the end-to-end tests play the other side", "e2e/a.go", `import "example.org/m/internal/oidc/oidctest"`, ""},
		{"a name that only begins alike", "internal/webhook/a.go", ``, ": no room for package internal/webhook"},
		{"a package below a room without inside", "internal/tracker/queue/a.go", ``, ": no room for package internal/tracker/queue"},
		{"a new package", "internal/helpers/a.go", ``, ": no room for package internal/helpers"},
		{"the server wires", "internal/server/a.go", `import ("example.org/m/internal/config"; "example.org/m/internal/store"; "net/http")`, ""},
		{"the server reads the clock", "internal/server/a.go", "import \"time\"\nvar x = time.Now()", ":3: reads the clock"},
		{"the server is asked by a face", "internal/web/a.go", `import "example.org/m/internal/server"`, ":2: imports internal/server"},
		{"the command line wires a client", "cmd/raterhub-tracker/a.go", `import "example.org/m/internal/oidc"`, ":2: imports internal/oidc"},
		{"the command line asks a use case", "cmd/raterhub-tracker/a.go", `import ("example.org/m/internal/server"; "example.org/m/internal/account")`, ""},
		{"the server reaches into a room", "internal/server/a.go", `import "example.org/m/internal/store/queries"`, ":2: imports internal/store/queries"},
		{"the benchmark calls the program's inside", "bench/a.go", `import "example.org/m/internal/tracker"`, ":2: imports internal/tracker"},
		{"the clock is called", "internal/tracker/a.go", "import \"time\"\nvar x = time.Now()", ":3: reads the clock"},
		{"the clock is passed on", "internal/tracker/a.go", "import \"time\"\nvar x = time.Now", ":3: reads the clock"},
		{"the clock is read by another name", "internal/store/a.go", "import clock \"time\"\nvar x = clock.Since(y)", ":3: reads the clock"},
		{"a dot import hides the clock", "internal/store/a.go", "import . \"time\"\nvar x = Now()", ":2: imports time with a dot"},
		{"another package has a Now", "internal/tracker/a.go", "import \"time\"\nvar x = w.time.Now() + time.Second", ""},
		{"a clock of another package", "internal/tracker/a.go", "import (\"time\"; \"example.org/clock\")\nvar x = clock.Now().Add(time.Second)", ""},
		{"the edge reads the clock", "internal/httpx/a.go", "import \"time\"\nvar x = time.Now()", ""},
		{"an init", "internal/config/a.go", "func init() {}", ":2: has an init"},
		{"a method called init", "internal/config/a.go", "func (c *Config) init() {}", ""},
		{"a file for another platform", "internal/timeline/a_windows.go", `import "os"`, ":2: imports os"},
		{"a test", "internal/tracker/a_test.go", `import "example.org/m/internal/store"`, ""},
		{"test data", "internal/tracker/testdata/a.go", `import "example.org/m/internal/store"`, ""},
		{"another module", "tools/lint/a.go", `import "example.org/m/internal/store"`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := violations(fstest.MapFS{
				"go.mod":            {Data: []byte("module example.org/m\n")},
				"tools/lint/go.mod": {Data: []byte("module example.org/m/tools/lint\n")},
				test.file:           {Data: []byte("package a\n" + test.code)},
			})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			if test.want != "" {
				want = []string{test.file + test.want}
			}
			if diff := cmp.Diff(want, withoutReasons(t, got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// withoutReasons cuts off the reasons. It fails the test if one is missing.
func withoutReasons(t *testing.T, violations []string) []string {
	t.Helper()
	var cut []string
	for _, v := range violations {
		what, reason, _ := strings.Cut(v, " (")
		if len(reason) <= len(")") {
			t.Errorf("%s: no reason given", v)
		}
		cut = append(cut, what)
	}
	return cut
}

// violations returns every place of the module in fsys that breaks a rule, with the
// reason of the rule in brackets.
func violations(fsys fs.FS) ([]string, error) {
	module, sources, err := readModule(fsys)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range sources {
		broken = append(broken, brokenImports(module, s)...)
		broken = append(broken, brokenClock(s)...)
		for _, pos := range s.inits() {
			broken = append(broken, s.where(pos)+": has an init (importing a package must do nothing)")
		}
	}
	return broken, nil
}

func brokenImports(module string, s source) []string {
	i := slices.IndexFunc(rooms, func(r room) bool { return fits(r.pattern, s.pkg) })
	if i < 0 {
		return []string{fmt.Sprintf("%s: no room for package %s (give it a row in rules_test.go, with a reason)",
			s.files.Position(s.syntax.Pos()).Filename, s.pkg)}
	}
	var broken []string
	for _, imports := range s.imports {
		name, own := strings.CutPrefix(imports.path, module+"/")
		if reason := forbids(rooms[i], s.pkg, name, own); reason != "" {
			broken = append(broken, fmt.Sprintf("%s: imports %s (%s)", s.where(imports.at), name, reason))
		}
	}
	return broken
}

// forbids returns the reason why a package of a room may not import another, or "".
func forbids(r room, pkg, name string, own bool) string {
	switch {
	case own && (fits(r.pattern, name) || fitsAny(r.may, name)):
		return ""
	case own, r.pure && !slices.Contains(pureStd, name):
		return r.reason
	}
	for _, k := range keeps {
		if fitsAny(k.imports, name) && !fitsAny(k.rooms, pkg) {
			return k.reason
		}
	}
	return ""
}

func brokenClock(s source) []string {
	if fitsAny(clockRooms, s.pkg) {
		return nil
	}
	const reason = "(below the edge now is a function that is handed in, so that tests say what time it is)"
	var broken []string
	for i, imports := range s.imports {
		if alias := s.syntax.Imports[i].Name; imports.path == "time" && alias != nil && alias.Name == "." {
			broken = append(broken, s.where(imports.at)+": imports time with a dot "+reason)
		}
	}
	for _, pos := range s.clockReads() {
		broken = append(broken, s.where(pos)+": reads the clock "+reason)
	}
	return broken
}

// fits reports whether a pattern names a package.
func fits(pattern, pkg string) bool {
	folder, below := strings.CutSuffix(pattern, "/...")
	return pkg == folder || below && strings.HasPrefix(pkg, folder+"/")
}

func fitsAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return fits(p, pkg) })
}
