package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// source is one Go file that is not a test. Build constraints do not matter: the
// rules hold on every platform.
type source struct {
	pkg     string // folder in the module
	files   *token.FileSet
	syntax  *ast.File
	imports []imported
}

type imported struct {
	path string
	at   token.Pos
}

// readModule parses the sources of the module in fsys and returns its path.
func readModule(fsys fs.FS) (module string, sources []source, err error) {
	text, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return "", nil, fmt.Errorf("reading the module's path: %w", err)
	}
	firstLine, _, _ := strings.Cut(string(text), "\n")
	module, found := strings.CutPrefix(firstLine, "module ")
	if !found {
		return "", nil, fmt.Errorf("go.mod begins with %q, not with its module", firstLine)
	}
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipUnlessOurs(fsys, name)
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		s, err := readSource(fsys, name)
		sources = append(sources, s)
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("reading the sources: %w", err)
	}
	return module, sources, nil
}

// skipUnlessOurs returns fs.SkipDir for a folder that is not part of the module.
func skipUnlessOurs(fsys fs.FS, dir string) error {
	if dir == "." {
		return nil
	}
	base := path.Base(dir)
	if base == "testdata" || base == "node_modules" || base[0] == '.' || base[0] == '_' {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func readSource(fsys fs.FS, name string) (source, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return source{}, err
	}
	s := source{pkg: path.Dir(name), files: token.NewFileSet()}
	if s.syntax, err = parser.ParseFile(s.files, name, text, parser.SkipObjectResolution); err != nil {
		return source{}, err
	}
	for _, spec := range s.syntax.Imports {
		imports, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		s.imports = append(s.imports, imported{imports, spec.Pos()})
	}
	return s, nil
}

// where returns a place in the source as file:line.
func (s source) where(pos token.Pos) string {
	p := s.files.Position(pos)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// clockReads returns the places that name a function of package time that reads the
// clock, whether they call it or pass it on.
func (s source) clockReads() []token.Pos {
	name := s.nameOf("time")
	var reads []token.Pos
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			of, isName := selector.X.(*ast.Ident)
			if isName && of.Name == name && slices.Contains(clockReaders, selector.Sel.Name) {
				reads = append(reads, selector.Pos())
			}
		}
		return true
	})
	return reads
}

// nameOf returns the name under which the file imports a package, or "".
func (s source) nameOf(importPath string) string {
	for i, imports := range s.imports {
		if imports.path != importPath {
			continue
		}
		if alias := s.syntax.Imports[i].Name; alias != nil {
			return alias.Name
		}
		return path.Base(importPath)
	}
	return ""
}

// inits returns the file's init functions.
func (s source) inits() []token.Pos {
	var inits []token.Pos
	for _, declared := range s.syntax.Decls {
		if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			inits = append(inits, f.Pos())
		}
	}
	return inits
}
